"""What the front desk of one location needs today: arrivals, approvals, free rooms, closures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from privacy.errors import NotAllowed, NotFound
from reservations.hours import day_bounds, open_periods
from reservations.models import ClosurePeriod, Guest, Location, Reservation, Space
from reservations.selectors.busy import Day, Shut, days_load, shut_periods

State = Reservation.State
SHOWN = (State.PENDING, State.CONFIRMED, State.CHECKED_IN, State.COMPLETED, State.NO_SHOW)
#: As many rows as one desk can look at; a larger house has several desks.
MOST = 300


@dataclass(frozen=True)
class Waiting:
    """A booking that waits for approval, with the closures that stand against it."""

    row: Reservation
    conflicts: Sequence[Shut]


@dataclass(frozen=True)
class Free:
    """A space that is free from `starts` until `until`."""

    space: Space
    starts: datetime
    until: datetime


def desk_location(*, actor: User, slug: str) -> Location:
    """The location of a desk, open for booking or not; NotFound for an unknown one."""
    _require(actor)
    found = Location.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such location."))
    return found


def desk_locations(*, actor: User) -> list[Location]:
    """Every location that has a desk; one statement."""
    _require(actor)
    return list(Location.objects.filter(is_active=True))


def arrivals(*, actor: User, location: Location, day: date) -> list[Reservation]:
    """The bookings that touch a local day, by time, with holder and guests; two statements."""
    _require(actor)
    starts, ends = day_bounds(day, location.time_zone)
    rows = _with_people(Reservation.objects.filter(space__location=location))
    return list(
        rows.filter(starts_at__lt=ends, ends_at__gt=starts, state__in=SHOWN).order_by(
            "starts_at", "space__name", "id"
        )[:MOST]
    )


def approvals(*, actor: User, location: Location, now: datetime) -> list[Waiting]:
    """What waits for a space manager here, the most urgent first; three statements."""
    _require(actor)
    rows = list(
        _with_people(Reservation.objects.filter(space__location=location))
        .filter(state=State.PENDING, expires_at__gt=now)
        .order_by("expires_at", "id")[:MOST]
    )
    if not rows:
        return []
    shuts = shut_periods(
        {location.id}, min(r.starts_at for r in rows), max(r.ends_at for r in rows)
    )
    return [
        Waiting(
            row,
            [
                shut
                for shut in shuts.of(row.space, ())
                if shut.starts < row.ends_at and shut.ends > row.starts_at
            ],
        )
        for row in rows
    ]


def free_now(*, actor: User, location: Location, now: datetime) -> list[Free]:
    """Spaces somebody may take at this moment, smallest first; four statements."""
    _require(actor)
    spaces = list(
        Space.objects.filter(location=location, is_active=True)
        .select_related("floor", "location")
        .order_by("capacity", "name", "id")
    )
    days = days_load(spaces, now - timedelta(days=1), now + timedelta(days=1), now=now)
    found = [_free(days[space.id], now) for space in spaces]
    return [free for free in found if free is not None]


def closures_ahead(
    *, actor: User, location: Location, since: datetime, days: int
) -> list[ClosurePeriod]:
    """The occurrences of closures that end after `since`, soonest first; one statement."""
    _require(actor)
    window = (since, since + timedelta(days=days))
    return list(
        ClosurePeriod.objects.filter(location=location, period__overlap=window)
        .select_related("closure", "floor", "space")
        .order_by("period", "id")[:MOST]
    )


def step_down(instant: datetime, step: int, zone: str) -> datetime:
    """The step of the local day that is running, as a booking "now" begins with it."""
    local = instant.astimezone(ZoneInfo(zone))
    over = (local.hour * 60 + local.minute) % step
    return instant.replace(second=0, microsecond=0) - timedelta(minutes=over)


def _free(day: Day, now: datetime) -> Free | None:
    space = day.space
    zone = space.location.time_zone
    starts = step_down(now, space.granularity_minutes, zone)
    if not day.fits(starts, starts + timedelta(minutes=space.min_minutes)):
        return None
    today = starts.astimezone(ZoneInfo(zone)).date()
    periods = open_periods(space.location.opening_hours, today, zone)
    edges = [closes for opens, closes in periods if opens <= starts < closes]
    turnover = timedelta(minutes=space.turnover_minutes)
    edges += [taken.starts - turnover for taken in day.taken if taken.starts >= starts]
    edges += [shut.starts for shut in day.shut if shut.starts >= starts]
    return Free(space, starts, min(edges)) if edges else None


def _with_people(rows: QuerySet[Reservation]) -> QuerySet[Reservation]:
    guests = Guest.objects.filter(removed_at=None).select_related("contact")
    return (
        rows.filter(~Q(state=State.HELD))
        .select_related(
            "space__location", "space__floor", "holder__user", "contact", "organisation"
        )
        .prefetch_related(Prefetch("guests", guests.order_by("invited_at"), to_attr="invited"))
    )


def _require(actor: User) -> None:
    if not actor.may("reservations.see_desk"):
        raise NotAllowed(_("Your role does not include the front desk."))
