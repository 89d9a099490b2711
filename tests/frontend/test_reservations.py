"""One's bookings: list, page, acts; other people's are not found."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from privacy import clock
from reservations.models import Guest, Reservation
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, space
from tests.frontend.conftest import browser


def book(user: Any, room: Any, start: int = 10, end: int = 11, days: int = 1, **more: Any) -> Any:
    wish = BookingWish(
        space_id=room.id, starts_at=at(start, days=days), ends_at=at(end, days=days), **more
    )
    return reservation_book(actor=user, wish=wish)


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def do(client: Client, row: Reservation, verb: str, **data: Any) -> Any:
    row.refresh_from_db()
    data.setdefault("version", row.version)
    return client.post(f"/reservations/{row.id}/{verb}", data)


def stand_at(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: instant)
    assert clock.now() == instant


def test_list_shows_next_then_upcoming_and_nothing_of_others(cast: Cast) -> None:
    book(cast.alice, cast.room, 10, 11, title="First")
    book(cast.alice, cast.room, 12, 13, title="Second")
    book(cast.charlie, cast.room, 14, 15, title="Foreign")
    text = page(browser(cast.alice), "/reservations")
    assert text.index("Meranti, 10.00–11.00") < text.index("12.00–13.00 WIB")
    assert "Second" in text
    assert "Foreign" not in text


def test_empty_list_offers_a_next_step(cast: Cast) -> None:
    text = page(browser(cast.alice), "/reservations")
    assert "Nothing booked ahead" in text
    assert 'href="/find?start=now"' in text


def test_list_is_for_signed_in_people(cast: Cast, visitor: Client) -> None:
    response = visitor.get("/reservations")
    assert response.status_code == 302
    assert response["Location"].endswith("?next=/reservations")


def test_pages_go_on_where_the_last_one_ended(cast: Cast) -> None:
    for days in range(1, 24):
        book(cast.alice, cast.room, 10, 11, days=days)
    client = browser(cast.alice)
    first = page(client, "/reservations?when=upcoming")
    assert first.count('class="res"') == 20
    link = first[first.index("?when=upcoming&amp;after=") :]
    second = page(client, "/reservations" + link[: link.index('"')].replace("&amp;", "&"))
    assert second.count('class="res"') == 3


@pytest.mark.parametrize("after", ["nonsense", "2026-11-25~x", "~", "9999-99-99~", "\x00"])
def test_unusable_cursor_begins_anew(cast: Cast, after: str) -> None:
    client = browser(cast.alice)
    response = client.get("/reservations", {"when": "past", "after": after})
    assert response.status_code == 200


def test_others_reservation_is_not_found(cast: Cast) -> None:
    row = book(cast.alice, cast.room)
    assert page(browser(cast.alice), f"/reservations/{row.id}")
    charlie = browser(cast.charlie)
    page(charlie, f"/reservations/{row.id}", 404)
    page(charlie, f"/reservations/{row.id}.ics", 404)
    page(charlie, f"/reservations/{uuid4()}", 404)
    for verb in ("move", "cancel", "extend", "end", "check-in", "invite", "remove-guest"):
        assert do(charlie, row, verb, day="2026-11-25").status_code == 404
    row.refresh_from_db()
    assert (row.state, row.version) == ("confirmed", 1)


def test_unknown_act_is_not_found(cast: Cast) -> None:
    assert do(browser(cast.alice), book(cast.alice, cast.room), "destroy").status_code == 404


def test_move_changes_time_and_says_the_price(cast: Cast) -> None:
    row = book(cast.alice, cast.room)
    client = browser(cast.alice)
    day = at(0, days=2).astimezone(ZoneInfo("Asia/Jakarta")).date().isoformat()
    do(client, row, "move", day=day, **{"from": "14:00", "to": "16:00"})
    row.refresh_from_db()
    assert (row.starts_at, row.ends_at) == (at(14, days=2), at(16, days=2))
    text = page(client, f"/reservations/{row.id}")
    assert "The price is Rp333,000." in text
    assert "Moved" in text


def test_refused_move_keeps_the_old_time_and_offers_others(cast: Cast) -> None:
    space(cast.place, "Cendana")
    row = book(cast.alice, cast.room)
    book(cast.charlie, cast.room, 14, 16)
    day = at(0).astimezone(ZoneInfo("Asia/Jakarta")).date().isoformat()
    response = do(browser(cast.alice), row, "move", day=day, **{"from": "14:00", "to": "15:00"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Cendana, 14.00–15.00" in text
    assert '<option value="14:00" selected>14.00</option>' in text
    row.refresh_from_db()
    assert row.starts_at == at(10)


@pytest.mark.parametrize(
    "data",
    [
        {"day": "0001-01-01", "from": "10:00", "to": "11:00"},
        {"day": "9999-12-31", "from": "10:00", "to": "11:00"},
        {"day": "2026-11-25", "from": "11:00", "to": "10:00"},
        {"day": "2026-11-25", "from": "10:00", "to": "10:00"},
        {"day": "2026-11-25", "from": "x", "to": "99:99"},
        {},
    ],
)
def test_unusable_move_is_refused_in_words(cast: Cast, data: dict[str, str]) -> None:
    row = book(cast.alice, cast.room)
    response = do(browser(cast.alice), row, "move", **data)
    assert response.status_code == 422
    assert "This was not done. Nothing was changed." in response.content.decode()


def test_stale_version_shows_what_changed(cast: Cast) -> None:
    row = book(cast.alice, cast.room)
    client = browser(cast.alice)
    do(client, row, "extend", minutes="30")
    response = do(client, row, "extend", minutes="30", version="1")
    text = response.content.decode()
    assert response.status_code == 412
    assert "Somebody changed this reservation" in text
    assert "11.00 →" in text
    row.refresh_from_db()
    assert row.ends_at == at(11, 30)


def test_cancel_says_what_it_costs_before_and_after(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, late = book(cast.alice, cast.room), book(cast.alice, cast.room, 14, 15)
    client = browser(cast.alice)
    assert "Cancelling is free until" in page(client, f"/reservations/{free.id}")
    response = client.post(f"/reservations/{free.id}/cancel", {"version": "1"}, follow=True)
    assert "Cancelled. Nothing is due." in response.content.decode()
    stand_at(monkeypatch, at(13))
    assert "If you cancel now, Rp166,500 stays due." in page(client, f"/reservations/{late.id}")
    response = client.post(f"/reservations/{late.id}/cancel", {"version": "1"}, follow=True)
    assert "The price of Rp166,500 stays due." in response.content.decode()


def test_check_in_extend_and_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = book(cast.alice, cast.room)
    client = browser(cast.alice)
    assert "Check-in opens at 09.45." in page(client, f"/reservations/{row.id}")
    assert do(client, row, "check-in").status_code == 422
    stand_at(monkeypatch, at(9, 50))
    do(client, row, "check-in")
    stand_at(monkeypatch, at(10, 30))
    do(client, row, "extend", minutes="30")
    row.refresh_from_db()
    assert (row.state, row.ends_at) == ("checked_in", at(11, 30))
    do(client, row, "end")
    row.refresh_from_db()
    assert row.ends_at == at(10, 31)


def test_guests_are_invited_and_removed(cast: Cast) -> None:
    row = book(cast.alice, cast.room)
    client = browser(cast.alice)
    do(client, row, "invite", guests="one@example.com two@example.com")
    text = page(client, f"/reservations/{row.id}")
    assert "one@example.com" in text
    guest = Guest.objects.get(contact__email="one@example.com")
    do(client, row, "remove-guest", guest=str(guest.id))
    text = page(client, f"/reservations/{row.id}")
    assert "one@example.com" not in text
    assert "two@example.com" in text
    refused = do(client, row, "invite", guests="not-an-address")
    assert refused.status_code == 422
    assert "not-an-address</textarea>" in refused.content.decode()


def test_repeat_leads_to_the_same_weekday_next_time(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = book(cast.alice, cast.room)
    stand_at(monkeypatch, at(12))
    day = at(0, days=8).astimezone(ZoneInfo("Asia/Jakarta")).date()
    text = page(browser(cast.alice), "/reservations")
    link = f"/book?space={row.space.slug}&amp;start={day}T10:00&amp;end={day}T11:00"
    assert link in text


def test_calendar_file_holds_the_instant(cast: Cast) -> None:
    row = book(cast.alice, cast.room, title="Tinjauan")
    response = browser(cast.alice).get(f"/reservations/{row.id}.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    text = response.content.decode()
    assert "DTSTART;TZID=Asia/Jakarta:" + at(10).astimezone(ZoneInfo("Asia/Jakarta")).strftime(
        "%Y%m%dT%H%M%S"
    ) in text.replace("\r\n ", "")
    assert datetime.now(UTC) + timedelta(days=2) > row.starts_at


def test_member_sees_the_organisations_booking_but_may_not_change_it(cast: Cast) -> None:
    row = book(cast.alice, cast.room, organisation_id=cast.lontar.id)
    bob = browser(cast.bob)
    assert str(row.id) not in page(bob, "/reservations")
    assert str(row.id) in page(bob, "/reservations?whose=all")
    text = page(bob, f"/reservations/{row.id}")
    assert "Cancel this booking" not in text
    assert do(bob, row, "cancel").status_code == 404
