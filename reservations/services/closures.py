"""Close a location, a floor or a space; the reservations it hits are listed, not dropped."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from privacy import clock
from privacy.errors import Broken, NotAllowed, NotFound
from reservations.errors import RulesBroken
from reservations.models import Closure, ClosurePeriod, Location, Reservation, Space
from reservations.services.locks import act, grid_touch, spaces_lock

#: How far ahead occurrences are written. Nothing can be booked more than 366 days ahead,
#: and the sweep renews them hourly, so a scheduler may rest for months.
HORIZON = timedelta(days=550)
_FREQUENCY: Final[dict[str, Literal[0, 1, 2, 3]]] = {
    Closure.Recurrence.DAILY: DAILY,
    Closure.Recurrence.WEEKLY: WEEKLY,
    Closure.Recurrence.MONTHLY: MONTHLY,
    Closure.Recurrence.YEARLY: YEARLY,
}


@dataclass(frozen=True, kw_only=True)
class ClosureWish:
    """A closure to be: `starts_local`/`ends_local` are naive wall times of the location."""

    location_id: UUID
    starts_local: datetime
    ends_local: datetime
    reason_id: str
    reason_en: str
    floor_id: UUID | None = None
    space_id: UUID | None = None
    recurrence: str = Closure.Recurrence.ONCE
    until: date | None = None
    is_holiday: bool = False


def closure_create(*, actor: User | None, wish: ClosureWish) -> tuple[Closure, list[Reservation]]:
    """Create a closure; returns it with the open reservations it hits, soonest first.

    Takes the locks of every space it shuts, so that no booking slips in unseen: a booking
    re-checks closures under the same locks. What it hits stays until staff decide.
    """
    if actor is not None and not actor.may("reservations.manage_closures"):
        raise NotAllowed(_("Your role does not include closures."))
    _check(wish)
    with act():
        location = Location.objects.filter(id=wish.location_id).first()
        if location is None:
            raise NotFound(_("There is no such location."))
        spaces = _shut_spaces(wish)
        if not spaces and (wish.space_id or wish.floor_id):
            raise NotFound(_("There is no such space."))
        if spaces:
            spaces_lock(*spaces)
        closure = _closure_save(wish)
        periods = _materialise(closure, location, clock.now())
        hit = closure_hits(spaces, periods)
        grid_touch(location.id, _days(periods, location.time_zone))
    return closure, hit


def closure_preview(*, actor: User, wish: ClosureWish) -> list[Reservation]:
    """The open reservations a closure would hit, without creating it."""
    if not actor.may("reservations.manage_closures"):
        raise NotAllowed(_("Your role does not include closures."))
    _check(wish)
    location = Location.objects.filter(id=wish.location_id).first()
    if location is None:
        raise NotFound(_("There is no such location."))
    now = clock.now()
    periods = list(occurrences(_closure(wish), location.time_zone, now, now + HORIZON))
    return closure_hits(_shut_spaces(wish), periods)


def closure_delete(*, actor: User, closure_id: UUID) -> None:
    """Open again; NotFound when there is no such closure."""
    if not actor.may("reservations.manage_closures"):
        raise NotAllowed(_("Your role does not include closures."))
    with act():
        closure = Closure.objects.select_related("location").filter(id=closure_id).first()
        if closure is None:
            raise NotFound(_("There is no such closure."))
        periods = [(p.period.lower, p.period.upper) for p in closure.periods.all()]
        location = closure.location
        closure.delete()
        grid_touch(location.id, _days(periods, location.time_zone))


def closures_extend(*, now: datetime) -> int:
    """Write the occurrences that came within the horizon; returns how many are new."""
    added = 0
    repeating = Closure.objects.exclude(recurrence=Closure.Recurrence.ONCE)
    for closure in repeating.select_related("location").iterator(chunk_size=100):
        with act():
            present = set(closure.periods.values_list("period__startswith", flat=True))
            added += len(_materialise(closure, closure.location, now, skip=present))
    return added


def closure_hits(
    space_ids: Iterable[UUID], periods: Sequence[tuple[datetime, datetime]]
) -> list[Reservation]:
    """Open reservations of the spaces that overlap any of the periods."""
    if not periods:
        return []
    overlap = Q()
    for starts, ends in periods[:366]:
        overlap |= Q(starts_at__lt=ends, ends_at__gt=starts)
    return list(
        Reservation.objects.filter(overlap, space__in=list(space_ids), state__in=Reservation.OPEN)
        .select_related("space__location")
        .order_by("starts_at", "id")[:500]
    )


def occurrences(
    closure: Closure, zone: str, since: datetime, before: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The UTC periods of a closure that end after `since` and begin before `before`."""
    tz = ZoneInfo(zone)
    length = closure.ends_local - closure.starts_local
    frequency = _FREQUENCY.get(closure.recurrence)
    first = closure.starts_local.replace(tzinfo=None)
    starts = [first] if frequency is None else _walls(closure, frequency, first, before)
    for wall in starts:
        opens = wall.replace(tzinfo=tz).astimezone(UTC)
        closes = (wall + length).replace(tzinfo=tz).astimezone(UTC)
        if closes > since and opens < before and closes > opens:
            yield opens, closes


