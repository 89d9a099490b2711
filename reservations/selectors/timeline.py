"""The day of a location: what is open, taken, turned over and shut, with nobody's names.

The grid is the same for everyone (spaces of named organisations are left out), so it may
be cached by location, day and revision. The revision is read BEFORE the rows: a change in
between makes the cached grid newer than its number, never older.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from privacy import clock
from reservations.hours import day_bounds, open_periods
from reservations.models import GridRevision, Location, Reservation, Space
from reservations.selectors.busy import Day, Shut, Taken, days_load


@dataclass(frozen=True)
class Row:
    """One space of the grid."""

    space: Space
    taken: list[Taken]
    shut: list[Shut]


@dataclass(frozen=True)
class Grid:
    """A day of a location. `bounds` are the UTC instants at which the local day begins and ends.

    `fresh_until` is when a hold or pending in it runs out by itself (None: never).
    """

    location: Location
    day: date
    revision: int
    bounds: tuple[datetime, datetime]
    open: list[tuple[datetime, datetime]]
    rows: list[Row]
    fresh_until: datetime | None


def grid_revision(location_id: UUID, day: date) -> int:
    """The number of changes of that local day so far; 0 when there was none."""
    found = GridRevision.objects.filter(location=location_id, day=day).values_list("revision")
    return next((row[0] for row in found), 0)


def timeline_day(location: Location, day: date, *, actor_spaces: Q | None = None) -> Grid:
    """The grid of a location on a local day: five statements for any number of spaces.

    `actor_spaces` widens what everyone sees by what this actor may see (never cached).
    """
    revision = grid_revision(location.id, day)
    now = clock.now()
    starts, ends = day_bounds(day, location.time_zone)
    seen = ~Q(access=Space.Access.ORGANISATIONS)
    spaces = list(
        Space.objects.filter(seen | actor_spaces if actor_spaces else seen)
        .filter(location=location, is_active=True)
        .select_related("floor")
        .order_by("capacity", "hour_amount", "id")
    )
    for space in spaces:
        space.location = location
    loaded = days_load(spaces, starts, ends, now=now)
    return Grid(
        location=location,
        day=day,
        revision=revision,
        bounds=(starts, ends),
        open=open_periods(location.opening_hours, day, location.time_zone),
        rows=[
            Row(space, sorted(loaded[space.id].taken, key=_start), list(loaded[space.id].shut))
            for space in spaces
        ],
        fresh_until=_fresh_until(location, starts, ends, now),
    )


def own_on_grid(holder_id: UUID, location: Location, day: date) -> list[dict[str, Any]]:
    """One's own reservations of that day, to lay over the shared grid; one statement."""
    starts, ends = day_bounds(day, location.time_zone)
    zone = ZoneInfo(location.time_zone)
    rows = Reservation.objects.filter(
        holder=holder_id,
        space__location=location,
        state__in=Reservation.BLOCKING,
        starts_at__lt=ends,
        ends_at__gt=starts,
    ).values("id", "space_id", "starts_at", "ends_at", "state", "title")
    return [
        {
            **row,
            "starts_local": row["starts_at"].astimezone(zone),
            "ends_local": row["ends_at"].astimezone(zone),
        }
        for row in rows
    ]


def month_days(space: Space, first: date, days: int, now: datetime) -> dict[date, Day]:
    """What stands in the way in one space on each of so many local days; three statements."""
    zone = space.location.time_zone
    starts, _end = day_bounds(first, zone)
    _start, ends = day_bounds(first + timedelta(days=days - 1), zone)
    whole = days_load([space], starts, ends, now=now)[space.id]
    found: dict[date, Day] = {}
    for offset in range(days):
        day = first + timedelta(days=offset)
        begins, finishes = day_bounds(day, zone)
        found[day] = Day(
            space,
            taken=[t for t in whole.taken if t.starts < finishes and t.until > begins],
            shut=[s for s in whole.shut if s.starts < finishes and s.ends > begins],
        )
    return found


def _start(taken: Taken) -> datetime:
    return taken.starts


def _fresh_until(
    location: Location, starts: datetime, ends: datetime, now: datetime
) -> datetime | None:
    return (
        Reservation.objects.filter(
            state__in=(Reservation.State.HELD, Reservation.State.PENDING),
            expires_at__gt=now,
            space__location=location,
            starts_at__lt=ends,
            ends_at__gt=starts,
        )
        .order_by("expires_at")
        .values_list("expires_at", flat=True)
        .first()
    )
