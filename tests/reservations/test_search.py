"""Searching: free first by fit then price, each busy one with why and until when."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from reservations.errors import Malformed
from reservations.models import Closure
from reservations.rules import Wish
from reservations.selectors.availability import availability_search, free_count
from reservations.selectors.spaces import Filters
from reservations.selectors.timeline import own_on_grid, timeline_day
from reservations.services import BookingWish, closure_create, reservation_book
from reservations.services.closures import ClosureWish
from tests.cast import JAKARTA, Cast, at, location, space


def search(actor: Any = None, start: int = 10, end: int = 11, **more: Any):
    """Everything tomorrow, in one page unless told otherwise."""
    page = {key: more.pop(key) for key in ("cursor", "limit") if key in more}
    with translation.override("en"):
        return availability_search(
            actor=actor,
            wish=Wish(at(start), at(end), more.get("people")),
            filters=Filters(**more),
            now=timezone.now(),
            **page,
        )


def names(page: Any) -> list[tuple[str, bool]]:
    """(name, free) in order."""
    return [(found.space.name, found.free) for found in page.results]


def test_free_first_by_fit_then_price(cast: Cast) -> None:
    space(cast.place, "Besar", capacity=20)
    space(cast.place, "Mahal", capacity=8, hour_amount=900_000)
    reservation_book(
        actor=cast.alice,
        wish=BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11)),
    )

    assert names(search(people=8)) == [("Mahal", True), ("Besar", True), ("Meranti", False)]


def test_busy_one_says_why_and_when_next_free(cast: Cast) -> None:
    cast.room.turnover_minutes = 15
    cast.room.save()
    reservation_book(
        actor=cast.alice,
        wish=BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11)),
    )

    [found] = search().results

    assert [rule.code for rule in found.reasons] == ["taken"]
    assert found.next_free_at == at(11, 15)


def test_reserved_parts_make_the_whole_busy(cast: Cast) -> None:
    hall = space(cast.place, "Balai", capacity=80)
    west = space(cast.place, "Balai Barat", capacity=40, whole=hall)
    space(cast.place, "Balai Timur", capacity=40, whole=hall)
    reservation_book(
        actor=cast.alice, wish=BookingWish(space_id=west.id, starts_at=at(10), ends_at=at(11))
    )

    assert names(search(people=40)) == [
        ("Balai Timur", True), ("Balai Barat", False), ("Balai", False),
    ]  # fmt: skip


def test_pages_meet_without_gap_or_double(cast: Cast) -> None:
    for number in range(7):
        space(cast.place, f"R{number}", capacity=4 + number % 3)
    for number in (1, 4):
        room = cast.place.spaces.get(name=f"R{number}")
        reservation_book(
            actor=cast.alice,
            wish=BookingWish(space_id=room.id, starts_at=at(10), ends_at=at(11)),
        )
    whole = names(search())
    cursor, seen = "", []
    for _page in range(8):
        page = search(limit=2, cursor=cursor)
        seen += names(page)
        cursor = page.cursor
        if not cursor:
            break

    assert seen == whole
    assert len(whole) == 8


@pytest.mark.parametrize(
    "word", ["x", "bnVsbA", "WyJmcmVlIiwxLDIsMyw0XQ", "🏢", "WyJmcmVlIiwtMSwyLCJ4Il0"]
)
def test_bad_cursor_is_malformed(cast: Cast, word: str) -> None:
    with pytest.raises(Malformed):
        search(cursor=word)


def test_closed_location_is_busy_with_its_hours(cast: Cast) -> None:
    cast.place.opening_hours = [[[480, 1200]]] * 7
    cast.place.save()

    [found] = search(start=6, end=7).results

    assert (found.free, [rule.code for rule in found.reasons]) == (False, ["outside_hours"])
    assert found.next_free_at == at(8)


def test_named_organisations_space_is_seen_by_members_alone(cast: Cast) -> None:
    secret = space(cast.place, "Rahasia", access="organisations")
    secret.organisations.add(cast.lontar)

    def seen(actor: Any) -> bool:
        return ("Rahasia", True) in names(search(actor))

    assert [seen(None), seen(cast.charlie), seen(cast.bob), seen(cast.dewi)] == [
        False, False, True, True,
    ]  # fmt: skip


def test_count_says_how_many_of_how_many(cast: Cast) -> None:
    space(cast.place, "Cendana")
    reservation_book(
        actor=cast.alice,
        wish=BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11)),
    )

    assert free_count(
        actor=None, wish=Wish(at(10), at(11)), filters=Filters(), now=timezone.now()
    ) == (1, 2)


def _closure(cast: Cast, **more: Any) -> tuple[Closure, list[Any]]:
    day = at(9).astimezone(ZoneInfo(JAKARTA)).replace(tzinfo=None)
    return closure_create(
        actor=cast.eka,
        wish=ClosureWish(
            location_id=cast.place.id,
            starts_local=day,
            ends_local=day + timedelta(hours=3),
            reason_id="Perbaikan AC",
            reason_en="Air conditioning repair",
            **more,
        ),
    )


def test_closure_lists_what_it_hits_and_stops_new_ones(cast: Cast) -> None:
    made = reservation_book(
        actor=cast.alice,
        wish=BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11)),
    )

    closure, hit = _closure(cast, floor_id=cast.floor.id)

    assert [reservation.id for reservation in hit] == [made.id]
    assert closure.periods.count() == 1
    [found] = search(start=9, end=10).results
    assert [(r.code, r.detail) for r in found.reasons] == [
        ("closed", "Closed: Air conditioning repair.")
    ]


def test_grid_has_no_names_and_counts_changes(cast: Cast, django_assert_num_queries: Any) -> None:
    day = at(10).astimezone(timezone.get_fixed_timezone(420)).date()
    for number in range(30):
        space(cast.place, f"R{number}")
    before = timeline_day(cast.place, day).revision
    made = reservation_book(
        actor=cast.alice,
        wish=BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11), title="Rahasia"),
    )

    with django_assert_num_queries(4):
        grid = timeline_day(cast.place, day)

    assert grid.revision == before + 1
    [row] = [row for row in grid.rows if row.space.id == cast.room.id]
    assert [(t.starts, t.ends) for t in row.taken] == [(at(10), at(11))]
    assert "Rahasia" not in repr(grid.rows)
    assert [own["id"] for own in own_on_grid(cast.alice.subject_id, cast.place, day)] == [made.id]
    assert own_on_grid(cast.charlie.subject_id, cast.place, day) == []


def test_other_zone_is_judged_by_its_own_clock(cast: Cast) -> None:
    jayapura = location(
        "Dok II", "Asia/Jayapura", city="Jayapura", opening_hours=[[[480, 1080]]] * 7
    )
    space(jayapura, "Matoa")

    free = dict(names(search(location_id=jayapura.id, start=7, end=8)))
    shut = dict(names(search(location_id=jayapura.id, start=17, end=18)))

    assert (free, shut) == ({"Matoa": True}, {"Matoa": False})
