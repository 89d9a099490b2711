"""What anybody may read: locations, spaces, what is free, a day's grid."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from privacy import clock
from reservations.models import Space
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from reservations.services.prices import prices_refresh
from reservations.services.spaces import space_active_set
from tests.api.test_reservations_verbs import booked, local
from tests.cast import JAKARTA, Cast, at, space


def ask(path: str, **query: Any) -> Any:
    """A visitor's GET."""
    return APIClient().get(f"/api/v1/{path}", query)


def test_locations_answer_everything_a_visitor_needs(cast: Cast) -> None:
    cast.place.opening_hours = [[[480, 720], [780, 1440]]] + [[]] * 6
    cast.place.save()

    assert ask("locations").json() == {
        "next": None,
        "results": [
            {
                "id": str(cast.place.id),
                "name": "Kebon Sirih",
                "slug": "kebon-sirih",
                "time_zone": JAKARTA,
                "address": "",
                "city": "Jakarta",
                "country": "ID",
                "opening_hours": [
                    {"day": "monday", "opens": "08:00", "closes": "12:00"},
                    {"day": "monday", "opens": "13:00", "closes": "24:00"},
                ],
            }
        ],
    }


def test_spaces_answer_rate_and_parts(cast: Cast) -> None:
    Space.objects.filter(id=cast.room.id).update(amenities=["screen"])
    hall = space(cast.place, "Balai", kind="event_hall", capacity=80)
    west = space(cast.place, "Barat", kind="event_hall", capacity=40, whole=hall)

    answer = ask("spaces", kind="event_hall", capacity=50).json()

    rate = {
        "currency": "IDR", "hour": 150_000, "half_day": None, "day": None, "tax_included": False,
    }  # fmt: skip
    assert answer == {
        "next": None,
        "results": [
            {
                "id": str(hall.id),
                "name": "Balai",
                "slug": "kebon-sirih-balai",
                "location": str(cast.place.id),
                "kind": "event_hall",
                "capacity": 80,
                "amenities": [],
                "turnover_minutes": 0,
                "granularity_minutes": 15,
                "min_minutes": 30,
                "max_minutes": 720,
                "approval_required": False,
                "rate": rate,
                "parts": [str(west.id)],
            }
        ],
    }
    found = ask("spaces", amenities="screen").json()["results"]
    assert [row["id"] for row in found] == [str(cast.room.id)]


def test_spaces_page_by_cursor(cast: Cast) -> None:
    more = [space(cast.place, f"R{n}", capacity=4 + n % 2).id for n in range(5)]
    seen, link = [], "/api/v1/spaces?limit=2"
    while link:
        page = APIClient().get(link).json()
        seen += [row["id"] for row in page["results"]]
        link = page["next"]

    assert sorted(seen) == sorted([*map(str, more), str(cast.room.id)])
    assert len(seen) == len(set(seen))


