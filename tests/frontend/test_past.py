"""What is over stays drawn: the morning of today as it was, and one's own days of a month."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from frontend.memory import forget_all
from privacy import clock
from reservations.models import Reservation
from reservations.selectors.timeline import timeline_day
from tests.cast import Cast, at, space
from tests.frontend.conftest import browser
from tests.frontend.test_find import book, find, row_of, tomorrow


def completed(user: Any, room: Any, start: int, end: int, **more: Any) -> Any:
    """A reservation of tomorrow that has taken place: its occupancy is gone."""
    made = book(user, room, start, end, **more)
    Reservation.objects.filter(id=made.id).update(state="completed")
    return made


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """It is twelve o'clock of the day after this one."""
    present = at(12)
    monkeypatch.setattr(clock, "now", lambda: present)
    return present


def test_the_morning_shows_what_took_place(cast: Cast, visitor: Client, request: Any) -> None:
    completed(cast.alice, cast.room, 9, 11, title="Rahasia")
    assert 'data-state="taken"' not in row_of(find(visitor), cast.room.slug)

    request.getfixturevalue("noon")
    forget_all()  # what was kept of it a moment ago knew no past

    row = row_of(find(visitor, start="13:00"), cast.room.slug)
    assert 'data-state="taken" data-s="09:00" data-e="11:00"' in row
    assert "Rahasia" not in row
    assert 'data-free="yes"' in row
    mine = row_of(find(browser(cast.alice), start="13:00"), cast.room.slug)
    assert 'data-state="mine" data-s="09:00" data-e="11:00"' in mine
    assert "Rahasia" in mine


def test_what_took_place_stands_in_nobodys_way(cast: Cast, visitor: Client, noon: datetime) -> None:
    made = book(cast.alice, cast.room, 12, 14)
    Reservation.objects.filter(id=made.id).update(state="completed")

    row = row_of(find(visitor, start="13:00"), cast.room.slug)

    assert 'data-state="taken" data-s="12:00" data-e="14:00"' in row
    assert 'data-state="free" data-s="12:00" data-e="24:00"' in row


def test_a_hall_and_its_halves_share_their_past(cast: Cast, request: Any) -> None:
    hall = space(cast.place, "Beringin", kind="event_hall", capacity=80)
    east, west = (
        space(cast.place, f"Beringin {side}", kind="event_hall", capacity=40, whole=hall)
        for side in ("Timur", "Barat")
    )
    completed(cast.alice, east, 9, 10)
    request.getfixturevalue("noon")

    grid = timeline_day(cast.place, at(9).date())
    past = {row.space.id: [(t.starts, t.ends) for t in row.past] for row in grid.rows}

    assert past[east.id] == past[hall.id] == [(at(9), at(10))]
    assert past[west.id] == past[cast.room.id] == []


def test_the_past_takes_one_statement_and_only_when_there_is_one(
    cast: Cast, request: Any, django_assert_num_queries: Any
) -> None:
    day = at(9).date()
    for number in range(30):
        room = space(cast.place, f"R{number}")
        completed(cast.alice, room, 9, 10)
    with django_assert_num_queries(4):
        timeline_day(cast.place, day)
    request.getfixturevalue("noon")
    with django_assert_num_queries(5):
        grid = timeline_day(cast.place, day)
    assert sum(len(row.past) for row in grid.rows) == 30


def test_a_day_that_is_over_is_hatched_whole(cast: Cast, visitor: Client) -> None:
    over = at(0, days=-1).date().isoformat()
    assert "data-past" in find(visitor, date=over)
    assert "data-past" not in find(visitor)


def test_own_bookings_are_drawn_in_the_month(cast: Cast, visitor: Client) -> None:
    book(cast.alice, cast.room, 9, 11, title="Rahasia")
    book(cast.bob, cast.room, 13, 14)
    address = f"/spaces/{cast.room.slug}/month?month={tomorrow()[:7]}"

    theirs = browser(cast.charlie).get(address).content.decode()
    mine = browser(cast.alice).get(address).content.decode()

    bar = '<rect class="strip-mine" x="270" y="0" width="60" height="20"/>'
    assert mine.count(bar) == 1
    assert mine.count("data-mine") == 1
    assert "yours 09.00–11.00" in mine
    assert "1 booking of yours." in mine
    assert "data-mine" not in theirs
    for page in (mine, theirs, visitor.get(address).content.decode()):
        assert page.count('class="strip-taken"') >= 2
        assert "Rahasia" not in page
