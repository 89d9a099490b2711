"""The list of signed-in browsers."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.devices import device_label
from accounts.models import AccountEvent, SessionRecord
from privacy.models import OutboxMessage
from tests.accounts.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/127.0 Mobile Safari/537.36"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/127.0 Safari/537.36 Edg/127.0"


def signed_in(enter, user_agent=FIREFOX, email="alice@ruang.test"):
    browser = enter(headers={"user-agent": user_agent})
    assert browser.post("/sign-in", {"email": email, "password": PASSWORD}).status_code == 302
    return browser


def test_device_labels_say_browser_and_system_only():
    assert device_label(FIREFOX) == "Firefox, Linux"
    assert device_label(CHROME) == "Chrome, Android"
    assert device_label(EDGE) == "Edge, Windows"
    assert device_label("\x00<script>") == ""


def test_list_shows_every_browser_and_marks_this_one(enter, people):
    browser = signed_in(enter)
    signed_in(enter, CHROME)
    signed_in(enter, FIREFOX, "bob@ruang.test")
    page = browser.get("/account/security").content.decode()
    assert page.count("Firefox, Linux") == 1
    assert page.count('<span class="line-title">Chrome, Android') == 1
    assert page.count("This one") == 1


def test_another_browser_can_be_signed_out_but_not_a_strangers(enter, people):
    here, there = signed_in(enter), signed_in(enter, CHROME)
    stranger = signed_in(enter, FIREFOX, "bob@ruang.test")
    of = SessionRecord.objects.get(session_key=there.session.session_key)
    url = f"/account/security/sessions/{of.id}"
    assert stranger.post(url).status_code == 404
    assert there.get("/account").status_code == 200
    assert here.post(url).status_code == 302
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_sign_out_everywhere_ends_all_of_mine_and_nobody_elses(enter, people):
    here, there = signed_in(enter), signed_in(enter, CHROME)
    stranger = signed_in(enter, FIREFOX, "bob@ruang.test")
    assert here.post("/account/security/sessions").url == "/sign-in"
    assert here.get("/account").status_code == 302
    assert there.get("/account").status_code == 302
    assert stranger.get("/account").status_code == 200
    assert AccountEvent.objects.filter(verb="sessions_ended").count() == 1


def test_new_browser_is_reported_by_mail_and_a_known_one_is_not(enter, people, letter):
    first = signed_in(enter)
    assert OutboxMessage.objects.filter(template="new_device").count() == 0
    first.post("/sign-out")
    first.post("/sign-in", {"email": "alice@ruang.test", "password": PASSWORD})
    assert OutboxMessage.objects.filter(template="new_device").count() == 0
    signed_in(enter, CHROME)
    found = letter("new_device", people.alice)
    assert found.to == "alice@ruang.test"
    assert "Chrome, Android" in found.mail.text


def test_device_cookie_names_nobody(enter, people):
    browser = signed_in(enter)
    cookie = browser.cookies["ruang_device"]
    assert str(people.alice.id) not in cookie.value
    assert "alice" not in cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_use_is_noted_at_most_every_five_minutes(enter, people, django_assert_num_queries):
    browser = signed_in(enter)
    browser.get("/account")
    old = timezone.now() - timedelta(minutes=6)
    SessionRecord.objects.update(seen_at=old)
    browser.get("/account")
    assert SessionRecord.objects.get().seen_at == old
    session = browser.session
    session["seen"] = int(old.timestamp())
    session.save()
    browser.get("/account")
    assert SessionRecord.objects.get().seen_at > old


def test_an_ended_session_cannot_be_saved_back(enter, people):
    browser = signed_in(enter)
    session = browser.session
    session["x"] = 1
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
    assert Session.objects.count() == 0
