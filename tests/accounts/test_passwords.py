"""Forgotten and changed passwords."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import SessionRecord
from accounts.services import password_reset_ask
from privacy.models import OutboxMessage
from tests.accounts.conftest import NEW_PASSWORD, PASSWORD


@pytest.fixture
def link(people, letter):
    """A reset link for Alice."""
    password_reset_ask(email="alice@ruang.test")
    return letter("reset_password").link


def plain(answer):
    """A page without its random form tokens."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_answer_does_not_tell_whether_the_address_has_an_account(enter, people):
    known = enter().post("/password", {"email": "alice@ruang.test"})
    unknown = enter().post("/password", {"email": "nobody@ruang.test"})
    assert plain(known) == plain(unknown)
    assert "If this address has an account" in plain(known)
    rows = OutboxMessage.objects.filter(template="reset_password")
    assert [row.recipient_id for row in rows] == [people.alice.subject_id]


def test_outbox_holds_no_secret_of_the_link(link):
    row = OutboxMessage.objects.get(template="reset_password")
    assert row.data == {}


def test_opening_the_link_changes_nothing_and_the_form_does(enter, people, letter):
    browser = enter(people.alice)
    browser.get("/account")
    password_reset_ask(email="Alice@ruang.test")
    link = letter("reset_password").link
    assert enter().get(link).status_code == 200
    people.alice.refresh_from_db()
    assert people.alice.check_password(PASSWORD)
    answer = enter().post(link, {"password": NEW_PASSWORD})
    assert answer.url == "/sign-in"
    people.alice.refresh_from_db()
    assert people.alice.check_password(NEW_PASSWORD)
    assert browser.get("/account").status_code == 302
    assert SessionRecord.objects.count() == 0
    assert letter("password_changed").to == "alice@ruang.test"


def test_link_works_once(enter, people, link):
    assert enter().post(link, {"password": NEW_PASSWORD}).status_code == 302
    again = enter().post(link, {"password": "an entirely other one"})
    assert again.status_code == 410
    assert b"used already" in again.content
    assert b'href="/password"' in again.content
    people.alice.refresh_from_db()
    assert people.alice.check_password(NEW_PASSWORD)


def test_unfit_password_leaves_the_link_working(enter, people, link):
    assert b"too short" in enter().post(link, {"password": "short"}).content
    assert enter().post(link, {"password": NEW_PASSWORD}).status_code == 302


def test_signing_in_ends_a_link_nobody_needs_any_more(enter, people, link):
    assert enter().get(link).status_code == 200
    enter().post("/sign-in", {"email": "alice@ruang.test", "password": PASSWORD})
    assert enter().get(link).status_code == 410


def test_link_expires_after_an_hour(enter, people, link, monkeypatch):
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr("django.core.signing.time.time", lambda: later.timestamp())
    answer = enter().get(link)
    assert answer.status_code == 410
    assert b"This link has expired" in answer.content


def test_altered_link_and_link_of_another_kind_are_refused(enter, people, link):
    assert enter().get(link[:-2] + "xx").status_code == 404
    assert enter().get(link.replace("/password/", "/verify/")).status_code == 404


def test_reset_proves_an_unproved_address(enter, people, link):
    people.alice.email_verified_at = None
    people.alice.save()
    enter().post(link, {"password": NEW_PASSWORD})
    people.alice.refresh_from_db()
    assert people.alice.is_verified_address


def test_message_that_waited_too_long_is_not_sent(people, link, letter):
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert letter("reset_password") is None


def test_change_asks_for_the_present_one_and_ends_other_browsers(enter, people):
    here, there = enter(people.alice), enter(people.alice)
    here.get("/account")
    there.get("/account")
    url = "/account/security/password"
    refused = here.post(url, {"current": "wrong", "password": NEW_PASSWORD})
    assert refused.status_code == 422
    assert there.get("/account").status_code == 200
    assert here.post(url, {"current": PASSWORD, "password": NEW_PASSWORD}).status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert SessionRecord.objects.get().session_key == here.session.session_key


def test_account_without_a_password_gets_a_link_to_set_one(enter, people, letter):
    people.alice.set_unusable_password()
    people.alice.save()
    assert enter(people.alice).post("/account/security/password").status_code == 302
    assert letter("reset_password").to == "alice@ruang.test"
