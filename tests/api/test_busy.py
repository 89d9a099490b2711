"""When a lock or a connection cannot be had in time: 503 with Retry-After, and no trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from privacy.models import OutboxMessage
from reservations.models import Reservation
from tests.api.conftest import key_of
from tests.cast import Cast, at, cast_make
from tests.live import database_url

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def room_taken_by_another(cast: Cast) -> Iterator[None]:
    """Another transaction that keeps the room's row, as a slow booking would."""
    with psycopg.connect(database_url()) as other:
        other.execute(
            "SELECT id FROM reservations_space WHERE id = %s FOR NO KEY UPDATE", [cast.room.id]
        )
        yield
        other.rollback()


def wanted(cast: Cast) -> dict[str, str]:
    """An hour of tomorrow."""
    return {
        "space": str(cast.room.id),
        "starts_at": at(9).isoformat(),
        "ends_at": at(10).isoformat(),
    }


def assert_busy(status: int, headers: Any, body: Any) -> None:
    """The whole answer of a busy server."""
    assert (status, body["code"], body["status"]) == (503, "busy", 503)
    assert headers["Content-Type"] == "application/problem+json"
    assert int(headers["Retry-After"]) == 2


def test_lock_time_out_answers_503_and_changes_nothing() -> None:
    cast = cast_make()
    client = APIClient()
    client.credentials(
        HTTP_AUTHORIZATION=f"Bearer {key_of(cast.alice)}", HTTP_IDEMPOTENCY_KEY="again"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    try:
        with room_taken_by_another(cast):
            answer = client.post("/api/v1/reservations", wanted(cast))
        assert_busy(answer.status_code, answer.headers, answer.json())
        assert not Reservation.objects.exists()
        assert not OutboxMessage.objects.exists()

        # The very same request, later.
        assert client.post("/api/v1/reservations", wanted(cast)).status_code == 201
        assert Reservation.objects.count() == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def test_lock_is_waited_for_five_seconds_at_most() -> None:
    """The product's own time-out, which the test before only shortened."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("5s",)
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("30s",)


@contextmanager
def no_connection_left() -> Iterator[None]:
    """Others have every connection of the pool, and whoever asks waits a short while."""
    connection.close()
    pool: Any = connection.pool
    usual, taken = pool.timeout, []
    try:
        # Opening them may take long on a busy machine: the short wait begins after that.
        taken.extend(pool.getconn(timeout=30) for _ in range(pool.max_size))
        pool.timeout = 0.2
        yield
    finally:
        for one in taken:
            pool.putconn(one)
        pool.timeout = usual


def test_pool_time_out_answers_503_to_programs_and_people() -> None:
    cast = cast_make()
    client, page = APIClient(), Client(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key_of(cast.alice)}")
    page.force_login(cast.alice, backend="accounts.backends.EmailBackend")
    assert connection.pool.timeout == 5

    with no_connection_left():
        answer = client.post("/api/v1/reservations", wanted(cast))
        shown = page.get("/reservations")
        by_session = page.get("/api/v1/me")

    assert_busy(answer.status_code, answer.headers, answer.json())
    assert_busy(by_session.status_code, by_session.headers, by_session.json())
    assert (shown.status_code, shown.headers["Retry-After"]) == (503, "2")
    assert "<h1" in shown.content.decode()
    assert not Reservation.objects.exists()
    assert client.post("/api/v1/reservations", wanted(cast)).status_code == 201
