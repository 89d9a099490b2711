"""kill -9 of the web server inside a booking: nothing is lost, nothing is done twice.

The client does what any client does: it asks again with the same Idempotency-Key. Whatever
moment the server was killed at, there is then one reservation, with one event and one mail.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts.services.tokens import token_create
from config.bench.client import Answer, Client
from config.bench.stand import Web
from privacy.delivery import outbox_drain
from privacy.models import OutboxMessage
from reservations.models import Occupancy, Reservation, ReservationEvent
from reservations.services.locks import days_of, grid_touch
from tests.cast import Cast, at, cast_make, space
from tests.live import database_url, is_drill, server
from tests.mail.conftest import Inbox, inbox
from tests.proof.kills import Patient

__all__ = ["inbox"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

CLIENTS = 8
KILLS = 12 if is_drill() else 2
#: Bookings of each client in the test with many kills.
BOOKINGS = 60 if is_drill() else 10


@pytest.fixture
def cast() -> Cast:
    """The people, in the real database that the server sees."""
    return cast_make()


def kill(web: Web) -> None:
    """SIGKILL the server and its workers, at once and together."""
    web.child.sweep()


@contextmanager
def holding(statement: str, parameters: list[Any]) -> Iterator[None]:
    """Somebody else's transaction that keeps what the statement locks."""
    with psycopg.connect(database_url()) as other:
        assert other.execute(statement, parameters).fetchone() is not None
        yield
        other.rollback()


def until(fact: Callable[[], bool]) -> None:
    """Wait for it, less long than a lock is waited for; for a thread of its own."""
    end = time.monotonic() + 4.5
    try:
        while not fact():
            assert time.monotonic() < end, "the booking never came to that point"
            time.sleep(0.01)
    finally:
        # A thread that ends with its connection open takes it from the pool for good.
        connection.close()


def waits_for_a_lock() -> bool:
    """Whether a statement of this database waits for somebody else's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def room_locked(cast: Cast) -> AbstractContextManager[None]:
    """The booking comes as far as the room's lock; nothing is written yet."""
    return holding(
        "SELECT id FROM reservations_space WHERE id = %s FOR UPDATE", [str(cast.room.id)]
    )


def grid_locked(cast: Cast) -> AbstractContextManager[None]:
    """The booking comes as far as its last statement; every row is written, none committed."""
    day = max(days_of(cast.room, (at(9), at(10))))
    grid_touch(cast.place.id, [day])
    return holding(
        "SELECT revision FROM reservations_gridrevision"
        " WHERE location_id = %s AND day = %s FOR UPDATE",
        [str(cast.place.id), day],
    )


