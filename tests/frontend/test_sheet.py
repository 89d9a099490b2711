"""The sheet: what it shows, what it keeps, what it refuses, and what it makes."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from reservations.models import Guest, Reservation
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, space
from tests.frontend.conftest import browser

DAY = "Asia/Jakarta"


def day() -> str:
    return at(0).astimezone(ZoneInfo(DAY)).date().isoformat()


def form(room: Any, **more: Any) -> dict[str, Any]:
    return {
        "space": room.slug, "day": day(), "from": "10:00", "to": "11:30", "act": "book", **more,
    }  # fmt: skip


def address(room: Any, start: str = "10:00", end: str = "11:30") -> dict[str, str]:
    return {"space": room.slug, "start": f"{day()}T{start}", "end": f"{day()}T{end}"}


def shown(client: Client, room: Any, start: str = "10:00", end: str = "11:30") -> str:
    response = client.get("/book", address(room, start, end))
    assert response.status_code == 200
    return response.content.decode()


def test_shows_price_tax_and_deadline_before_the_button(cast: Cast) -> None:
    page = shown(browser(cast.alice), cast.room)
    for text in ("Hire, 1.5 hours × Rp150,000", "Rp225,000", "PPN 12 % × 11/12", "Rp24,750"):
        assert text in page
    assert page.index("Free to cancel until") < page.index("Book, Rp249,750")
    assert page.index("Rp24,750") < page.index("Book, Rp249,750")


def test_visitor_signs_in_with_the_choice_kept(cast: Cast, visitor: Client) -> None:
    page = shown(visitor, cast.room)
    assert "Sign in to book" in page
    assert f"next=%2Fbook%3Fspace%3D{cast.room.slug}%26start%3D{day()}T10%3A00" in page
    assert "Book, Rp" not in page
    response = visitor.post("/book", form(cast.room))
    assert response.status_code == 302
    assert "next=%2Fbook" in response["Location"]
    assert not Reservation.objects.exists()


def test_booking_makes_it_and_leads_to_its_page(cast: Cast) -> None:
    client = browser(cast.alice)
    guests = "guest@example.com, second@example.com"
    response = client.post("/book", form(cast.room, title="<b>Plan</b>", guests=guests))
    made = Reservation.objects.get()
    assert response["Location"] == f"/reservations/{made.id}"
    assert (made.starts_at, made.ends_at) == (at(10), at(11, 30))
    assert Guest.objects.filter(reservation=made).count() == 2
    page = client.get(response["Location"]).content.decode()
    assert "&lt;b&gt;Plan&lt;/b&gt;" in page
    assert "<b>Plan</b>" not in page


def test_htmx_is_told_where_to_go(cast: Cast) -> None:
    client = browser(cast.alice)
    response = client.post("/book", form(cast.room), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == f"/reservations/{Reservation.objects.get().id}"


def test_conflict_keeps_what_was_typed_and_offers_others(cast: Cast) -> None:
    space(cast.place, "Cendana")
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    reservation_book(actor=cast.charlie, wish=wish)
    client = browser(cast.alice)
    typed = form(cast.room, title="Tinjauan", guests="guest@example.com")
    response = client.post("/book", typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Meranti is taken at that time." in page
    assert 'value="Tinjauan"' in page
    assert "guest@example.com</textarea>" in page
    assert "Cendana, 10.00–11.30" in page
    start = page.index('value="pick:') + len('value="')
    picked = client.post("/book", {**typed, "act": page[start : page.index('"', start)]})
    assert "Kept for you until" in picked.content.decode()
    assert 'value="Tinjauan"' in picked.content.decode()
    held = Reservation.objects.get(holder=cast.alice.subject)
    assert held.state == "held"


def test_every_broken_rule_is_shown_at_its_field(cast: Cast) -> None:
    room = space(cast.place, "Kecil", capacity=2, min_minutes=60, granularity_minutes=30)
    more = {"people": "5", "from": "10:10", "to": "10:40", "guests": "nobody"}
    response = browser(cast.alice).post("/book", form(room, **more))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Fits 2 people at most." in page
    assert "Times go in steps of 30 minutes." in page
    assert "At least 60 minutes." in page
    assert page.count('aria-invalid="true"') >= 2
    assert not Reservation.objects.exists()


def test_a_bad_guest_address_is_named_and_kept(cast: Cast) -> None:
    response = browser(cast.alice).post("/book", form(cast.room, guests="no-address"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "“no-address” is not an e-mail address." in page
    assert "no-address</textarea>" in page


def test_hold_is_made_by_a_form_only_and_then_booked(cast: Cast) -> None:
    client = browser(cast.alice)
    shown(client, cast.room)
    assert not Reservation.objects.exists()
    held = client.post("/book", form(cast.room, act="hold"))
    assert "data-until=" in held.content.decode()
    client.post("/book", form(cast.room))
    states = sorted(Reservation.objects.values_list("state", flat=True))
    assert states == ["confirmed", "expired"]


@pytest.mark.parametrize("act", ["", "preview", "length:60", "length:-1", "length:x", "nonsense"])
def test_other_acts_write_nothing(cast: Cast, act: str) -> None:
    response = browser(cast.alice).post("/book", form(cast.room, act=act, title="Kept"))
    assert response.status_code == 200
    assert 'value="Kept"' in response.content.decode()
    assert not Reservation.objects.exists()


def test_length_button_changes_the_end(cast: Cast) -> None:
    response = browser(cast.alice).post("/book", form(cast.room, act="length:60"))
    assert "Book, Rp166,500" in response.content.decode()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-25T10:00", "2026-11-25T10:00"),
        ("2026-11-25T11:00", "2026-11-25T10:00"),
        ("0001-01-01T00:00", "0001-01-01T01:00"),
        ("9999-12-31T22:00", "9999-12-31T23:59"),
        ("nonsense", "nonsense"),
        ("2026-11-25T10:00+07:00", "<script>"),
        ("", ""),
    ],
)
def test_unusable_periods_show_a_sheet_all_the_same(
    cast: Cast, visitor: Client, start: str, end: str
) -> None:
    query = {"space": cast.room.slug, "start": start, "end": end}
    response = visitor.get("/book", query)
    assert response.status_code == 200
    assert "<script>" not in response.content.decode().replace("<script src", "")
    assert 'id="sheet"' in response.content.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"from": "11:00", "to": "10:00"},
        {"from": "10:00", "to": "10:00"},
        {"day": "9999-12-31"},
        {"day": ""},
        {"from": "noon"},
        {"people": "many"},
        {"title": "x" * 201},
        {"title": "nul\x00"},
    ],
)
def test_unusable_forms_are_refused_with_everything_kept(cast: Cast, more: dict[str, str]) -> None:
    response = browser(cast.alice).post("/book", form(cast.room, **{"guests": "a@b.co", **more}))
    assert response.status_code == 422
    assert "a@b.co</textarea>" in response.content.decode()
    assert not Reservation.objects.exists()


def test_an_instant_with_another_offset_is_shown_in_building_time(
    cast: Cast, visitor: Client
) -> None:
    query = {"space": cast.room.slug, "start": f"{day()}T05:00+00:00", "end": f"{day()}T06:00Z"}
    page = visitor.get("/book", query).content.decode()
    assert '<option value="12:00" selected>12.00</option>' in page


def test_unknown_or_private_space_is_not_found(cast: Cast, visitor: Client) -> None:
    private = space(cast.place, "Lontar", access="organisations")
    private.organisations.add(cast.lontar)
    assert visitor.get("/book", address(private)).status_code == 404
    assert visitor.get("/book", {"space": "nothing"}).status_code == 404
    assert visitor.get("/book").status_code == 404
    assert browser(cast.bob).get("/book", address(private)).status_code == 200


def test_approval_is_said_before_and_after(cast: Cast) -> None:
    room = space(cast.place, "Direksi", approval_required=True)
    client = browser(cast.alice)
    assert "Ask for it, Rp249,750" in shown(client, room)
    response = client.post("/book", form(room), follow=True)
    assert "Sent for approval." in response.content.decode()
    assert Reservation.objects.get().state == "pending"


def test_organisation_of_others_is_refused(cast: Cast) -> None:
    response = browser(cast.alice).post("/book", form(cast.room, organisation=str(cast.merapi.id)))
    assert response.status_code == 422
    assert "You are not a member there." in response.content.decode()
