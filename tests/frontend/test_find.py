"""Find a room: the answer, why not, filters, bad input, freshness, and how much it asks."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontend.memory import forget_all
from reservations.models import Amenity, Location
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, location, space
from tests.frontend.conftest import browser


def tomorrow(zone: str = "Asia/Jakarta") -> str:
    return at(0, zone=zone).astimezone(ZoneInfo(zone)).date().isoformat()


def find(client: Client, **query: Any) -> str:
    query.setdefault("date", tomorrow())
    query.setdefault("start", "10:00")
    response = client.get("/find", query)
    assert response.status_code == 200
    return response.content.decode()


def book(user: Any, room: Any, start: int, end: int, **more: Any) -> Any:
    wish = BookingWish(space_id=room.id, starts_at=at(start), ends_at=at(end), **more)
    return reservation_book(actor=user, wish=wish)


def row_of(page: str, slug: str) -> str:
    start = page.index(f'id="row-{slug}"')
    return page[start : page.index("</section>", start)]


def test_heading_counts_the_free_rooms(cast: Cast, visitor: Client) -> None:
    space(cast.place, "Cendana")
    assert "<h1>2 of 2 rooms are free</h1>" in find(visitor)
    book(cast.alice, cast.room, 10, 11)
    assert "<h1>1 of 2 rooms are free</h1>" in find(visitor)


def test_heading_is_indonesian_by_default(cast: Cast) -> None:
    assert "<h1>1 dari 1 ruang kosong</h1>" in find(browser(language="id"))


def test_taken_row_says_until_when_and_names_nobody(cast: Cast, visitor: Client) -> None:
    book(cast.alice, cast.room, 9, 11, title="Rahasia Lontar")
    row = row_of(find(visitor), cast.room.slug)
    assert 'data-free="no"' in row
    assert "Taken until 11.00, free again 11.00" in row
    assert 'data-state="taken" data-s="09:00" data-e="11:00"' in row
    for secret in ("Rahasia", "Alice", "alice@"):
        assert secret not in row


def test_own_reservation_is_laid_over_the_shared_rows(cast: Cast, visitor: Client) -> None:
    book(cast.alice, cast.room, 9, 11, title="Rahasia Lontar")
    mine = row_of(find(browser(cast.alice)), cast.room.slug)
    assert 'data-state="mine"' in mine
    assert "Rahasia Lontar" in mine
    others = row_of(find(browser(cast.charlie)), cast.room.slug)
    assert 'data-state="taken"' in others
    assert "Rahasia" not in others


def test_turnover_is_kept_before_the_next_booking(cast: Cast, visitor: Client) -> None:
    room = space(cast.place, "Ulin", turnover_minutes=30)
    book(cast.alice, room, 12, 13)
    row = row_of(find(visitor, start="08:00"), room.slug)
    assert 'data-state="buffer" data-s="13:00" data-e="13:30"' in row
    assert 'data-state="free" data-s="00:00" data-e="11:30"' in row


def test_a_name_with_markup_is_text(cast: Cast, visitor: Client) -> None:
    space(cast.place, "Evil", description_en="x")
    type(cast.room).objects.filter(name="Evil").update(name="<img src=x onerror=alert(1)>")
    page = find(visitor)
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_filters_narrow_by_people_needs_and_kind(cast: Cast, visitor: Client) -> None:
    Amenity.objects.create(code="screen", name_id="Layar", name_en="Screen")
    space(cast.place, "Besar", capacity=20, amenities=["screen"])
    assert "of 2 rooms" in find(visitor)
    assert "1 of 1 room is free" in find(visitor, people=12)
    assert "1 of 1 room is free" in find(visitor, need="screen")
    assert "No room is like this" in find(visitor, kind="hot_desk")


def test_a_hundred_thousand_guests_get_a_way_out(cast: Cast, visitor: Client) -> None:
    location("Renon", zone="Asia/Makassar", city="Denpasar")
    page = find(visitor, people=100_000)
    assert "No room here seats 100000 and has all you need" in page
    assert "Without these wishes" in page
    assert "where=all" in page


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ({"date": "0001-01-01"}, "That day cannot be shown"),
        ({"date": "9999-12-31"}, "That day cannot be shown"),
        ({"date": "soon"}, "That day cannot be shown"),
        ({"start": "25:00"}, "That time of day cannot be read"),
        ({"length": "0"}, "That length cannot be searched for"),
        ({"length": "-60"}, "That length cannot be searched for"),
        ({"length": "99999999999999999999"}, "That length cannot be searched for"),
        ({"people": "-3"}, "The number of people must be a whole number"),
        ({"people": "٣"}, "The number of people must be a whole number"),
    ],
)
def test_unusable_questions_are_noted_and_answered(
    cast: Cast, visitor: Client, query: dict[str, str], note: str
) -> None:
    page = find(visitor, **query)
    assert note in page
    assert "of 1 room is free" in page


def test_all_locations_have_their_own_zone_and_day(cast: Cast, visitor: Client) -> None:
    renon = location("Renon", zone="Asia/Makassar", city="Denpasar")
    space(renon, "Jepun")
    page = find(visitor, where="all")
    assert "Building time, WIB" in page
    assert "Building time, WITA" in page
    assert "10.00–11.00 local time of each building" in page


def test_the_persons_own_clock_is_shown_where_it_differs(cast: Cast) -> None:
    type(cast.alice).objects.filter(id=cast.alice.id).update(time_zone="Asia/Jayapura")
    assert "Where you are, 12.00–13.00 WIT." in find(browser(cast.alice))
    assert "Where you are" not in find(browser(cast.bob))


def test_no_location_at_all_says_so(visitor: Client) -> None:
    assert "No location is open yet" in visitor.get("/find").content.decode()


def test_timeline_answers_304_until_something_changes(cast: Cast, visitor: Client) -> None:
    query = {"date": tomorrow(), "start": "10:00"}
    first = visitor.get("/find/timeline", query)
    assert first.status_code == 200
    etag = first["ETag"]
    again = visitor.get("/find/timeline", query, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    weak = visitor.get("/find/timeline", query, headers={"If-None-Match": f"W/{etag}"})
    assert weak.status_code == 304
    book(cast.alice, cast.room, 10, 11)
    changed = visitor.get("/find/timeline", query, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert 'data-state="taken"' in changed.content.decode()


def test_timeline_answers_304_without_building_the_grid(
    cast: Cast, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(cast.alice, cast.room, 9, 11, title="Rahasia Lontar")
    query = {"date": tomorrow(), "start": "10:00"}
    alice = browser(cast.alice)
    tags = [client.get("/find/timeline", query)["ETag"] for client in (visitor, alice)]
    forget_all()

    def never(*_args: Any, **_more: Any) -> None:
        raise AssertionError("the grid was built")

    monkeypatch.setattr("frontend.board.timeline_day", never)
    monkeypatch.setattr("frontend.board.day_grid", never)
    for client, tag in zip((visitor, alice), tags, strict=True):
        again = client.get("/find/timeline", query, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    assert tags[0] != tags[1]


def test_timeline_tag_tells_languages_questions_and_choices_apart(
    cast: Cast, visitor: Client
) -> None:
    query = {"date": tomorrow(), "start": "10:00"}
    asked = [
        (visitor, query),
        (browser(language="id"), query),
        (visitor, {**query, "people": "4"}),
        (visitor, {**query, "chosen": f"{cast.room.slug},600,660"}),
        (visitor, {**query, "start": "11:00"}),
    ]
    tags = [client.get("/find/timeline", more)["ETag"] for client, more in asked]
    assert len(set(tags)) == len(asked)


def test_shared_answer_holds_nothing_of_the_person_before(cast: Cast, visitor: Client) -> None:
    book(cast.alice, cast.room, 9, 11, title="Rahasia Lontar")
    query = {"date": tomorrow(), "start": "10:00"}
    mine = browser(cast.alice).get("/find/timeline", query)
    assert b"Rahasia Lontar" in mine.content
    theirs = visitor.get("/find/timeline", query)
    assert b"Rahasia" not in theirs.content
    assert mine["ETag"] != theirs["ETag"]


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_the_rooms(cast: Cast, visitor: Client, count: int) -> None:
    for number in range(count - 1):
        space(cast.place, f"Room {number}")
    query = {"date": tomorrow(), "start": "10:00"}
    forget_all()
    with CaptureQueriesContext(connection) as cold:
        visitor.get("/find", query)
    with CaptureQueriesContext(connection) as warm:
        visitor.get("/find", query)
    assert (len(cold), len(warm)) == (7, 1)


def test_organisation_rooms_are_shown_to_their_own_only(cast: Cast, visitor: Client) -> None:
    private = space(cast.place, "Lontar Saja", access="organisations")
    private.organisations.add(cast.lontar)
    assert "Lontar Saja" in find(browser(cast.bob))
    assert "Lontar Saja" not in find(browser(cast.charlie))
    assert "Lontar Saja" not in find(visitor)


def test_closed_location_is_not_searched(cast: Cast, visitor: Client) -> None:
    Location.objects.filter(id=cast.place.id).update(is_active=False)
    assert "No location is open yet" in visitor.get("/find").content.decode()


def test_asked_start_reaches_the_sheet_link(cast: Cast, visitor: Client) -> None:
    day = at(0).astimezone(ZoneInfo("Asia/Jakarta")).date()
    row = row_of(find(visitor, start="14:00", length=90), cast.room.slug)
    assert f"start={day}T14:00&amp;end={day}T15:30" in row
