"""The messages about reservations: when each is still true, and what it shows.

Built when they are sent (privacy/outbox.py), so each tells the state of that moment, and
one that came to nothing in the meantime is not sent. A calendar gets a CANCEL only for
what it was given before.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from privacy import clock
from privacy.mail import render
from privacy.models import OutboxMessage
from privacy.outbox import Calendar, Mail, Message, Template
from privacy.outbox import register as register_template
from reservations.ical import calendar_bytes, entry_of, place_of
from reservations.links import guest_url, reservation_url
from reservations.models import Guest, Reservation, ReservationEvent, Space

State = Reservation.State
STANDING: Final = (State.CONFIRMED, State.CHECKED_IN)
#: Messages whose calendar file put the reservation into the receiver's calendar.
GAVE_CALENDAR: Final = (
    "reservation_confirmed",
    "reservation_changed",
    "guest_invited",
    "guest_changed",
)
#: Changes that move a reservation; of several, only the last is worth telling.
MOVING: Final = ("starts_at", "ends_at", "space")


def register() -> None:
    """Tell the outbox how to build them."""
    for name, build in BUILDERS.items():
        category = OutboxMessage.Category.RESERVATION
        register_template(Template(name, category, build, TITLES[name]))


def giver_name(subject_id: UUID | None) -> str:
    """What a guest may know of who invited them: the name, never the address; "" if unnamed."""
    user = User.objects.filter(subject=subject_id).first() if subject_id else None
    return user.full_name if user else ""


def _confirmed(message: Message) -> Mail | None:
    reservation = _reservation(message)
    if reservation.state not in STANDING or reservation.ends_at <= clock.now():
        return None
    return _render(message, reservation, calendar=_invitation(message, reservation))


def _changed(message: Message) -> Mail | None:
    reservation = _reservation(message)
    before = _before(message, reservation)
    if reservation.state not in {*STANDING, State.COMPLETED} or before is None:
        return None
    return _render(message, reservation, calendar=_invitation(message, reservation), before=before)


def _ended(state: str) -> Callable[[Message], Mail | None]:
    """A message that the reservation came to nothing, while it is in that state."""

    def build(message: Message) -> Mail | None:
        reservation = _reservation(message)
        if reservation.state != state:
            return None
        late = _was_late(reservation)
        return _render(message, reservation, calendar=_withdrawal(message, reservation), late=late)

    return build


def _reminder(message: Message) -> Mail | None:
    reservation = _reservation(message)
    if reservation.state != State.CONFIRMED or reservation.starts_at <= clock.now():
        return None
    return _render(message, reservation)


def _approval_requested(message: Message) -> Mail | None:
    reservation = _reservation(message)
    waits = reservation.state == State.PENDING and not _superseded(message, reservation)
    manager = User.objects.filter(subject=message.recipient_id).first()
    if not waits or manager is None or not manager.may("reservations.approve"):
        return None
    holder = User.objects.filter(subject=reservation.holder_id).first()
    return _render(message, reservation, holder=holder.full_name if holder else "")


def _guest_invited(message: Message) -> Mail | None:
    guest = _guest(message)
    if not _is_coming(guest):
        return None
    return _render_guest(message, guest, calendar=_invitation(message, guest.reservation))


def _guest_changed(message: Message) -> Mail | None:
    guest = _guest(message)
    before = _before(message, guest.reservation)
    if not _is_coming(guest) or before is None:
        return None
    invitation = _invitation(message, guest.reservation)
    return _render_guest(message, guest, calendar=invitation, before=before)


def _guest_cancelled(message: Message) -> Mail | None:
    """Only for those who were invited in the first place."""
    guest = _guest(message)
    withdrawal = _withdrawal(message, guest.reservation)
    if _is_coming(guest) or withdrawal is None:
        return None
    return _render_guest(message, guest, calendar=withdrawal)


BUILDERS: Final[dict[str, Callable[[Message], Mail | None]]] = {
    "reservation_confirmed": _confirmed,
    "reservation_changed": _changed,
    "reservation_cancelled": _ended(State.CANCELLED),
    "reservation_declined": _ended(State.DECLINED),
    "reservation_expired": _ended(State.EXPIRED),
    "reservation_reminder": _reminder,
    "approval_requested": _approval_requested,
    "guest_invited": _guest_invited,
    "guest_changed": _guest_changed,
    "guest_cancelled": _guest_cancelled,
}

#: Each kind in words, for the list of what was sent to a person.
TITLES: Final = {
    "reservation_confirmed": _("Booking confirmed"),
    "reservation_changed": _("Booking changed"),
    "reservation_cancelled": _("Booking cancelled"),
    "reservation_declined": _("Booking declined"),
    "reservation_expired": _("Booking expired"),
    "reservation_reminder": _("Reminder of a booking"),
    "approval_requested": _("Approval asked for"),
    "guest_invited": _("Invitation to a meeting"),
    "guest_changed": _("Meeting changed"),
    "guest_cancelled": _("Meeting cancelled"),
}


def _reservation(message: Message) -> Reservation:
    rows = Reservation.objects.select_related("space__location", "space__floor")
    return rows.get(id=str(message.data["reservation"]))


def _guest(message: Message) -> Guest:
    rows = Guest.objects.select_related(
        "contact", "reservation__space__location", "reservation__space__floor"
    )
    return rows.get(id=str(message.data["guest"]))


def _is_coming(guest: Guest) -> bool:
    reservation = guest.reservation
    open_still = reservation.state in STANDING and reservation.ends_at > clock.now()
    return open_still and guest.removed_at is None


def _before(message: Message, reservation: Reservation) -> dict[str, Any] | None:
    """Period and place before the change the message tells of; None once a later one did."""
    version = int(message.data["version"])
    event = ReservationEvent.objects.filter(reservation=reservation, version=version).first()
    if event is None or _superseded(message, reservation):
        return None
    old = {field: pair[0] for field, pair in event.changes.items() if field in MOVING}
    space = Space.objects.filter(id=old["space"]).first() if "space" in old else None
    space = space or reservation.space
    return {
        "space": space.name,
        "starts_at": _instant(old.get("starts_at")) or reservation.starts_at,
        "ends_at": _instant(old.get("ends_at")) or reservation.ends_at,
        "zone": space.location.time_zone,
    }


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _superseded(message: Message, reservation: Reservation) -> bool:
    later = ReservationEvent.objects.filter(
        reservation=reservation, version__gt=int(message.data["version"])
    )
    return later.filter(changes__has_any_keys=list(MOVING)).exists()


def _was_late(reservation: Reservation) -> bool:
    cancelled = reservation.events.filter(verb="cancelled").order_by("-version").first()
    return bool(cancelled and cancelled.changes.get("late"))


def _invitation(message: Message, reservation: Reservation) -> Calendar:
    return _calendar("REQUEST", message, reservation)


def _withdrawal(message: Message, reservation: Reservation) -> Calendar | None:
    """A CANCEL, when this receiver's calendar was ever given the reservation."""
    given = OutboxMessage.objects.filter(
        recipient=message.recipient_id,
        contact=message.contact_id,
        state=OutboxMessage.State.SENT,
        template__in=GAVE_CALENDAR,
        data__reservation=str(reservation.id),
    )
    return _calendar("CANCEL", message, reservation) if given.exists() else None


