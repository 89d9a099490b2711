"""The way to other sites: registered, announced, and telling nothing (promise P24)."""

import html
import re
from pathlib import Path

import pytest
from django.test import Client

from frontend.outside import SITES
from tests.frontend.conftest import browser
from tests.frontend.pages import Outline

ROOT = Path(__file__).resolve().parents[2]
#: Names of XML vocabularies, which nobody follows.
VOCABULARIES = ("http://www.w3.org/",)
ADDRESS = re.compile(r"https?://[^\s\"'<>)]+")


@pytest.mark.promise("P24")
@pytest.mark.parametrize("code", sorted(SITES))
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_last_page_says_where_one_goes_and_tells_nothing(
    db: None, code: str, language: str
) -> None:
    site = SITES[code]
    assert site.url.startswith("https://")
    response = browser(language=language).get(f"/leave/{code}")
    text = html.unescape(response.content.decode())

    assert response["Referrer-Policy"] == "no-referrer"
    [link] = re.findall(rf'<a [^>]*href="{re.escape(site.url)}"[^>]*>', text)
    assert 'referrerpolicy="no-referrer"' in link
    assert 'rel="external noopener noreferrer nofollow"' in link
    words = {
        "id": "Di sana berlaku kebijakan privasinya sendiri",
        "en": "Its own privacy policy holds there",
    }
    assert words[language] in text
    assert site.host in text
    assert Outline(response.content.decode()).wrong(language) == []


def test_every_other_page_keeps_the_general_policy(visitor: Client) -> None:
    assert visitor.get("/privacy/cookies")["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("code", ["nowhere", "GPC", "gpc-"])
def test_there_is_no_way_to_what_is_not_registered(visitor: Client, code: str) -> None:
    assert visitor.get(f"/leave/{code}").status_code == 404


def test_a_marked_link_leads_to_that_page(visitor: Client) -> None:
    text = html.unescape(visitor.get("/privacy/cookies").content.decode())

    assert '<a href="/leave/gpc" rel="nofollow">What Global Privacy Control is' in text
    assert "(another site)" in text


def foreign(text: str) -> list[str]:
    """Addresses of other hosts written out in a text."""
    return [found for found in ADDRESS.findall(text) if not found.startswith(VOCABULARIES)]


@pytest.mark.promise("P24")
def test_no_template_writes_an_address_of_another_site() -> None:
    assert foreign('<a href="https://partner.example/x">') == ["https://partner.example/x"]

    found = {}
    for app in ("frontend", "accounts", "billing", "reservations", "support", "privacy"):
        for path in [*(ROOT / app).rglob("templates/**/*"), *(ROOT / app).rglob("policies/*.md")]:
            if path.is_file() and (wrong := foreign(path.read_text())):
                found[str(path.relative_to(ROOT))] = wrong
    assert found == {}
