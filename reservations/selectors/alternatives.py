"""A taken slot is never a dead end: up to five ways out, each with its price.

The same space at other times (±20 minutes to ±3 hours), the same start for a shorter
time, and a similar space at the same time, nearby first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import User
from billing.quotes import Quote, quote_compute
from billing.selectors import price_bases
from reservations.models import Space
from reservations.rules import Facts, Wish, rules_broken
from reservations.selectors.busy import Day, days_load
from reservations.selectors.spaces import spaces_visible

MOST = 5
NEAREST = timedelta(minutes=20)
FARTHEST = timedelta(hours=3)
CANDIDATES = 40


@dataclass(frozen=True)
class Alternative:
    """`how` is other_time, shorter or other_space; the period is free at this moment."""

    how: Literal["other_time", "shorter", "other_space"]
    space: Space
    starts_at: datetime
    ends_at: datetime
    quote: Quote


def alternatives_find(
    *,
    actor: User | None,
    space_id: UUID,
    wish: Wish,
    now: datetime,
    excluding: UUID | None = None,
) -> list[Alternative]:
    """Up to five free alternatives to a wish that cannot be; four statements or so.

    `excluding` is a reservation being moved, whose own time counts as free.
    """
    spaces = spaces_visible(actor).select_related("location", "floor")
    space = spaces.filter(id=space_id).first()
    if space is None:
        return []
    similar = _similar(spaces, space, wish)
    reach = FARTHEST + timedelta(days=1)
    days = days_load(
        [space, *similar], wish.starts_at - reach, wish.ends_at + reach, now=now,
        excluding=excluding,
    )  # fmt: skip
    ways = [
        *islice(_other_times(days[space.id], wish, now), 2),
        *islice(_shorter(days[space.id], wish, now), 1),
        *islice(_other_spaces(similar, days, wish, now), MOST),
    ]
    return _priced(ways)[:MOST]


Way = tuple[Literal["other_time", "shorter", "other_space"], Space, datetime, datetime]


def _other_times(day: Day, wish: Wish, now: datetime) -> Iterator[Way]:
    """Nearest first: one later, one earlier, and so on outwards on the space's own steps."""
    step = timedelta(minutes=day.space.granularity_minutes)
    shift = step * -(-NEAREST // step)
    sides = {1, -1}
    while shift <= FARTHEST and sides:
        for sign in sorted(sides, reverse=True):
            starts, ends = wish.starts_at + sign * shift, wish.ends_at + sign * shift
            if _possible(day, starts, ends, wish, now):
                sides.discard(sign)
                yield "other_time", day.space, starts, ends
        shift += step


def _shorter(day: Day, wish: Wish, now: datetime) -> Iterator[Way]:
    step = timedelta(minutes=day.space.granularity_minutes)
    ends = wish.ends_at - step
    while ends - wish.starts_at >= timedelta(minutes=day.space.min_minutes):
        if _possible(day, wish.starts_at, ends, wish, now):
            yield "shorter", day.space, wish.starts_at, ends
        ends -= step


def _other_spaces(
    similar: list[Space], days: dict[UUID, Day], wish: Wish, now: datetime
) -> Iterator[Way]:
    for space in similar:
        if _possible(days[space.id], wish.starts_at, wish.ends_at, wish, now):
            yield "other_space", space, wish.starts_at, wish.ends_at


def _possible(day: Day, starts: datetime, ends: datetime, wish: Wish, now: datetime) -> bool:
    asked = Wish(starts, ends, wish.people)
    return day.fits(starts, ends) and not rules_broken(day.space, asked, Facts(now=now))


def _similar(spaces: QuerySet[Space], space: Space, wish: Wish) -> list[Space]:
    """Spaces of the same kind: same location first, then the same city, closest in size."""
    family = {space.id, space.whole_id}
    found = [
        row
        for row in spaces.filter(
            kind=space.kind,
            capacity__gte=wish.people or 1,
            location__city=space.location.city,
        ).exclude(access=Space.Access.ORGANISATIONS)[:400]
        if row.id not in family and row.whole_id != space.id
    ]
    found.sort(
        key=lambda row: (
            row.location_id != space.location_id,
            abs(row.capacity - space.capacity),
            row.hour_amount,
            row.id,
        )
    )
    return found[:CANDIDATES]


def _priced(ways: list[Way]) -> list[Alternative]:
    found = []
    days = {way[2].astimezone(ZoneInfo(way[1].location.time_zone)).date() for way in ways}
    plans = {way[1].rate_plan_id for way in ways}
    bases = {day: price_bases(plans, day) for day in days}
    for how, space, starts, ends in ways:
        day = starts.astimezone(ZoneInfo(space.location.time_zone)).date()
        basis = bases[day].get(space.rate_plan_id)
        if basis is not None:
            quote = quote_compute(basis, Wish(starts, ends).minutes)
            found.append(Alternative(how, space, starts, ends, quote))
    return found
