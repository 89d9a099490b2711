"""Locks and the rows they protect, in the one order: subjects, spaces, reservation, grid.

Whoever takes a space's time locks its row and those of its parts first, in key order
(FOR NO KEY UPDATE): with the exclusion constraint alone PostgreSQL deadlocks under a
race. Freeing time needs no such lock.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import errors as pg

from accounts.models import User
from privacy.errors import NotFound
from privacy.rows import Columns
from reservations.models import EVERY_DAY, Location, Reservation, Space
from reservations.selectors.reservations import reservations_visible

_SPACE, _PLACE = Columns(Space, "space"), Columns(Location, "place")


@dataclass(frozen=True)
class Locked:
    """A space under lock, with the keys of its atomic parts (its own when undivided)."""

    space: Space
    parts: tuple[UUID, ...]


def act() -> AbstractContextManager[None]:
    """The transaction of one act; the outermost, so that leaving it is the commit."""
    return transaction.atomic(durable=True)


def spaces_lock(*space_ids: UUID) -> dict[UUID, Locked]:
    """Lock the spaces and their parts in one statement; raises NotFound for an unknown id."""
    wanted = list(space_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_SPACE.sql}, {_PLACE.sql} FROM reservations_space space"  # noqa: S608
            " JOIN reservations_location place ON place.id = space.location_id"
            " WHERE space.id = ANY(%s) OR space.whole_id = ANY(%s)"
            " ORDER BY space.id FOR NO KEY UPDATE OF space",
            [wanted, wanted],
        )
        rows = [_space_of(row) for row in cursor.fetchall()]
    by_id = {row.id: row for row in rows}
    if missing := set(space_ids) - set(by_id):
        raise NotFound(_("There is no such space."), extra={"space": str(missing.pop())})
    return {
        space_id: Locked(
            by_id[space_id],
            tuple(row.id for row in rows if row.whole_id == space_id) or (space_id,),
        )
        for space_id in space_ids
    }


def _space_of(row: Sequence[Any]) -> Space:
    space, rest = _SPACE.split(row)
    space.location = _PLACE.read(rest)
    return space


def reservation_lock(actor: User, reservation_id: UUID) -> Reservation:
    """Lock one reservation the actor may see, after any space; NotFound for others'."""
    found = (
        reservations_visible(actor)
        .select_related("space__location")
        .filter(id=reservation_id)
        .select_for_update(of=("self",))
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such reservation."))
    return found


def is_taken(error: IntegrityError) -> bool:
    """Whether the database refused because the time is somebody else's."""
    cause = error.__cause__
    return (
        isinstance(cause, pg.ExclusionViolation)
        and cause.diag.constraint_name == "reservations_no_double_booking"
    )


def grid_touch(location_id: UUID, days: Iterable[date]) -> None:
    """Count a change of these local days; last in the transaction, in key order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reservations_gridrevision (location_id, day, revision)"
            " SELECT %s, day, 1 FROM unnest(%s::date[]) AS day ORDER BY day"
            " ON CONFLICT (location_id, day)"
            " DO UPDATE SET revision = reservations_gridrevision.revision + 1",
            [location_id, sorted(set(days))],
        )


def grid_touch_all(location_id: UUID) -> None:
    """Count a change of every day of the location at once, e.g. of its hours or a space."""
    grid_touch(location_id, [EVERY_DAY])


def days_of(space: Space, *periods: tuple[datetime, datetime]) -> set[date]:
    """The local days the periods and the turnover after them touch."""
    zone = ZoneInfo(space.location.time_zone)
    after = timedelta(minutes=space.turnover_minutes)
    found: set[date] = set()
    for starts, ends in periods:
        day, last = starts.astimezone(zone).date(), (ends + after).astimezone(zone).date()
        while day <= last:
            found.add(day)
            day += timedelta(days=1)
    return found
