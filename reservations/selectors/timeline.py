"""The day of a location: what is open, taken, turned over and shut, with nobody's names.

The grid is the same for everyone (spaces of named organisations are left out), so it may
be cached by location, day and revision. The revision is read BEFORE the rows: a change in
between makes the cached grid newer than its number, never older.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from privacy import clock
from reservations.hours import day_bounds, open_periods
from reservations.models import EVERY_DAY, Location, Reservation, Space
from reservations.selectors.busy import Day, Shut, Taken, days_load, parts_among


@dataclass(frozen=True)
class Row:
    """One space of the grid. `past` is what took place in it; it stands in nobody's way."""

    space: Space
    taken: list[Taken]
    shut: list[Shut]
    past: Sequence[Taken] = ()


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


@dataclass(frozen=True)
class Mark:
    """What a grid's likeness depends on: two grids with equal marks show the same.

    `revision` counts changes of the day and of the whole place; `fresh_until` is when the
    next hold or pending in it runs out by itself, which no row records (None: never).
    """

    revision: int
    fresh_until: datetime | None


def grid_mark(location: Location, day: date, *, now: datetime) -> Mark:
    """The mark of a location's local day, without building the grid; one statement."""
    starts, ends = day_bounds(day, location.time_zone)
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            {
                "location": location.id,
                "days": [day, EVERY_DAY],
                "now": now,
                "starts": starts,
                "ends": ends,
            },
        )
        revision, fresh_until = cursor.fetchone()
    return Mark(int(revision), fresh_until)


_MARK = """
SELECT (SELECT coalesce(sum(revision), 0) FROM reservations_gridrevision
        WHERE location_id = %(location)s AND day = ANY(%(days)s::date[])),
       (SELECT min(r.expires_at) FROM reservations_reservation r
        JOIN reservations_space s ON s.id = r.space_id
        WHERE r.state IN ('held', 'pending') AND r.expires_at > %(now)s
          AND s.location_id = %(location)s AND r.starts_at < %(ends)s
          AND r.ends_at + r.turnover_minutes * interval '1 minute' > %(starts)s)
"""


def timeline_day(
    location: Location,
    day: date,
    *,
    mark: Mark | None = None,
    now: datetime | None = None,
    more: Collection[UUID] = (),
) -> Grid:
    """The grid of a location on a local day: four statements for any number of spaces.

    A day that has begun takes a fifth, for what took place in it.
    `mark` (one more statement when it is not given) must have been read at `now`, before.
    `more` are spaces of named organisations to show besides (never cached).
    """
    now = now or clock.now()
    mark = mark or grid_mark(location, day, now=now)
    starts, ends = day_bounds(day, location.time_zone)
    family = list(
        Space.objects.filter(location=location)
        .select_related("floor")
        .order_by("capacity", "hour_amount", "id")
    )
    spaces = [space for space in family if space.is_active and _is_shown(space, more)]
    for space in spaces:
        space.location = location
    loaded = days_load(spaces, starts, ends, now=now, parts=parts_among(spaces, family))
    past = _past(family, starts, min(ends, now)) if starts < now else {}
    return Grid(
        location=location,
        day=day,
        revision=mark.revision,
        bounds=(starts, ends),
        open=open_periods(location.opening_hours, day, location.time_zone),
        rows=[
            Row(
                space,
                sorted(loaded[space.id].taken, key=_start),
                list(loaded[space.id].shut),
                past.get(space.id, ()),
            )
            for space in spaces
        ],
        fresh_until=mark.fresh_until,
    )


def _is_shown(space: Space, more: Collection[UUID]) -> bool:
    return space.access != Space.Access.ORGANISATIONS or space.id in more


def _past(family: Sequence[Space], starts: datetime, until: datetime) -> dict[UUID, list[Taken]]:
    """{space: its completed reservations in [starts, until)}; one statement.

    A completed reservation gave its time back, so it has no occupancy any more. As with
    occupancy, the whole shows what took place in its parts, and a part what took the whole.
    """
    longest = timedelta(minutes=max((space.max_minutes for space in family), default=0))
    rows = Reservation.objects.filter(
        space__in=[space.id for space in family],
        state=Reservation.State.COMPLETED,
        starts_at__range=(starts - longest, until),
        ends_at__gt=starts,
    ).values_list("space_id", "starts_at", "ends_at", "id")
    whole = {space.id: space.whole_id for space in family}
    parts: dict[UUID, list[UUID]] = {}
    for space in family:
        if space.whole_id:
            parts.setdefault(space.whole_id, []).append(space.id)
    found: dict[UUID, list[Taken]] = {}
    for space_id, first, last, row_id in rows:
        for shown in (space_id, whole[space_id], *parts.get(space_id, ())):
            if shown:
                found.setdefault(shown, []).append(Taken(first, last, last, False, row_id))
    return found


def own_on_grid(holder_id: UUID, location: Location, day: date) -> list[dict[str, Any]]:
    """One's own reservations of that day, past ones too, to lay over the shared grid.

    One statement.
    """
    starts, ends = day_bounds(day, location.time_zone)
    zone = ZoneInfo(location.time_zone)
    rows = Reservation.objects.filter(
        holder=holder_id,
        space__location=location,
        state__in=(*Reservation.BLOCKING, Reservation.State.COMPLETED),
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


def own_in_space(
    holder_id: UUID, space: Space, starts: datetime, ends: datetime
) -> list[tuple[datetime, datetime]]:
    """Periods of one's own reservations in a space, its whole or its parts; one statement."""
    family = Q(space=space.id) | Q(space__whole=space.id)
    if space.whole_id:
        family |= Q(space=space.whole_id)
    rows = Reservation.objects.filter(
        family,
        holder=holder_id,
        state__in=Reservation.BLOCKING,
        starts_at__lt=ends,
        ends_at__gt=starts,
    ).values_list("starts_at", "ends_at")
    return list(rows)


def _start(taken: Taken) -> datetime:
    return taken.starts
