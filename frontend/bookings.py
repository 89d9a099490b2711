"""Reservations in words: when, where, what is possible now, what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from frontend import formats
from frontend.drafts import viewer_zone
from privacy.masking import may_see, not_shown
from reservations.models import Reservation, ReservationEvent
from reservations.rules import CHECK_IN_BEFORE
from reservations.selectors.reservations import may_change

State = Reservation.State


@dataclass(frozen=True)
class Shown:
    """A reservation as the pages show it to one person."""

    row: Reservation
    actor: User
    now: datetime
    # By which staff roles it is seen; None: by somebody it belongs to.
    roles: tuple[str, ...] | None = None

    def sees(self, field: str, model: str = "reservations.Reservation") -> bool:
        """Whether the data map shows the field to this person."""
        return self.roles is None or may_see(self.roles, model, field)

    @property
    def title(self) -> str:
        """What it is called, if anything, or that it is not shown."""
        return self.row.title if self.sees("title") or not self.row.title else not_shown()

    @property
    def tax(self) -> str:
        """Rp24.750, or that it is not shown."""
        if not self.sees("price_tax"):
            return not_shown()
        return formats.money(self.row.price_tax, self.row.price_currency)

    @property
    def zone(self) -> str:
        """The location's zone."""
        return self.row.space.location.time_zone

    @property
    def day(self) -> str:
        """Rab 25 Nov."""
        return formats.day_short(formats.wall(self.row.starts_at, self.zone).date())

    @property
    def day_long(self) -> str:
        """Hari ini, Rabu, 25 November."""
        day = formats.wall(self.row.starts_at, self.zone).date()
        text = formats.day_long(day)
        today = formats.wall(self.now, self.zone).date()
        if day.year != today.year:
            text = formats.day_full(day)
        return f"{_('Today')}, {text}" if day == today else text

    @property
    def span(self) -> str:
        """10.30–12.00."""
        return formats.clock_range(self.row.starts_at, self.row.ends_at, self.zone)

    @property
    def zone_name(self) -> str:
        """WIB."""
        return formats.zone_name(self.zone, self.row.starts_at)

    @property
    def theirs(self) -> str:
        """11.30–13.00 WITA on the person's own clock, or "" when it shows the same."""
        zone = viewer_zone(self.actor, self.zone, self.row.starts_at)
        if not zone:
            return ""
        span = formats.clock_range(self.row.starts_at, self.row.ends_at, zone)
        return f"{span} {formats.zone_name(zone, self.row.starts_at)}"

    @property
    def price(self) -> str:
        """Rp249.750, or that it is not shown."""
        if not self.sees("price_amount"):
            return not_shown()
        return formats.money(self.row.price_amount, self.row.price_currency)

    @property
    def state_label(self) -> str:
        """Confirmed."""
        return str(State(self.row.state).label)

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("frontend:reservation", args=[self.row.id])

    @property
    def running(self) -> bool:
        """Whether it has begun and not ended."""
        return self.open and self.row.starts_at <= self.now < self.row.ends_at

    @property
    def open(self) -> bool:
        """Whether it still blocks time that is not over."""
        return self.row.state in Reservation.OPEN and self.row.ends_at > self.now

    @property
    def distance(self) -> str:
        """Starts in 18 minutes; ends in 40 minutes; "" when it is more than a day away."""
        if not self.open:
            return ""
        edge = self.row.ends_at if self.running else self.row.starts_at
        minutes = max(round((edge - self.now).total_seconds() / 60), 0)
        if minutes >= 24 * 60:
            return ""
        step = 1 if minutes < 60 else 30 if minutes < 180 else 60
        length = formats.duration(minutes // step * step)
        if self.running:
            return _("Ends in %(length)s") % {"length": length}
        return _("Starts in %(length)s") % {"length": length}

    @property
    def checks_in(self) -> bool:
        """Whether checking in is possible at this moment."""
        early = self.now < self.row.starts_at - CHECK_IN_BEFORE
        return self.open and self.row.state == State.CONFIRMED and not early

    @property
    def check_in_from(self) -> str:
        """The clock time from which it is."""
        return formats.clock(self.row.starts_at - CHECK_IN_BEFORE, self.zone)

    @property
    def movable(self) -> bool:
        """Whether another time may be asked for."""
        return self.open and self.row.state != State.CHECKED_IN

    @property
    def cancellable(self) -> bool:
        """Whether it may be given back."""
        begun = self.row.starts_at <= self.now and self.row.state == State.CONFIRMED
        return self.open and self.row.state != State.CHECKED_IN and not begun

    @property
    def endable(self) -> bool:
        """Whether it may be ended early or made longer."""
        return self.open and self.row.state in {State.CONFIRMED, State.CHECKED_IN}

    @property
    def cancel_free(self) -> bool:
        """Whether cancelling costs nothing now."""
        return self.now <= self.row.cancel_free_until or self.row.state != State.CONFIRMED

    @property
    def free_until(self) -> str:
        """Until when it costs nothing."""
        at = self.row.cancel_free_until
        return f"{formats.day_short(formats.wall(at, self.zone).date())} {self._clock(at)}"

    def _clock(self, at: datetime) -> str:
        return f"{formats.clock(at, self.zone)} {formats.zone_name(self.zone, at)}"

    @property
    def repeat_url(self) -> str:
        """The sheet for the same time on the same weekday, next time it comes."""
        starts, ends = (
            formats.wall(at, self.zone).replace(tzinfo=None)
            for at in (self.row.starts_at, self.row.ends_at)
        )
        present = formats.wall(self.now, self.zone).replace(tzinfo=None)
        while starts <= present:
            starts, ends = starts + timedelta(days=7), ends + timedelta(days=7)
        period = f"start={starts:%Y-%m-%dT%H:%M}&end={ends:%Y-%m-%dT%H:%M}"
        return f"{reverse('frontend:book')}?space={self.row.space.slug}&{period}"

    @property
    def local_day(self) -> str:
        """The value of a date field."""
        return formats.wall(self.row.starts_at, self.zone).date().isoformat()

    @property
    def local_start(self) -> str:
        """The value of a time field."""
        return f"{formats.wall(self.row.starts_at, self.zone):%H:%M}"

    @property
    def local_end(self) -> str:
        """The value of a time field."""
        return f"{formats.wall(self.row.ends_at, self.zone):%H:%M}"

    def changeable(self) -> bool:
        """Whether this person may change it at all; one statement at most."""
        return may_change(self.actor, self.row)


@dataclass(frozen=True)
class Step:
    """One line of the history."""

    text: str
    at: str
    who: str
    details: tuple[str, ...]


def steps_of(shown: Shown, events: list[ReservationEvent], names: Mapping[UUID, str]) -> list[Step]:
    """The history in words, the latest first; `names` are those of spaces it was moved between."""
    return [
        Step(
            text=verb_label(event.verb, event.to_state),
            at=moment(event.at, shown.zone),
            who=_who(event, shown),
            details=tuple(differences(event.changes, shown.zone, names)),
        )
        for event in events
    ]


def verb_label(verb: str, state: str) -> str:
    """What happened."""
    labels = {
        "held": _("Held"),
        "booked": _("Sent for approval") if state == State.PENDING else _("Booked"),
        "approved": _("Approved"),
        "declined": _("Declined"),
        "moved": _("Moved"),
        "extended": _("Made longer"),
        "retitled": _("Given another title"),
        "ended": _("Ended early"),
        "cancelled": _("Cancelled"),
        "checked_in": _("Checked in"),
        "completed": _("Completed"),
        "expired": _("Ran out"),
        "no_show": _("Nobody came"),
        "guests_invited": _("Guests invited"),
        "guest_removed": _("Guest removed"),
        "guest_left": _("A guest took themselves off"),
    }
    return labels.get(verb, _("Changed"))


def _who(event: ReservationEvent, shown: Shown) -> str:
    if event.actor_id is None:
        return _("by Ruang")
    if event.actor_id == shown.actor.subject_id:
        return _("by you")
    if event.actor_id == shown.row.holder_id:
        return _("by the holder")
    return _("by somebody else")


def differences(
    changes: Mapping[str, Any], zone: str, names: Mapping[UUID, str] | None = None
) -> list[str]:
    """{field: [old, new]} in words; what people need not know is left out."""
    found = []
    for key, pair in changes.items():
        label = _field_label(key)
        if label and isinstance(pair, list) and len(pair) == 2:
            old, new = (_value(key, item, zone, names or {}) for item in pair)
            found.append(_("%(field)s: %(old)s → %(new)s") % {
                "field": label, "old": old, "new": new,
            })  # fmt: skip
    return found


def _field_label(key: str) -> str:
    labels = {
        "starts_at": _("Start"),
        "ends_at": _("End"),
        "space": _("Space"),
        "state": _("State"),
    }
    return labels.get(key, "")


def _value(key: str, value: Any, zone: str, names: Mapping[UUID, str]) -> str:
    if key in {"starts_at", "ends_at"}:
        return moment(datetime.fromisoformat(str(value)), zone)
    if key == "state":
        return str(State(value).label)
    return names.get(UUID(str(value)), _("another space"))


def moment(at: datetime, zone: str) -> str:
    """Rab 25 Nov 14.00."""
    return f"{formats.day_short(formats.wall(at, zone).date())} {formats.clock(at, zone)}"