@contextmanager
def deaf_broker() -> Iterator[str]:
    """A broker that takes connections and never says a word; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://:x@127.0.0.1:{listener.getsockname()[1]}/0"


async def asked(web: Web, secret: str, body: dict[str, str]) -> Answer:
    """The answer to the request, always with the same Idempotency-Key."""
    client = Client(web.port, {"Authorization": f"Bearer {secret}", "Idempotency-Key": "the-same"})
    try:
        return await client.post("/api/v1/reservations", body)
    finally:
        client.close()
        await asyncio.sleep(0)


def cut_off(web: Web, secret: str, body: dict[str, str], moment: Callable[[], bool]) -> None:
    """Ask, kill the server at the moment, and see the request end without an answer."""

    async def run() -> None:
        request = asyncio.ensure_future(asked(web, secret, body))
        await asyncio.to_thread(until, moment)
        assert not request.done()
        kill(web)
        with pytest.raises((OSError, EOFError)):
            await request

    asyncio.run(run())


def answered(secret: str, body: dict[str, str]) -> Any:
    """The same request to a server that was started again: 201 and its reservation."""

    with server() as web:
        answer = asyncio.run(asked(web, secret, body))
    assert answer.status == 201, answer.body
    return answer.json()


def booked_once(reservation: str, letters: Inbox) -> None:
    """One of everything in the database, and one letter in the inbox."""
    assert [str(row.id) for row in Reservation.objects.all()] == [reservation]
    assert [event.verb for event in ReservationEvent.objects.all()] == ["booked"]
    assert Occupancy.objects.count() == 1
    assert [message.template for message in OutboxMessage.objects.all()] == [
        "reservation_confirmed"
    ]
    outbox_drain()
    assert len(letters.letters) == 1


@pytest.mark.parametrize("locked", [room_locked, grid_locked])
def test_killed_before_the_commit_nothing_is_left_and_the_retry_books(
    cast: Cast, inbox: Inbox, locked: Callable[[Cast], AbstractContextManager[None]]
) -> None:
    secret, body = token_create(actor=cast.alice, name="kill", scopes=["book"])[1], wanted(cast)
    with server() as web, locked(cast):
        cut_off(web, secret, body, waits_for_a_lock)

    # PostgreSQL sees that nobody is there any more and takes everything back.
    until(lambda: not waits_for_a_lock())
    assert not Reservation.objects.exists()
    assert not OutboxMessage.objects.exists()

    booked_once(answered(secret, body)["id"], inbox)


def test_killed_after_the_commit_nothing_is_lost_and_the_retry_finds_it(
    cast: Cast, inbox: Inbox
) -> None:
    secret, body = token_create(actor=cast.alice, name="kill", scopes=["book"])[1], wanted(cast)
    with deaf_broker() as address, server(CELERY_BROKER_URL=address) as web:
        cut_off(web, secret, body, Reservation.objects.exists)

    kept = str(Reservation.objects.get().id)
    assert answered(secret, body)["id"] == kept
    booked_once(kept, inbox)


def test_killed_again_and_again_each_wish_is_booked_once(cast: Cast, inbox: Inbox) -> None:
    """Clients book all the time while the server is killed at any moment and started again."""
    rooms = [space(cast.place, f"Ruang {n}") for n in range(CLIENTS)]
    secrets = [token_create(actor=cast.alice, name="kill", scopes=["book"])[1] for _ in rooms]
    found: list[tuple[str, str]] = []
    cuts: list[int] = []

    async def client(number: int, port: int) -> None:
        patient = Patient(Client(port, {"Authorization": f"Bearer {secrets[number]}"}))
        for booking in range(BOOKINGS):
            starts = at(0, days=2 + booking)
            body = {"space": str(rooms[number].id), **period(starts, at(1, days=2 + booking))}
            answer = await patient.book(body, f"{number}-{booking}")
            assert answer.status == 201, answer.body
            found.append((f"{number}-{booking}", answer.json()["id"]))
            await asyncio.sleep(0.02)
        assert set(patient.statuses) <= {201, 503}
        cuts.append(patient.cut_off)
        patient.client.close()

    async def run(first: Web) -> None:
        work = asyncio.gather(*(client(number, first.port) for number in range(CLIENTS)))
        for number in range(KILLS):
            done = len(found)
            while len(found) < done + CLIENTS * BOOKINGS // (KILLS + 2) and not work.done():
                await asyncio.sleep(0.01)
            # Another moment of a request each time.
            await asyncio.sleep(0.004 * number)
            await asyncio.to_thread(kill, first)
            first.child.start()
        await work

    with server() as web:
        asyncio.run(run(web))

    wishes = CLIENTS * BOOKINGS
    assert sum(cuts) >= KILLS, "the kills met nobody"
    assert len(found) == len(dict(found)) == wishes
    assert {str(key) for key in Reservation.objects.values_list("id", flat=True)} == {
        made for _key, made in found
    }
    assert ReservationEvent.objects.count() == wishes
    assert Occupancy.objects.count() == wishes
    assert OutboxMessage.objects.filter(template="reservation_confirmed").count() == wishes
    while outbox_drain():
        pass
    assert len(inbox.letters) == len({mail["Message-ID"] for mail in inbox.letters}) == wishes


def wanted(cast: Cast) -> dict[str, str]:
    """Tomorrow from nine to ten in the room."""
    return {"space": str(cast.room.id), **period(at(9), at(10))}


def period(starts: Any, ends: Any) -> dict[str, str]:
    """As the API takes it."""
    return {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