def _walls(
    closure: Closure, frequency: Literal[0, 1, 2, 3], first: datetime, before: datetime
) -> Iterator[datetime]:
    last = before.replace(tzinfo=None) + timedelta(days=1)
    if closure.until is not None:
        last = min(last, datetime.combine(closure.until, datetime.max.time()))
    yield from rrule(frequency, dtstart=first, until=last)


def _check(wish: ClosureWish) -> None:
    broken = []
    if wish.ends_local <= wish.starts_local:
        broken.append(Broken("reversed", _("The end must come after the start."), "ends_local"))
    if not wish.reason_id.strip() or not wish.reason_en.strip():
        broken.append(Broken("required", _("Say why, in both languages."), "reason_id"))
    if wish.until is not None and wish.until < wish.starts_local.date():
        broken.append(Broken("reversed", _("It would end before it begins."), "until"))
    if not 2000 <= wish.starts_local.year <= 9000 or not 2000 <= wish.ends_local.year <= 9000:
        broken.append(
            Broken("bad_date", _("This date is outside any calendar we keep."), "starts_local")
        )
    if broken:
        raise RulesBroken(broken)


def _shut_spaces(wish: ClosureWish) -> list[UUID]:
    """Every space the closure shuts: a part shuts its whole, a whole its parts."""
    spaces = Space.objects.filter(location=wish.location_id)
    if wish.floor_id:
        spaces = spaces.filter(floor=wish.floor_id)
    if wish.space_id:
        spaces = spaces.filter(
            Q(id=wish.space_id) | Q(whole=wish.space_id) | Q(parts=wish.space_id)
        )
    return sorted(set(spaces.values_list("id", flat=True)))


def _closure(wish: ClosureWish) -> Closure:
    return Closure(
        location_id=wish.location_id,
        floor_id=wish.floor_id,
        space_id=wish.space_id,
        reason_id=wish.reason_id.strip(),
        reason_en=wish.reason_en.strip(),
        # Wall times are stored as if they were UTC: the column keeps what the clock shows.
        starts_local=wish.starts_local.replace(tzinfo=UTC),
        ends_local=wish.ends_local.replace(tzinfo=UTC),
        recurrence=wish.recurrence,
        until=wish.until,
        is_holiday=wish.is_holiday,
    )


def _closure_save(wish: ClosureWish) -> Closure:
    closure = _closure(wish)
    closure.save(force_insert=True)
    return closure


def _materialise(
    closure: Closure, location: Location, now: datetime, skip: Iterable[datetime] = ()
) -> list[tuple[datetime, datetime]]:
    present = set(skip)
    since = min(now, closure.starts_local.replace(tzinfo=UTC)) - timedelta(days=2)
    until = now + HORIZON
    if closure.recurrence == Closure.Recurrence.ONCE:
        until = max(until, closure.ends_local.replace(tzinfo=UTC) + timedelta(days=2))
    else:
        since = now - timedelta(days=31)
    periods = [
        period
        for period in occurrences(closure, location.time_zone, since, until)
        if period[0] not in present
    ]
    ClosurePeriod.objects.bulk_create(
        [
            ClosurePeriod(
                closure=closure,
                location=location,
                floor_id=closure.floor_id,
                space_id=closure.space_id,
                period=period,
            )
            for period in periods
        ]
    )
    return periods


def _days(periods: Sequence[tuple[datetime, datetime]], zone: str) -> set[date]:
    tz = ZoneInfo(zone)
    days: set[date] = set()
    for starts, ends in periods:
        day, last = starts.astimezone(tz).date(), ends.astimezone(tz).date()
        while day <= last and len(days) < 2000:
            days.add(day)
            day += timedelta(days=1)
    return days
