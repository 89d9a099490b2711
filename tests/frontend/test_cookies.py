"""The cookie page and the answer given there, for a visitor."""

import html
import re

import pytest
from django.test import Client
from django.utils import translation

from privacy.cookies import declared
from privacy.models import Subject
from tests.cast import Cast
from tests.frontend.conftest import browser


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_lists_the_registry_and_nothing_else(db: None, language: str) -> None:
    text = browser(language=language).get("/privacy/cookies").content.decode()

    listed = re.findall(r'data-name="([^"]+)"', text)
    assert sorted(listed) == sorted(cookie.name for cookie in declared().values())
    with translation.override(language):
        for cookie in declared().values():
            assert str(cookie.purpose) in html.unescape(text), cookie.name
    words = {"id": "Mengingat bahasa yang Anda pilih.", "en": "Remembers the language you chose."}
    assert words[language] in text


def test_the_page_says_what_is_present(visitor: Client) -> None:
    text = visitor.get("/privacy/cookies").content.decode()

    rows = dict(re.findall(r'<tr data-name="([^"]+)">(.*?)</tr>', text))
    assert "Present" in rows["ruang_language"]
    assert "Absent" in rows["ruang_theme"]
    assert "only your browser knows" in rows["adminTheme"]


@pytest.mark.parametrize("header", ["sec-gpc", "dnt"])
def test_the_browsers_signal_is_acknowledged(visitor: Client, header: str) -> None:
    words = "Your browser asks us not to track you."
    assert words not in visitor.get("/privacy/cookies").content.decode()

    response = visitor.get("/privacy/cookies", headers={header: "1"})
    assert words in response.content.decode()
    assert {"Sec-GPC", "DNT"} <= set(response["Vary"].split(", "))


def test_a_no_is_remembered_and_can_be_forgotten(visitor: Client) -> None:
    response = visitor.post("/privacy/cookies/answer", {"act": "refuse", "next": "/find"})
    assert response["Location"] == "/find"
    kept = response.cookies["ruang_choices"]
    assert (kept.value, kept["max-age"], kept["httponly"]) == ("1.none", 180 * 86400, True)
    assert "Forget my answer" in visitor.get("/privacy/cookies").content.decode()

    visitor.post("/privacy/cookies/answer", {"act": "forget"})
    assert visitor.cookies["ruang_choices"].value == ""
    assert "Forget my answer" not in visitor.get("/privacy/cookies").content.decode()


@pytest.mark.parametrize("act", ["", "nonsense", "accept\x00"])
def test_an_answer_that_is_none_changes_nothing(visitor: Client, act: str) -> None:
    response = visitor.post("/privacy/cookies/answer", {"act": act})

    assert response.status_code == 422
    assert "Choose one of the three buttons." in response.content.decode()
    assert "ruang_choices" not in response.cookies


def test_an_answer_needs_a_post(visitor: Client) -> None:
    assert visitor.get("/privacy/cookies/answer").status_code == 405


def test_every_foot_leads_to_the_settings(cast: Cast, visitor: Client) -> None:
    for client in (visitor, browser(cast.alice)):
        for address in ("/", "/find", "/spaces/nothing"):
            foot = client.get(address).content.decode().partition("<footer")[2]
            assert 'href="/privacy/cookies#choices">Cookie settings</a>' in html.unescape(foot)


def test_the_signal_is_announced(visitor: Client) -> None:
    assert visitor.get("/.well-known/gpc.json").json()["gpc"] is True


@pytest.mark.promise("P9")
@pytest.mark.promise("P64")
def test_an_answer_makes_no_person(visitor: Client) -> None:
    for act in ("refuse", "accept", "save", "forget"):
        visitor.post("/privacy/cookies/answer", {"act": act})

    assert not Subject.objects.exists()
