"""64 clients want the same room at the same time: one gets it, 63 are told so, nothing breaks."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from accounts.services.tokens import token_create
from config.bench.client import Client
from config.bench.stand import Web
from reservations.models import Reservation, Space
from tests.cast import at, cast_make, person, space
from tests.live import is_drill
from tests.race.test_service_races import deadlocks

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENTS = 64
ROUNDS = 50 if is_drill() else 10
#: Of the kinds that cost the same and prove a little more.
FEWER = 50 if is_drill() else 4

Wish = tuple[Space, datetime, datetime]


def keys(count: int) -> list[str]:
    """Keys of so many people."""
    return [token_create(actor=_verified(n), name="race", scopes=["book"])[1] for n in range(count)]


def _verified(number: int) -> User:
    return person(f"racer{number}@ruang.test")


async def _round(clients: list[Client], wishes: list[Wish]) -> Counter[int]:
    asked = [
        client.post(
            "/api/v1/reservations",
            {"space": str(room.id), "starts_at": starts.isoformat(), "ends_at": ends.isoformat()},
        )
        for client, (room, starts, ends) in zip(clients, wishes, strict=True)
    ]
    answers = await asyncio.gather(*asked)
    for answer in answers:
        if answer.status == 409:
            assert answer.json()["code"] == "slot_taken"
    return Counter(answer.status for answer in answers)


def race(live: Web, rounds: list[list[Wish]]) -> list[Counter[int]]:
    """Statuses of each round; every client has its own person, key and connection."""
    secrets = keys(CLIENTS)

    async def run() -> list[Counter[int]]:
        clients = [Client(live.port, {"Authorization": f"Bearer {key}"}) for key in secrets]
        told = [await _round(clients, wishes) for wishes in rounds]
        for client in clients:
            client.close()
        return told

    return asyncio.run(run())


def test_one_gets_the_room_and_the_others_are_told(live: Web) -> None:
    """Exactly one 201 a round; 63 answers 409 with code slot_taken."""
    room, before = cast_make().room, deadlocks()
    rounds = [[(room, at(8, days=2 + n), at(9, days=2 + n))] * CLIENTS for n in range(ROUNDS)]
    assert race(live, rounds) == [Counter({201: 1, 409: CLIENTS - 1})] * ROUNDS
    assert Reservation.objects.filter(space=room, state="confirmed").count() == ROUNDS
    assert deadlocks() == before


def test_overlapping_periods_race_too(live: Web) -> None:
    """Periods that share a quarter of an hour each: all contain 10.00 to 10.15, one wins."""
    room, before = cast_make().room, deadlocks()
    rounds = []
    for n in range(FEWER):
        middle = at(10, days=2 + n)
        steps = [timedelta(minutes=15 * (k % 8)) for k in range(CLIENTS)]
        rounds.append([(room, middle - s, middle + timedelta(minutes=30)) for s in steps])
    assert race(live, rounds) == [Counter({201: 1, 409: CLIENTS - 1})] * FEWER
    assert deadlocks() == before


def test_whole_against_parts(live: Web) -> None:
    """A hall and its halves: either the hall, or each half once."""
    cast, before = cast_make(), deadlocks()
    hall = space(cast.place, "Merbau", kind="event_hall")
    halves = [space(cast.place, name, whole=hall) for name in ("Utara", "Selatan")]
    three = [hall, *halves]
    rounds = [
        [(three[k % 3], at(8, days=2 + n), at(9, days=2 + n)) for k in range(CLIENTS)]
        for n in range(FEWER)
    ]
    for told in race(live, rounds):
        assert set(told) == {201, 409}
    for n in range(FEWER):
        won = Reservation.objects.filter(starts_at=at(8, days=2 + n), state="confirmed")
        rooms = sorted(won.values_list("space__name", flat=True))
        assert rooms in (["Merbau"], ["Selatan", "Utara"])
    assert deadlocks() == before
