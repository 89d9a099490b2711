"""Every verb of a reservation, whole bodies asserted."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from reservations.models import Reservation, Space
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.api.conftest import Caller
from tests.cast import JAKARTA, Cast, at, space

ROUTE = "/api/v1/reservations"


def local(instant: Any) -> str:
    """As the API writes it."""
    return instant.astimezone(ZoneInfo(JAKARTA)).isoformat(timespec="seconds")


def wanted(cast: Cast, start: int = 10, end: int = 11, **more: Any) -> dict[str, Any]:
    """A body for tomorrow, in the cast's room."""
    more.setdefault("space", str(cast.room.id))
    return {"starts_at": local(at(start)), "ends_at": local(at(end)), **more}


def booked(cast: Cast, start: int = 10, end: int = 11, **more: Any) -> Reservation:
    """Alice's booking for tomorrow."""
    hold = more.pop("hold", False)
    more.setdefault("space_id", cast.room.id)
    wish = BookingWish(starts_at=at(start), ends_at=at(end), **more)
    return reservation_book(actor=cast.alice, wish=wish, hold=hold)


def shape(cast: Cast, made: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The whole body of a reservation tomorrow from 10 to 11."""
    body = {
        "id": made["id"],
        "state": "confirmed",
        "space": str(cast.room.id),
        "space_name": "Meranti",
        "location": str(cast.place.id),
        "organisation": None,
        "starts_at": local(at(10)),
        "ends_at": local(at(11)),
        "time_zone": JAKARTA,
        "title": "",
        "people": None,
        "price": {"amount": 166_500, "currency": "IDR", "tax": 16_500},
        "version": 1,
        "cancel_free_until": local(at(8)),
        "expires_at": None,
        "checked_in_at": None,
    }
    return body | changed


def test_booking_answers_the_whole_reservation(cast: Cast, caller: Caller) -> None:
    guests = [{"name": "Siti", "email": "siti@lontar.example"}]
    sent = wanted(cast, title="=1+1 <b>Rapat</b>", people=4, guests=guests)

    answer = caller(cast.alice).post(ROUTE, sent)

    assert answer.status_code == 201
    made = answer.json()
    assert made == shape(cast, made, title="=1+1 <b>Rapat</b>", people=4)
    assert made["starts_at"].endswith("+07:00")
    assert answer["ETag"] == '"1"'
    assert answer["Location"] == f"{ROUTE}/{made['id']}"
    stored = Reservation.objects.get(id=made["id"])
    assert stored.holder_id == cast.alice.subject_id
    assert [guest.contact.name for guest in stored.guests.all()] == ["Siti"]


def test_reservation_reads_back_as_it_was_made(cast: Cast, caller: Caller) -> None:
    client = caller(cast.alice)
    made = client.post(ROUTE, wanted(cast)).json()

    answer = client.get(f"{ROUTE}/{made['id']}")

    assert answer.json() == made
    assert answer["ETag"] == '"1"'


def test_hold_becomes_a_booking(cast: Cast, caller: Caller) -> None:
    client = caller(cast.alice)
    held = client.post(ROUTE, wanted(cast, hold=True)).json()
    assert held["state"] == "held"
    assert held["expires_at"] is not None

    answer = client.post(f"{ROUTE}/{held['id']}/confirm", {"title": "Rapat"})

    assert answer.status_code == 200
    assert answer.json() == shape(cast, held, title="Rapat", version=2)


def test_taken_answers_409_with_priced_alternatives(cast: Cast, caller: Caller) -> None:
    twin = space(cast.place, "Cendana", floor=cast.floor)
    booked(cast)

    answer = caller(cast.charlie).post(ROUTE, wanted(cast))

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    ways = problem.pop("alternatives")
    assert problem == {
        "type": "urn:ruang:problem:slot_taken",
        "title": problem["title"],
        "status": 409,
        "detail": problem["detail"],
        "code": "slot_taken",
    }
    assert {
        "how": "other_space",
        "space": str(twin.id),
        "space_name": "Cendana",
        "starts_at": local(at(10)),
        "ends_at": local(at(11)),
        "price": {"amount": 166_500, "currency": "IDR", "tax": 16_500},
    } in ways


def test_move_changes_the_period_and_counts_the_version(cast: Cast, caller: Caller) -> None:
    made = booked(cast)

    answer = caller(cast.alice).post(
        f"{ROUTE}/{made.id}/move",
        {"starts_at": local(at(14)), "ends_at": local(at(16))},
        headers={"If-Match": '"1"'},
    )

    assert answer.status_code == 200
    assert answer.json() == shape(
        cast, {"id": str(made.id)}, starts_at=local(at(14)), ends_at=local(at(16)), version=2,
        cancel_free_until=local(at(12)),
        price={"amount": 333_000, "currency": "IDR", "tax": 33_000},
    )  # fmt: skip
    assert answer["ETag"] == '"2"'


def test_stale_edit_answers_412_with_the_difference(cast: Cast, caller: Caller) -> None:
    made, client = booked(cast), caller(cast.alice)
    period = {"starts_at": local(at(14)), "ends_at": local(at(15))}
    assert client.post(f"{ROUTE}/{made.id}/move", period).json()["version"] == 2

    answer = client.post(f"{ROUTE}/{made.id}/cancel", headers={"If-Match": '"1"'})

    assert answer.status_code == 412
    problem = answer.json()
    assert (problem["code"], problem["version"]) == ("stale", 2)
    assert set(problem["difference"]) == {"starts_at", "ends_at"}
    assert Reservation.objects.get(id=made.id).state == "confirmed"


def test_extend_lets_it_end_later(cast: Cast, caller: Caller) -> None:
    made = booked(cast)

    answer = caller(cast.alice).post(f"{ROUTE}/{made.id}/extend", {"ends_at": local(at(12))})

    assert answer.json() == shape(
        cast, {"id": str(made.id)}, ends_at=local(at(12)), version=2,
        price={"amount": 333_000, "currency": "IDR", "tax": 33_000},
    )  # fmt: skip


def test_cancel_frees_the_time(cast: Cast, caller: Caller) -> None:
    made = booked(cast)

    answer = caller(cast.alice).post(f"{ROUTE}/{made.id}/cancel")

    assert answer.json() == shape(cast, {"id": str(made.id)}, state="cancelled", version=2)
    assert caller(cast.charlie).post(ROUTE, wanted(cast)).status_code == 201


def test_check_in_then_end(cast: Cast, caller: Caller) -> None:
    made, now = booked(cast), timezone.now()
    Reservation.objects.filter(id=made.id).update(
        starts_at=now - timedelta(minutes=5), ends_at=now + timedelta(minutes=55)
    )
    client = caller(cast.alice)

    here = client.post(f"{ROUTE}/{made.id}/check-in").json()
    assert (here["state"], here["version"]) == ("checked_in", 2)
    assert here["checked_in_at"] is not None
    ended = client.post(f"{ROUTE}/{made.id}/end").json()

    assert (ended["state"], ended["version"]) == ("checked_in", 3)
    assert ended["ends_at"] < here["ends_at"]


@pytest.mark.parametrize(("verb", "state"), [("approve", "confirmed"), ("decline", "declined")])
def test_space_manager_decides(cast: Cast, caller: Caller, verb: str, state: str) -> None:
    Space.objects.filter(id=cast.room.id).update(approval_required=True)
    made = booked(cast)
    assert made.state == "pending"
    refused = caller(cast.alice).post(f"{ROUTE}/{made.id}/{verb}")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")

    answer = caller(cast.eka).post(f"{ROUTE}/{made.id}/{verb}")

    # A title is for the people who meet and the front desk; deciding does not need it.
    assert answer.json() == shape(cast, {"id": str(made.id)}, state=state, version=2, title=None)


def test_others_reservations_answer_404(cast: Cast, caller: Caller) -> None:
    made, stranger = booked(cast), caller(cast.charlie)
    period = {"starts_at": local(at(14)), "ends_at": local(at(15))}
    bodies = {"move": period, "extend": {"ends_at": period["ends_at"]}}
    assert caller(cast.alice).get(f"{ROUTE}/{made.id}").status_code == 200

    assert stranger.get(f"{ROUTE}/{made.id}").status_code == 404
    for verb in (
        "move", "extend", "confirm", "cancel", "end", "check-in", "approve", "decline",
    ):  # fmt: skip
        answer = stranger.post(f"{ROUTE}/{made.id}/{verb}", bodies.get(verb, {}))
        assert (verb, answer.status_code, answer.json()["code"]) == (verb, 404, "not_found")


def test_space_kept_for_others_is_unknown(cast: Cast, caller: Caller) -> None:
    kept = space(cast.place, "Ulin", access=Space.Access.ORGANISATIONS)
    kept.organisations.add(cast.lontar)
    sent = wanted(cast, space=str(kept.id))
    assert caller(cast.charlie).post(ROUTE, sent).status_code == 404

    assert caller(cast.bob).post(ROUTE, sent).status_code == 201


def test_repeated_post_makes_one_reservation(cast: Cast, caller: Caller) -> None:
    client, sent = caller(cast.alice), wanted(cast)
    first = client.post(ROUTE, sent, headers={"Idempotency-Key": "k-1"})

    again = client.post(ROUTE, sent, headers={"Idempotency-Key": "k-1"})
    other = client.post(ROUTE, wanted(cast, 14, 15), headers={"Idempotency-Key": "k-1"})

    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert Reservation.objects.count() == 1


def test_key_without_the_scope_may_not_book(cast: Cast, caller: Caller) -> None:
    reader = caller(cast.alice, "read")
    assert reader.get(ROUTE).status_code == 200

    answer = reader.post(ROUTE, wanted(cast))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_list_pages_by_cursor_without_gap_or_repeat(cast: Cast, caller: Caller) -> None:
    ids = [str(booked(cast, hour, hour + 1).id) for hour in (9, 11, 13, 15, 17)]
    client, seen, link = caller(cast.alice), [], f"{ROUTE}?limit=2"
    sizes = []
    while link:
        page = client.get(link).json()
        sizes.append(len(page["results"]))
        seen += [row["id"] for row in page["results"]]
        link = page["next"]

    assert seen == ids
    assert sizes == [2, 2, 1]
    assert client.get(f"{ROUTE}?when=past").json() == {"next": None, "results": []}
    Reservation.objects.filter(id=ids[0]).update(state="cancelled")
    past = client.get(f"{ROUTE}?when=past").json()["results"]
    assert [row["id"] for row in past] == [ids[0]]


def test_list_shows_the_organisations_too(cast: Cast, caller: Caller) -> None:
    shared = booked(cast, organisation_id=cast.lontar.id)
    booked(cast, 14, 15)

    def ids(client: APIClient, query: str = "") -> list[str]:
        return [row["id"] for row in client.get(ROUTE + query).json()["results"]]

    assert ids(caller(cast.bob)) == [str(shared.id)]
    assert ids(caller(cast.bob), "?mine=true") == []
    assert ids(caller(cast.charlie)) == []
    assert len(ids(caller(cast.alice))) == 2


def test_list_asks_as_much_for_one_as_for_thirty(
    cast: Cast, caller: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = caller(cast.alice)
    booked(cast, 0, 1)
    client.get(ROUTE)  # notes the day of the key's use
    with django_assert_num_queries(3):
        assert len(client.get(ROUTE).json()["results"]) == 1
    for number in range(29):
        twin = space(cast.place, f"Ruang {number}")
        booked(cast, 10, 11, space_id=twin.id)
    with django_assert_num_queries(3):
        assert len(client.get(f"{ROUTE}?limit=50").json()["results"]) == 30


def test_booking_adds_one_statement_to_the_services(
    cast: Cast, caller: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = caller(cast.alice)
    client.get("/api/v1/me")  # notes the day of the key's use
    with CaptureQueriesContext(connection) as service:
        booked(cast, 10, 11)
    with CaptureQueriesContext(connection) as whole:
        assert client.post(ROUTE, wanted(cast, 14, 15)).status_code == 201

    assert len(whole) == len(service) + 1


@pytest.mark.django_db(transaction=True)
def test_booking_takes_twelve_statements(caller: Caller, cast: Cast) -> None:
    """Key, begin, person, room, overdue holds, closures, price, three rows, grid, commit."""
    client = caller(cast.alice)
    client.post(ROUTE, wanted(cast, 8, 9))  # the key's first use of the day is written down
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(ROUTE, wanted(cast))
    assert answer.status_code == 201
    assert len(queries) == 12
