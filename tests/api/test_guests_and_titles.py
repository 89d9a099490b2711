"""Guests of a reservation and its title over the API."""

from typing import Any
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from privacy.models import OutboxMessage
from reservations.models import Guest, ReservationEvent
from reservations.services.guests import MOST_GUESTS, GuestWish
from tests.api.conftest import Caller
from tests.api.test_reservations_verbs import ROUTE, booked
from tests.cast import Cast

SITI = {"name": "Siti", "email": "siti@lontar.example"}
BUDI = {"email": "budi@lontar.example"}


def told(template: str) -> int:
    """How many such messages wait."""
    return OutboxMessage.objects.filter(template=template).count()


def test_guests_are_invited_listed_and_taken_off(cast: Cast, caller: Caller) -> None:
    client, route = caller(cast.alice), f"{ROUTE}/{booked(cast).id}/guests"
    assert client.get(route).json() == {"next": None, "results": []}

    answer = client.post(route, {"guests": [SITI, BUDI]})

    assert answer.status_code == 200
    rows = answer.json()["results"]
    assert {(row["name"], row["email"]) for row in rows} == {
        ("Siti", "siti@lontar.example"),
        ("", "budi@lontar.example"),
    }
    assert set(rows[0]) == {"id", "name", "email", "invited_at"}
    assert rows[0]["invited_at"].endswith("+07:00")
    assert told("guest_invited") == 2

    # The same request again, as after an answer that was lost.
    assert client.post(route, {"guests": [SITI, BUDI]}).json()["results"] == rows
    assert told("guest_invited") == 2

    gone = client.delete(f"{route}/{rows[0]['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(route).json()["results"] == rows[1:]
    assert told("guest_cancelled") == 1
    assert client.delete(f"{route}/{rows[0]['id']}").status_code == 404
    assert client.delete(f"{route}/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({}, 400, "guests"),
        ({"guests": []}, 400, "guests"),
        ({"guests": "siti@lontar.example"}, 400, "guests"),
        ({"guests": [{"name": "Siti"}]}, 400, "guests.0.email"),
        ({"guests": [{"email": "no address"}]}, 400, "guests.0.email"),
        ({"guests": [{**SITI, "phone": "1"}]}, 400, "guests.0.phone"),
        ({"guests": [BUDI] * (MOST_GUESTS + 1)}, 422, "guests"),
        ({"guests": [{"email": f"g{n}@x.example"} for n in range(100_000)]}, 413, ""),
    ],
)
def test_unusable_guests_are_refused_and_nobody_is_told(
    cast: Cast, caller: Caller, sent: Any, status: int, field: str
) -> None:
    made = booked(cast)

    answer = caller(cast.alice).post(f"{ROUTE}/{made.id}/guests", sent)

    assert answer.status_code == status
    assert not field or field in answer.json()["errors"]
    assert not Guest.objects.exists()
    assert told("guest_invited") == 0


def test_guests_of_what_is_over_stay(cast: Cast, caller: Caller) -> None:
    made = booked(cast, guests=[GuestWish("siti@lontar.example")])
    client = caller(cast.alice)
    client.post(f"{ROUTE}/{made.id}/cancel")

    answer = client.post(f"{ROUTE}/{made.id}/guests", {"guests": [BUDI]})

    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_state")


@pytest.mark.parametrize("count", [1, 30])
def test_guests_list_asks_as_much_for_one_as_for_thirty(
    cast: Cast, caller: Caller, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    made = booked(cast, guests=[GuestWish(f"g{n}@lontar.example") for n in range(count)])
    client = caller(cast.alice)
    client.get("/api/v1/me")  # notes the day of the key's use
    with django_assert_num_queries(3):
        assert len(client.get(f"{ROUTE}/{made.id}/guests").json()["results"]) == count


def test_title_is_changed_once_and_nobody_is_written_to(cast: Cast, caller: Caller) -> None:
    made = booked(cast, title="Rapat")
    client, route = caller(cast.alice), f"{ROUTE}/{made.id}"
    told_before = OutboxMessage.objects.count()

    answer = client.patch(route, {"title": "Lokakarya"}, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer["ETag"]) == (200, '"2"')
    assert (answer.json()["title"], answer.json()["version"]) == ("Lokakarya", 2)
    assert client.get(route).json() == answer.json()
    event = ReservationEvent.objects.get(verb="retitled")
    assert (event.version, event.changes) == (2, {"title": True})
    assert "Lokakarya" not in repr(vars(event))
    assert OutboxMessage.objects.count() == told_before
    # The same again changes nothing.
    assert client.patch(route, {"title": "Lokakarya"}).json()["version"] == 2


def test_title_of_an_older_version_is_refused_with_the_difference(
    cast: Cast, caller: Caller
) -> None:
    made = booked(cast, title="Rapat", organisation_id=cast.lontar.id)
    client, route = caller(cast.alice), f"{ROUTE}/{made.id}"
    client.patch(route, {"title": "Lokakarya"})

    answer = client.patch(route, {"title": "Wawancara"}, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json()["code"]) == (412, "stale")
    assert answer.json()["difference"] == {"title": [None, "Lokakarya"]}
    assert client.get(route).json()["title"] == "Lokakarya"


@pytest.mark.parametrize(
    "sent", [{}, {"title": None}, {"title": "x" * 201}, {"title": "a", "state": "confirmed"}]
)
def test_unusable_title_is_refused(cast: Cast, caller: Caller, sent: Any) -> None:
    made = booked(cast, title="Rapat")

    answer = caller(cast.alice).patch(f"{ROUTE}/{made.id}", sent)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    made.refresh_from_db()
    assert (made.title, made.version) == ("Rapat", 1)


def test_key_for_reading_changes_nothing(cast: Cast, caller: Caller) -> None:
    made = booked(cast, guests=[GuestWish("siti@lontar.example")])
    reader, route = caller(cast.alice, "read"), f"{ROUTE}/{made.id}"
    guest = made.guests.get()
    assert reader.get(f"{route}/guests").status_code == 200
    for answer in (
        reader.patch(route, {"title": "x"}),
        reader.post(f"{route}/guests", {"guests": [BUDI]}),
        reader.delete(f"{route}/guests/{guest.id}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