def test_spaces_ask_as_much_for_one_as_for_thirty(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(3):
        assert len(ask("spaces", limit=50).json()["results"]) == 1
    for number in range(29):
        space(cast.place, f"R{number}")
    with django_assert_num_queries(3):
        assert len(ask("spaces", limit=50).json()["results"]) == 30


def test_spaces_of_named_organisations_are_hidden(cast: Cast) -> None:
    kept = space(cast.place, "Ulin", access=Space.Access.ORGANISATIONS)
    kept.organisations.add(cast.lontar)

    assert [row["id"] for row in ask("spaces").json()["results"]] == [str(cast.room.id)]


def test_availability_says_why_not_and_when_next(cast: Cast) -> None:
    twin = space(cast.place, "Cendana", floor=cast.floor)
    booked(cast, 10, 12)

    answer = ask("availability", starts_at=local(at(11)), ends_at=local(at(12))).json()

    price = {"amount": 166_500, "currency": "IDR", "tax": 16_500}
    free, taken = answer["results"]
    assert answer["next"] is None
    assert free == {
        "space": str(twin.id), "space_name": "Cendana", "free": True, "reasons": [],
        "next_free_at": None, "price": price,
    }  # fmt: skip
    assert [reason["code"] for reason in taken.pop("reasons")] == ["taken"]
    assert taken == {
        "space": str(cast.room.id), "space_name": "Meranti", "free": False,
        "next_free_at": local(at(12)), "price": price,
    }  # fmt: skip


def test_availability_reads_an_offset_whose_plus_became_a_blank(cast: Cast) -> None:
    starts, ends = local(at(11)), local(at(12))
    link = f"/api/v1/availability?starts_at={starts}&ends_at={ends}"
    proper = f"/api/v1/availability?starts_at={quote(starts)}&ends_at={quote(ends)}"

    assert APIClient().get(link).json() == APIClient().get(proper).json()
    assert len(APIClient().get(link).json()["results"]) == 1


def test_availability_of_the_past_is_not_free(cast: Cast) -> None:
    query = {"starts_at": local(at(10, days=-2)), "ends_at": local(at(11, days=-2))}

    row = ask("availability", **query).json()["results"][0]

    assert (row["free"], [reason["code"] for reason in row["reasons"]]) == (False, ["in_past"])


def test_timeline_shows_periods_and_nobodys_names(cast: Cast) -> None:
    Space.objects.filter(id=cast.room.id).update(turnover_minutes=15)
    booked(cast, 10, 12, title="Rahasia")
    day = local(at(10))[:10]

    answer = ask("timeline", location=cast.place.id, date=day)

    assert answer.json() == {
        "location": str(cast.place.id),
        "date": day,
        "time_zone": JAKARTA,
        "next": None,
        "results": [
            {
                "space": str(cast.room.id),
                "space_name": "Meranti",
                "opening": [{"starts_at": local(at(0)), "ends_at": local(at(0, days=2))}],
                "taken": [
                    {
                        "starts_at": local(at(10)), "ends_at": local(at(12)),
                        "kind": "reservation",
                    },
                    {
                        "starts_at": local(at(12)), "ends_at": local(at(12, 15)),
                        "kind": "turnover",
                    },
                ],
            }
        ],
    }  # fmt: skip
    assert b"Rahasia" not in answer.content


def test_timeline_answers_304_until_something_changes(cast: Cast) -> None:
    query = {"location": str(cast.place.id), "date": local(at(10))[:10]}
    tag = ask("timeline", **query)["ETag"]
    client = APIClient(headers={"If-None-Match": tag})

    # Location and mark; neither a space nor a reservation is read.
    with CaptureQueriesContext(connection) as queries:
        same = client.get("/api/v1/timeline", query)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    assert len(queries) == 2
    weak = APIClient(headers={"If-None-Match": f'"other", W/{tag}'})
    assert weak.get("/api/v1/timeline", query).status_code == 304
    reservation_book(
        actor=cast.alice,
        wish=BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11)),
    )

    changed = client.get("/api/v1/timeline", query)
    assert changed.status_code == 200
    assert len(changed.json()["results"][0]["taken"]) == 1
    assert changed["ETag"] != tag


def test_timeline_changes_when_a_hold_runs_out_by_itself(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = {"location": str(cast.place.id), "date": local(at(10))[:10]}
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    held = reservation_book(actor=cast.alice, wish=wish, hold=True)
    assert held.expires_at is not None
    first = ask("timeline", **query)
    assert [t["kind"] for t in first.json()["results"][0]["taken"]] == ["hold"]

    # No sweep has run: no row and no revision changes.
    later = held.expires_at + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    client = APIClient(headers={"If-None-Match": first["ETag"]})
    answer = client.get("/api/v1/timeline", query)

    assert answer.status_code == 200
    assert answer.json()["results"][0]["taken"] == []


def test_timeline_changes_with_its_rooms_and_prices_on_every_day(cast: Cast) -> None:
    far = {"location": str(cast.place.id), "date": local(at(10, days=300))[:10]}
    seen = [ask("timeline", **far)["ETag"]]
    Space.objects.filter(id=cast.room.id).update(hour_amount=1)
    prices_refresh(now=clock.now())
    seen.append(ask("timeline", **far)["ETag"])
    space_active_set(actor=cast.eka, space_id=cast.room.id, is_active=False)
    seen.append(ask("timeline", **far)["ETag"])

    assert len(set(seen)) == 3
    assert ask("timeline", **far).json()["results"] == []


@pytest.mark.parametrize("count", [1, 30])
def test_timeline_asks_as_much_of_the_database_for_more_rooms(cast: Cast, count: int) -> None:
    for number in range(count - 1):
        space(cast.place, f"Ruang {number}")
    query = {"location": str(cast.place.id), "date": local(at(10))[:10]}
    with CaptureQueriesContext(connection) as queries:
        rows = ask("timeline", **query).json()["results"]
    assert (len(rows), len(queries)) == (count, 5)


@pytest.mark.parametrize("path", ["locations", "spaces", "timeline", "availability"])
def test_catalogue_is_open_but_a_wrong_key_is_not(cast: Cast, path: str) -> None:
    client = APIClient(headers={"Authorization": "Bearer ruang_wrong"})

    answer = client.get(f"/api/v1/{path}")

    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert answer["WWW-Authenticate"] == 'Bearer realm="ruang"'
