"""Rows of hand-written statements are what query sets and save() would have made of them."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from accounts.models import ApiToken, User
from accounts.selectors import token_by_digest
from accounts.services import token_create
from privacy import clock
from privacy.models import Subject
from privacy.rows import Columns, row_insert
from reservations.models import Location, Reservation, ReservationEvent, Space
from reservations.services import BookingWish, reservation_book
from reservations.services.locks import spaces_lock
from tests.cast import Cast, at

pytestmark = pytest.mark.django_db


def values(row: Model) -> dict[str, Any]:
    """Every column's value, read as the code reads it."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("model", [Subject, User, ApiToken, Location, Space, Reservation])
def test_columns_read_what_a_query_set_reads(cast: Cast, model: type[Model]) -> None:
    token_create(actor=cast.alice, name="Tests", scopes=["read"])
    wish = BookingWish(space_id=cast.room.id, starts_at=at(9), ends_at=at(10), title="Rapat")
    reservation_book(actor=cast.alice, wish=wish)
    columns = Columns(model, "it")
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns.sql} FROM "{model._meta.db_table}" it ORDER BY it.id')
        found = [columns.read(row) for row in cursor.fetchall()]

    expected = list(model._default_manager.order_by("id"))
    assert expected
    assert [values(row) for row in found] == [values(row) for row in expected]
    assert not found[0]._state.adding


def test_key_brings_its_person_and_subject(cast: Cast, django_assert_num_queries: Any) -> None:
    token, _secret = token_create(actor=cast.alice, name="Tests", scopes=["read"])
    with django_assert_num_queries(1):
        found = token_by_digest(bytes(token.digest))
        assert found is not None
        assert (found, found.user, found.user.subject) == (token, cast.alice, cast.alice.subject)
    assert token_by_digest(b"x" * 32) is None


def test_locked_space_brings_its_location(cast: Cast, django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        space = spaces_lock(cast.room.id)[cast.room.id].space
        assert values(space) == values(cast.room)
        assert values(space.location) == values(cast.place)


def test_inserted_row_is_as_if_saved(cast: Cast) -> None:
    wish = BookingWish(space_id=cast.room.id, starts_at=at(9), ends_at=at(10))
    made = reservation_book(actor=cast.alice, wish=wish)
    event = ReservationEvent(
        reservation=made, verb="moved", to_state="confirmed", version=2,
        changes={"starts_at": ["a", "b"]}, at=clock.now(),
    )  # fmt: skip

    row_insert(event)

    assert values(ReservationEvent.objects.get(id=event.id)) == values(event)
    assert (event._state.adding, event._state.db) == (False, "default")
    made.refresh_from_db()
    assert made.created_at is not None  # what auto_now_add writes
    with pytest.raises(IntegrityError), transaction.atomic():
        row_insert(event)
