"""Language and zone of a page; what a page costs a visitor."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import user_set_language


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        ("", "", "id"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "de-DE,de;q=0.9", "id"),
        ("en", "id", "en"),
        ("xx", "en", "en"),
    ],
)
def test_visitors_language_is_cookie_then_browser_then_indonesian(db, cookie, header, language):
    browser = Client()
    if cookie:
        browser.cookies["ruang_language"] = cookie
    answer = browser.get("/sign-in", headers={"accept-language": header})
    assert answer["Content-Language"] == language
    assert f'<html lang="{language}"'.encode() in answer.content


def test_language_chosen_by_a_service_is_kept(people):
    user_set_language(actor=people.alice, language="id")
    assert User.objects.get(id=people.alice.id).language == "id"


def test_a_visitor_has_no_zone_and_no_cookie_gives_one(db):
    browser = Client()
    browser.cookies["ruang_zone"] = "Asia/Makassar"
    assert browser.get("/sign-in").wsgi_request.viewer_zone is None


def test_persons_zone_is_the_profiles(enter, people):
    User.objects.filter(id=people.alice.id).update(time_zone="Asia/Jayapura")
    request = enter(people.alice).get("/account").wsgi_request
    assert request.viewer_zone.key == "Asia/Jayapura"


def test_a_visitors_sign_in_page_asks_the_database_nothing(db, django_assert_num_queries):
    browser = Client()
    browser.get("/sign-in")
    with django_assert_num_queries(0):
        browser.get("/sign-in")


def test_a_visitor_gets_no_cookie_but_the_forms(db):
    browser = Client()
    browser.get("/sign-in")
    assert set(browser.cookies) <= {"csrftoken"}


def test_the_switch_of_the_page_changes_the_profile_of_who_is_signed_in(enter, people):
    browser = enter(people.alice)
    browser.post("/language", {"language": "id", "next": "/account"})
    assert User.objects.get(id=people.alice.id).language == "id"
    assert b'<html lang="id"' in browser.get("/account").content
