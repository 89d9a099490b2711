"""Every page: language, title, one h1, labels, unique ids, tokens, nothing inline."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from reservations.models import Amenity
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, location, space
from tests.frontend.conftest import browser
from tests.frontend.pages import Outline

#: Pages that send a visitor to the sign-in page.
OWN = (
    "/reservations",
    "/calendar",
    "/privacy/messages",
    "/privacy/accept",
    "/privacy/consents",
    "/privacy/access-log",
    "/privacy/activity",
    "/privacy/preferences",
)


def addresses(cast: Cast, row: Any) -> dict[str, str]:
    """Every address of the tenants' pages, by its name."""
    room = cast.room
    book = f"{reverse('frontend:book')}?space={room.slug}"
    return {
        "home": "/",
        "find": "/find",
        "find-all": "/find?where=all&view=list&people=4",
        "find-nothing": "/find?people=5000",
        "book": f"{book}&start={at(14).date()}T14:00&end={at(14).date()}T15:00",
        "book-taken": f"{book}&start={row.starts_at.isoformat()[:19]}%2B00:00",
        "reservations": "/reservations",
        "reservations-past": "/reservations?when=past",
        "reservation": f"/reservations/{row.id}",
        "calendar": "/calendar",
        "privacy-messages": "/privacy/messages",
        "access-log": "/privacy/access-log",
        "record-of-processing": "/privacy/record",
        "space": f"/spaces/{room.slug}",
        "month": f"/spaces/{room.slug}/month",
        "location": f"/locations/{cast.place.slug}",
        "cookies": "/privacy/cookies",
        "activity": "/privacy/activity",
        "preferences": "/privacy/preferences",
        "leave": "/leave/gpc",
        "privacy": "/privacy",
        "promises": "/privacy/promises",
        "policy": "/privacy/policy",
        "terms": "/privacy/terms",
        "policy-compare": "/privacy/policy/compare",
        "accept": "/privacy/accept",
        "consents": "/privacy/consents",
        "receipt-check": "/privacy/receipts",
    }


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_is_well_made(cast: Cast, language: str) -> None:
    Amenity.objects.create(code="screen", name_id="Layar", name_en="Screen", icon="monitor")
    space(cast.place, "Cendana", amenities=["screen"])
    space(location("Renon", zone="Asia/Makassar", city="Denpasar"), "Jepun")
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    row = reservation_book(actor=cast.alice, wish=wish)
    for client in (browser(cast.alice, language), browser(language=language)):
        for name, address in addresses(cast, row).items():
            response = client.get(address)
            if response.status_code == 302:
                assert address.startswith(OWN)
                continue
            assert response.status_code == 200, name
            assert Outline(response.content.decode()).wrong(language) == [], name


def test_pages_that_tell_of_trouble_are_well_made(cast: Cast, visitor: Client) -> None:
    for address, status in ((f"/reservations/{uuid4()}x", 404), ("/spaces/nothing", 404)):
        response = visitor.get(address)
        assert response.status_code == status
        assert Outline(response.content.decode()).wrong("en") == []
        assert "Find a room" in response.content.decode()


def test_a_refused_form_is_well_made(cast: Cast) -> None:
    form = {"space": cast.room.slug, "day": "x", "from": "", "to": "", "act": "book"}
    response = browser(cast.alice).post("/book", form)
    assert response.status_code == 422
    assert Outline(response.content.decode()).wrong("en") == []


def test_a_missing_token_is_explained(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["ruang_language"] = "en"
    response = client.post("/theme", {"theme": "dark"})
    assert response.status_code == 403
    assert "This form was open for too long" in response.content.decode()
    assert "ruang_theme" not in response.cookies


def test_theme_and_language_are_remembered_without_a_script(visitor: Client) -> None:
    response = visitor.post("/theme", {"theme": "dark", "next": "/find"})
    assert response["Location"] == "/find"
    assert '<html lang="en" data-theme="dark">' in visitor.get("/").content.decode()
    visitor.post("/theme", {"theme": "device"})
    assert "data-theme" not in visitor.get("/").content.decode()
    visitor.post("/language", {"language": "id"})
    assert '<html lang="id">' in visitor.get("/").content.decode()
    visitor.post("/language", {"language": "xx"})
    assert '<html lang="id">' in visitor.get("/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_preferences_never_lead_to_another_site(visitor: Client, target: str) -> None:
    assert visitor.post("/theme", {"theme": "dark", "next": target})["Location"] == "/"


def test_busy_database_answers_503(
    cast: Cast, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError  # noqa: PLC0415 - read where it is raised

    def busy(*_args: Any, **_more: Any) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr("frontend.views.find.board_of", busy)
    response = visitor.get("/find")
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert "Nothing was changed." in response.content.decode()
    assert Outline(response.content.decode()).wrong("en") == []


def test_fault_of_ours_answers_500_without_the_database(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("frontend.views.find.board_of", broken)
    client = browser(cast.alice)
    client.raise_request_exception = False
    response = client.get("/find")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()
    assert "Alice" not in response.content.decode()


def test_strict_policy_is_sent_with_pages(visitor: Client) -> None:
    policy = visitor.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_month_and_weeks_show_what_is_free(cast: Cast, visitor: Client) -> None:
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(16))
    reservation_book(actor=cast.alice, wish=wish)
    text = visitor.get(f"/spaces/{cast.room.slug}").content.decode()
    assert "18 hours free" in text
    first = date.today().replace(day=1).isoformat()[:7]  # noqa: DTZ011 - any month near will do
    month = visitor.get(f"/spaces/{cast.room.slug}/month?month={first}").content.decode()
    assert "hours free in" in month
    for odd in ("0001-01", "9999-12", "nonsense", "2026-13"):
        response = visitor.get(f"/spaces/{cast.room.slug}/month", {"month": odd})
        assert response.status_code == 200


def test_plan_is_a_drawing_of_its_own(cast: Cast, visitor: Client) -> None:
    response = visitor.get(f"/spaces/{cast.room.slug}/plan.svg")
    assert response["Content-Type"] == "image/svg+xml"
    text = response.content.decode()
    assert text.startswith("<svg xmlns=")
    assert "6.0 m" in text
    assert "class=" not in text


def test_calendar_link_is_shown_once_and_revoked(cast: Cast) -> None:
    client = browser(cast.alice)
    text = client.post("/calendar").content.decode()
    start = text.index('readonly value="') + len('readonly value="')
    path = "/calendar/" + text[start : text.index('"', start)].rpartition("/")[2]
    assert Client().get(path).status_code == 200
    listed = client.get("/calendar").content.decode()
    assert path not in listed
    key = listed[listed.index('name="revoke" value="') + 21 :]
    assert browser(cast.charlie).post("/calendar", {"revoke": key[:36]}).status_code == 404
    client.post("/calendar", {"revoke": key[:36]})
    assert Client().get(path).status_code == 404
