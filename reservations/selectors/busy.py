"""What is taken when, for many spaces in a fixed number of statements; nobody's names.

An overdue hold or pending counts as free here, swept or not, as it does for a booking.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from reservations.hours import is_open, open_periods
from reservations.models import ClosurePeriod, Space
from reservations.rules import Wish


@dataclass(frozen=True)
class Taken:
    """A part of a space taken for [starts, ends), then turned over until `until`."""

    starts: datetime
    ends: datetime
    until: datetime
    held: bool
    reservation_id: UUID


@dataclass(frozen=True)
class Shut:
    """A closure of a place for [starts, ends), with its reason in both languages."""

    starts: datetime
    ends: datetime
    reason_id: str
    reason_en: str


@dataclass(frozen=True)
class Day:
    """What stands in the way of one space in a window of time."""

    space: Space
    taken: Sequence[Taken] = ()
    shut: Sequence[Shut] = ()

    def fits(self, starts: datetime, ends: datetime) -> bool:
        """Whether [starts, ends) and the turnover after it are free and within hours."""
        place = self.space.location
        until = ends + timedelta(minutes=self.space.turnover_minutes)
        return (
            not any(t.starts < until and t.until > starts for t in self.taken)
            and not any(s.starts < ends and s.ends > starts for s in self.shut)
            and is_open(place.opening_hours, place.time_zone, starts, ends)
        )

    def next_start(self, wish: Wish, now: datetime, before: datetime) -> datetime | None:
        """The first step at or after the wish's start at which its length fits."""
        length = wish.ends_at - wish.starts_at
        step = self.space.granularity_minutes
        zone = ZoneInfo(self.space.location.time_zone)
        earliest = max(wish.starts_at, now - timedelta(minutes=step))
        edges = {earliest, *(t.until for t in self.taken), *(s.ends for s in self.shut)}
        edges |= self._openings(earliest, before)
        for edge in sorted(edges):
            starts = step_up(edge, step, zone)
            if earliest <= starts < before and self.fits(starts, starts + length):
                return starts
        return None

    def _openings(self, since: datetime, before: datetime) -> set[datetime]:
        place = self.space.location
        day = since.astimezone(ZoneInfo(place.time_zone)).date()
        found: set[datetime] = set()
        while datetime.combine(day, datetime.min.time(), ZoneInfo(place.time_zone)) < before:
            periods = open_periods(place.opening_hours, day, place.time_zone)
            found |= {opens for opens, _closes in periods}
            day += timedelta(days=1)
        return found


def step_up(instant: datetime, step: int, zone: ZoneInfo) -> datetime:
    """The next multiple of `step` minutes of the local day, at or after the instant."""
    local = instant.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (local.replace(tzinfo=None) - midnight.replace(tzinfo=None)).total_seconds() / 60
    steps = -(-passed // step)
    wall = midnight.replace(tzinfo=None) + timedelta(minutes=steps * step)
    return wall.replace(tzinfo=zone).astimezone(instant.tzinfo)


def days_load(
    spaces: Sequence[Space],
    starts: datetime,
    ends: datetime,
    *,
    now: datetime,
    excluding: UUID | None = None,
    parts: Mapping[UUID, list[UUID]] | None = None,
) -> dict[UUID, Day]:
    """What is taken and shut in the window, per space; three statements for any number.

    The spaces' locations must be loaded. Who knows the atomic `parts` of each saves one.
    """
    parts = parts or _parts(spaces)
    taken = taken_periods(
        {part for ids in parts.values() for part in ids}, starts, ends, now=now, excluding=excluding
    )
    shut = shut_periods({space.location_id for space in spaces}, starts, ends)
    return {
        space.id: Day(
            space,
            taken=[t for part in parts[space.id] for t in taken.get(part, ())],
            shut=shut.of(space, parts[space.id]),
        )
        for space in spaces
    }


def _parts(spaces: Sequence[Space]) -> dict[UUID, list[UUID]]:
    """The atomic parts of each space: those of a divided one, else itself."""
    wholes = [space.id for space in spaces]
    return parts_among(spaces, Space.objects.filter(whole__in=wholes).only("id", "whole_id"))


def parts_among(spaces: Iterable[Space], family: Iterable[Space]) -> dict[UUID, list[UUID]]:
    """The atomic parts of each space, where `family` holds every part there is."""
    found: dict[UUID, list[UUID]] = {space.id: [] for space in spaces}
    for part in family:
        if part.whole_id in found:
            found[part.whole_id].append(part.id)
    return {space_id: ids or [space_id] for space_id, ids in found.items()}


# A probe of the exclusion constraint's own index per part: joining the window the other
# way round makes the planner read every reservation of that day.
_TAKEN = """
SELECT part.id, r.starts_at, r.ends_at, upper(o.period), r.state IN ('held', 'pending'), r.id
FROM unnest(%(parts)s::uuid[]) AS part (id)
CROSS JOIN LATERAL (
    SELECT reservation_id, period FROM reservations_occupancy
    WHERE part_id = part.id AND period && tstzrange(%(starts)s, %(ends)s) OFFSET 0
) AS o
JOIN reservations_reservation r ON r.id = o.reservation_id
WHERE (r.expires_at IS NULL OR r.expires_at > %(now)s)
  AND r.id IS DISTINCT FROM %(excluding)s
ORDER BY part.id, r.starts_at
"""


def taken_periods(
    parts: Iterable[UUID],
    starts: datetime,
    ends: datetime,
    *,
    now: datetime,
    excluding: UUID | None = None,
) -> dict[UUID, list[Taken]]:
    """{part: what is taken there in the window, in order}, in one statement."""
    found: dict[UUID, list[Taken]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _TAKEN,
            {
                "parts": list(parts),
                "starts": starts,
                "ends": ends,
                "now": now,
                "excluding": excluding,
            },
        )
        for part, *row in cursor.fetchall():
            found.setdefault(part, []).append(Taken(*row))
    return found


@dataclass
class Shuts:
    """Closures by what they shut: a location, a floor or a space."""

    places: dict[UUID, list[Shut]] = field(default_factory=dict)

    def of(self, space: Space, parts: Sequence[UUID]) -> list[Shut]:
        """What shuts this space: its location, floor, itself, its whole or a part of it."""
        ids = {space.location_id, space.floor_id, space.id, space.whole_id, *parts}
        found = [shut for key in ids if key for shut in self.places.get(key, ())]
        return sorted(found, key=lambda shut: shut.starts)


def shut_periods(locations: Iterable[UUID], starts: datetime, ends: datetime) -> Shuts:
    """The closures of the locations in the window, in one statement."""
    rows = (
        ClosurePeriod.objects.filter(
            Q(location__in=list(locations)), period__overlap=(starts, ends)
        )
        .order_by("period")
        .values_list(
            "location_id",
            "floor_id",
            "space_id",
            "period",
            "closure__reason_id",
            "closure__reason_en",
        )
    )
    shuts = Shuts()
    for location_id, floor_id, space_id, period, reason_id, reason_en in rows:
        key = space_id or floor_id or location_id
        shuts.places.setdefault(key, []).append(
            Shut(period.lower, period.upper, reason_id, reason_en)
        )
    return shuts