def _calendar(method: str, message: Message, reservation: Reservation) -> Calendar:
    url = "" if "guest" in message.data else reservation_url(reservation.id)
    entry = entry_of(reservation, stamp=clock.now(), url=url)
    ics = calendar_bytes([entry], method=method, receiver=message.address.email)
    return Calendar(method, ics)


def _render(
    message: Message, reservation: Reservation, *, calendar: Calendar | None = None, **more: Any
) -> Mail:
    context = {
        **_context(message, reservation),
        "url": reservation_url(reservation.id),
        "net": reservation.price_amount - reservation.price_tax,
        "is_free_now": reservation.cancel_free_until > clock.now(),
        **more,
    }
    return render(message, context, calendar=calendar)


def _render_guest(message: Message, guest: Guest, *, calendar: Calendar, **more: Any) -> Mail:
    context = {
        **_context(message, guest.reservation),
        "url": guest_url(guest.id),
        "giver": giver_name(guest.contact.given_by_id),
        **more,
    }
    return render(message, context, calendar=calendar)


def _context(message: Message, reservation: Reservation) -> dict[str, Any]:
    """What every message shows: the place, and its zone beside the receiver's own."""
    zone = reservation.space.location.time_zone
    here = reservation.starts_at.astimezone(ZoneInfo(zone)).utcoffset()
    there = reservation.starts_at.astimezone(ZoneInfo(message.address.time_zone)).utcoffset()
    return {
        "r": reservation,
        "space": reservation.space.name,
        "place": place_of(reservation.space),
        "title": reservation.title,
        "zone": zone,
        "own_zone": "" if here == there else message.address.time_zone,
    }
