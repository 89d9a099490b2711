"""Many acts at once on a divided hall: refusals are clean, nothing overlaps, nothing deadlocks."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection, connections

from accounts.idempotency import repeat_of
from accounts.models import User
from privacy.errors import DomainError
from reservations.models import Reservation, Space
from reservations.services.booking import BookingWish, reservation_book
from reservations.services.changes import reservation_move
from reservations.services.decisions import reservation_cancel
from tests.cast import at, cast_make, person, space
from tests.live import is_drill

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENTS = 8
ACTS = 200 if is_drill() else 25

OVERLAPS = """
SELECT count(*) FROM reservations_reservation a JOIN reservations_reservation b
ON a.id < b.id AND a.starts_at < b.ends_at + b.turnover_minutes * interval '1 minute'
AND b.starts_at < a.ends_at + a.turnover_minutes * interval '1 minute'
JOIN reservations_space s ON s.id = a.space_id JOIN reservations_space t ON t.id = b.space_id
WHERE a.state IN ('held', 'pending', 'confirmed', 'checked_in')
AND b.state IN ('held', 'pending', 'confirmed', 'checked_in')
AND (s.id = t.id OR s.whole_id = t.id OR t.whole_id = s.id)
"""


def test_whole_and_parts_never_overlap_and_never_deadlock() -> None:
    """Booking, moving and cancelling in random order, whole against parts."""
    cast = cast_make()
    hall = space(cast.place, "Merbau", kind="event_hall")
    halves = [
        space(cast.place, name, kind="event_hall", whole=hall, turnover_minutes=15)
        for name in ("Utara", "Selatan")
    ]
    people = [person(f"p{n}@ruang.test") for n in range(CLIENTS)]
    before = deadlocks()
    barrier = Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as threads:
        seeds = range(CLIENTS)
        told = list(threads.map(lambda n: _client(n, people[n], [hall, *halves], barrier), seeds))
    outcomes = [outcome for one in told for outcome in one]
    assert set(outcomes) <= {"booked", "moved", "cancelled", "slot_taken", "rules_broken"}
    # Each kind of act has really met the others.
    assert {"booked", "moved", "cancelled", "slot_taken"} <= set(outcomes)
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS)
        assert cursor.fetchone()[0] == 0
    assert Reservation.objects.exists()
    assert deadlocks() == before


def test_a_repeated_request_books_once() -> None:
    """Eight threads with one Idempotency-Key: one reservation, the same for all."""

    cast = cast_make()
    repeat = repeat_of("again-and-again", "reservations", {"space": str(cast.room.id)})
    wish = BookingWish(space_id=cast.room.id, starts_at=at(9), ends_at=at(10))
    barrier = Barrier(CLIENTS)

    def ask(_n: int) -> UUID:
        barrier.wait(30)
        try:
            return reservation_book(actor=cast.alice, wish=wish, repeat=repeat).id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as threads:
        found = set(threads.map(ask, range(CLIENTS)))
    assert len(found) == 1
    assert list(Reservation.objects.values_list("id", flat=True)) == list(found)


def deadlocks() -> int:
    """How many PostgreSQL has broken in this database so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def _client(seed: int, actor: User, spaces: list[Space], barrier: Barrier) -> list[str]:
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    mine: list[UUID] = []
    outcomes = []
    try:
        barrier.wait(30)
        for _act in range(ACTS):
            try:
                outcomes.append(_act_once(chance, actor, spaces, mine))
            except DomainError as error:
                outcomes.append(error.code)
    finally:
        connections.close_all()
    return outcomes


def _act_once(chance: random.Random, actor: User, spaces: list[Space], mine: list[UUID]) -> str:
    starts = at(8) + timedelta(minutes=15 * chance.randrange(24))
    ends = starts + timedelta(minutes=15 * chance.randrange(2, 6))
    room = chance.choice(spaces).id
    what = chance.choice(("book", "book", "move", "cancel")) if mine else "book"
    if what == "move":
        reservation_move(
            actor=actor,
            reservation_id=chance.choice(mine),
            starts_at=starts,
            ends_at=ends,
            space_id=room,
        )
        return "moved"
    if what == "cancel":
        reservation_cancel(actor=actor, reservation_id=mine.pop(chance.randrange(len(mine))))
        return "cancelled"
    wish = BookingWish(space_id=room, starts_at=starts, ends_at=ends)
    mine.append(reservation_book(actor=actor, wish=wish).id)
    return "booked"
