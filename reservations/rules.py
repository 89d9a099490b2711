"""The rules of a place: pure decisions, every broken one reported at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy.errors import Broken
from reservations.hours import is_open
from reservations.models import Space

HOLD_MINUTES = 8
PENDING_HOURS = 24
CHECK_IN_BEFORE = timedelta(minutes=15)


@dataclass(frozen=True)
class Wish:
    """What somebody asks for: a space for [starts_at, ends_at), for so many people."""

    starts_at: datetime
    ends_at: datetime
    people: int | None = None

    @property
    def minutes(self) -> int:
        """Length in whole minutes, rounded up."""
        return -(-int((self.ends_at - self.starts_at).total_seconds()) // 60)


@dataclass(frozen=True)
class Facts:
    """What the database says about the wish, read under the locks.

    `closures` are the reasons of closures that touch the period, `open_here` how many
    upcoming reservations the holder has at the location (None: no limit asks for it).
    """

    now: datetime
    may_use: bool = True
    verified: bool = True
    closures: Sequence[str] = ()
    open_here: int | None = None
    keeps_start: bool = False


def rules_broken(space: Space, wish: Wish, facts: Facts) -> list[Broken]:
    """Every rule of `space` and its location that the wish breaks; empty when it may be."""
    return [
        *_people_rules(space, wish, facts),
        *_length_rules(space, wish),
        *_time_rules(space, wish, facts),
        *_opening_rules(space, wish, facts),
    ]


def _people_rules(space: Space, wish: Wish, facts: Facts) -> Iterator[Broken]:
    if not facts.verified:
        yield Broken(
            "address_unverified", _("Confirm your e-mail address first; the link is in your mail.")
        )
    if not facts.may_use:
        yield Broken("not_allowed", _("This space is not open to you."), "space")
    if wish.people is not None and wish.people > space.capacity:
        detail = ngettext(
            "Fits %(n)s person at most.", "Fits %(n)s people at most.", space.capacity
        )
        yield Broken("over_capacity", detail % {"n": space.capacity}, "people")
    limit = space.location.max_open_reservations
    if limit is not None and facts.open_here is not None and facts.open_here >= limit:
        detail = _("You have %(n)s upcoming reservations here, the most one person may have.")
        yield Broken("quota_used", detail % {"n": facts.open_here})


def _length_rules(space: Space, wish: Wish) -> Iterator[Broken]:
    if wish.minutes < space.min_minutes:
        yield Broken(
            "too_short", _("At least %(n)s minutes.") % {"n": space.min_minutes}, "ends_at"
        )
    if wish.minutes > space.max_minutes:
        yield Broken("too_long", _("At most %(n)s minutes.") % {"n": space.max_minutes}, "ends_at")
    zone = ZoneInfo(space.location.time_zone)
    for field, instant in (("starts_at", wish.starts_at), ("ends_at", wish.ends_at)):
        if not _on_step(instant.astimezone(zone), space.granularity_minutes):
            detail = _("Times go in steps of %(n)s minutes.")
            yield Broken("off_step", detail % {"n": space.granularity_minutes}, field)


def _on_step(local: datetime, step: int) -> bool:
    minutes = local.hour * 60 + local.minute
    return not (local.second or local.microsecond or minutes % step)


def _time_rules(space: Space, wish: Wish, facts: Facts) -> Iterator[Broken]:
    # "Now" begins with the step that is running, so a person at the door can book it.
    running = timedelta(minutes=space.granularity_minutes)
    if wish.ends_at <= facts.now or (
        not facts.keeps_start and wish.starts_at <= facts.now - running
    ):
        yield Broken("in_past", _("This time has passed."), "starts_at")
    if wish.starts_at > facts.now + timedelta(days=space.ahead_days):
        latest = (facts.now + timedelta(days=space.ahead_days)).astimezone(
            ZoneInfo(space.location.time_zone)
        )
        detail = _("Can be booked up to %(date)s.")
        yield Broken(
            "too_far_ahead", detail % {"date": formats.date_format(latest, "j F Y")}, "starts_at"
        )


def _opening_rules(space: Space, wish: Wish, facts: Facts) -> Iterator[Broken]:
    place = space.location
    if not (space.is_active and place.is_active):
        yield Broken("closed", _("This space cannot be booked at present."), "space")
    if not is_open(place.opening_hours, place.time_zone, wish.starts_at, wish.ends_at):
        yield Broken("outside_hours", _("Outside the opening hours of the location."), "starts_at")
    for reason in facts.closures:
        yield Broken("closed", _("Closed: %(reason)s.") % {"reason": reason}, "starts_at")
