"""Signing in: rotation, remembering, lock-out, and where it leads."""

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.cache import cache

from accounts.backends import client_ip, lockout_key
from accounts.models import SessionRecord
from accounts.services import lockout_clear, password_reset_ask
from privacy.models import Subject
from tests.accounts.conftest import NEW_PASSWORD, PASSWORD


def form(email="alice@ruang.test", password=PASSWORD, **more):
    return {"email": email, "password": password, **more}


def test_address_in_any_case_signs_in_and_the_session_key_changes(enter, people):
    browser = enter()
    session = browser.session
    session["basket"] = "kept"
    session.save()
    before = session.session_key
    browser.cookies["sessionid"] = before
    answer = browser.post("/sign-in", form(email="Alice@RUANG.test"))
    assert (answer.status_code, answer.url) == (302, "/")
    after = browser.cookies["sessionid"].value
    assert after != before
    assert not Session.objects.filter(session_key=before).exists()
    assert browser.session["basket"] == "kept"


def test_session_ends_with_the_browser_unless_remembered(enter, people):
    browser = enter()
    browser.post("/sign-in", form())
    assert browser.cookies["sessionid"]["max-age"] == ""
    browser = enter()
    browser.post("/sign-in", form(remember="on"))
    assert browser.cookies["sessionid"]["max-age"] == 14 * 24 * 3600


def test_choices_survive_sign_in(enter, people):
    wish = "/book?space=meranti&start=2026-12-01T10:00"
    page = enter().get("/sign-in", {"next": wish}).content.decode()
    assert 'value="/book?space=meranti&amp;start=2026-12-01T10:00"' in page
    assert enter().post("/sign-in", form(next=wish)).url == wish


@pytest.mark.parametrize(
    "target", ["https://evil.test/", "//evil.test/x", "javascript:alert(1)", "\\\\evil.test"]
)
def test_no_sign_in_leads_to_another_site(enter, people, target):
    assert enter().post("/sign-in", form(next=target)).url == "/"


def test_unknown_address_and_wrong_password_answer_alike(enter, people):
    wrong = enter().post("/sign-in", form(password="nope nope nope"))
    unknown = enter().post("/sign-in", form(email="nobody@ruang.test", password="nope nope nope"))
    assert wrong.status_code == unknown.status_code == 422
    said = [
        page.content.decode().split('role="alert"')[1].split("</form>")[0].split("<div>")[1]
        for page in (wrong, unknown)
    ]
    assert said[0].split("</div>")[0] == "E-mail and password do not match."
    assert said[1].split("</div>")[0] == said[0].split("</div>")[0]


def test_eight_wrong_passwords_lock_out_known_and_unknown_alike(enter, people):
    for email in ("alice@ruang.test", "nobody@ruang.test"):
        browser = enter()
        statuses = [
            browser.post("/sign-in", form(email=email, password="wrong one")).status_code
            for _try in range(8)
        ]
        assert statuses == [422] * 7 + [429]
        locked = browser.post("/sign-in", form(email=email))
        assert locked.status_code == 429
        assert locked["Retry-After"] == "900"
        assert b"A short pause" in locked.content
        assert b'href="/password"' in locked.content


def test_case_of_the_address_does_not_buy_more_tries(enter, people):
    for attempt in range(8):
        email = "alice@ruang.test" if attempt % 2 else "ALICE@ruang.test"
        answer = enter().post("/sign-in", form(email=email, password="wrong one"))
    assert answer.status_code == 429


def test_a_lockout_names_nobody_and_ends_by_reset_or_by_an_administrator(enter, people, letter):
    for _try in range(8):
        enter().post("/sign-in", form(password="wrong one"))
    row = AccessAttempt.objects.get()
    assert row.username == lockout_key("alice@ruang.test")
    assert "alice" not in f"{row.username}{row.get_data}{row.post_data}"
    password_reset_ask(email="alice@ruang.test")
    enter().post(letter("reset_password").link, {"password": NEW_PASSWORD})
    assert enter().post("/sign-in", form(password=NEW_PASSWORD)).status_code == 302
    for _try in range(8):
        enter().post("/sign-in", form(password="wrong one"))
    lockout_clear(actor=people.root, user_id=people.alice.id)
    assert enter().post("/sign-in", form(password=NEW_PASSWORD)).status_code == 302


def test_closed_accounts_cannot_sign_in(enter, people):
    Subject.objects.filter(id=people.alice.subject_id).update(state="deactivated")
    assert enter().post("/sign-in", form()).status_code == 422


def test_closing_an_account_ends_its_sessions(enter, people):
    browser = enter(people.alice)
    assert browser.get("/account").status_code == 200
    Subject.objects.filter(id=people.alice.subject_id).update(state="erasing")
    assert browser.get("/account").status_code == 302


def test_sign_out_needs_a_form_and_forgets_the_browser(enter, people):
    browser = enter(people.alice)
    browser.get("/account")
    assert SessionRecord.objects.count() == 1
    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out").status_code == 302
    assert SessionRecord.objects.count() == 0
    assert browser.get("/account").status_code == 302


def test_forms_without_their_token_are_refused(enter, people):
    browser = enter(enforce_csrf_checks=True)
    assert browser.post("/sign-in", form()).status_code == 403


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "9.9.9.9", "127.0.0.1"),
        (1, "9.9.9.9, 7.7.7.7", "7.7.7.7"),
        (2, "9.9.9.9, 7.7.7.7", "9.9.9.9"),
        (1, "rubbish", None),
    ],
)
def test_only_as_many_proxies_are_believed_as_there_are(rf, settings, proxies, forwarded, found):
    settings.NUM_PROXIES = proxies
    request = rf.get("/", headers={"x-forwarded-for": forwarded})
    assert client_ip(request) == found


def test_an_ordinary_page_asks_for_session_person_and_consent_once(
    enter, people, django_assert_num_queries
):
    browser = enter(people.alice)
    browser.get("/account")
    cache.clear()
    with django_assert_num_queries(3):
        browser.get("/account")
