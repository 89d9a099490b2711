"""The control: the same race without the guard does book double, so the race is real."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

CLIENTS, ROUNDS = 8, 12

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def unguarded() -> Iterator[None]:
    """A copy of the occupancy table without its exclusion constraint."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE race_unguarded (LIKE reservations_occupancy)")
        yield
        cursor.execute("DROP TABLE race_unguarded")


@pytest.fixture
def guarded() -> Iterator[None]:
    """The same copy with the constraint."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE race_unguarded (LIKE reservations_occupancy INCLUDING ALL)")
        cursor.execute(
            "ALTER TABLE race_unguarded ADD EXCLUDE USING gist (part_id WITH =, period WITH &&)"
        )
        yield
        cursor.execute("DROP TABLE race_unguarded")


def test_look_then_write_books_double(unguarded: None) -> None:
    """Everybody looks, finds the room free, and writes: more rows than rounds."""
    assert _race() > ROUNDS


def test_the_constraint_alone_stops_it(guarded: None) -> None:
    """The same clients against the same table with the constraint: one row a round."""
    assert _race() == ROUNDS


def _race() -> int:
    barrier = Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(lambda _n: _client(barrier), range(CLIENTS)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM race_unguarded")
        return int(cursor.fetchone()[0])


def _client(barrier: Barrier) -> None:
    try:
        for number in range(ROUNDS):
            barrier.wait(30)
            _look_then_write(number)
    finally:
        connections.close_all()


def _look_then_write(number: int) -> None:
    period = (
        "tstzrange(timestamptz '2030-01-01 00:00Z' + make_interval(hours => %s),"
        " timestamptz '2030-01-01 01:00Z' + make_interval(hours => %s))"
    )
    part = "00000000-0000-0000-0000-000000000001"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM race_unguarded WHERE part_id = %s AND period && {period}",  # noqa: S608
            [part, number, number],
        )
        if cursor.fetchone() is None:
            cursor.execute(
                "INSERT INTO race_unguarded (reservation_id, part_id, period)"  # noqa: S608
                f" SELECT gen_random_uuid(), %s, {period} ON CONFLICT DO NOTHING",
                [part, number, number],
            )
