"""Approve, decline, cancel, end early, check in."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from privacy import clock
from privacy.errors import Broken, NotAllowed, NotFound
from privacy.outbox import outbox_put
from reservations.errors import RulesBroken, WrongState
from reservations.models import Reservation
from reservations.rules import CHECK_IN_BEFORE
from reservations.selectors.reservations import may_change, version_check
from reservations.services.booking import booking_tell
from reservations.services.events import event_add
from reservations.services.guests import guests_tell
from reservations.services.locks import act, days_of, grid_touch, reservation_lock

State = Reservation.State


def reservation_approve(
    *, actor: User, reservation_id: UUID, expected_version: int | None = None
) -> Reservation:
    """A space manager lets a pending reservation stand; NotAllowed for others."""
    return _decide(actor, reservation_id, expected_version, State.CONFIRMED, "approved")


def reservation_decline(
    *, actor: User, reservation_id: UUID, expected_version: int | None = None
) -> Reservation:
    """A space manager refuses a pending reservation; its time is free at once."""
    return _decide(actor, reservation_id, expected_version, State.DECLINED, "declined")


def _decide(
    actor: User, reservation_id: UUID, expected_version: int | None, state: str, verb: str
) -> Reservation:
    now = clock.now()
    with act():
        reservation = reservation_lock(actor, reservation_id)
        if not actor.may("reservations.approve"):
            raise NotAllowed(_("Only space managers decide on this."))
        version_check(reservation, expected_version)
        if reservation.state != State.PENDING or _overdue(reservation, now):
            raise WrongState(_("This reservation is not waiting for a decision."))
        _change_state(reservation, state, verb, actor, now)
        if state == State.CONFIRMED:
            booking_tell(reservation)
            guests_tell(reservation, "guest_invited")
        else:
            _tell(reservation, "reservation_declined")
            # Those who were invited before the reservation was moved; nobody else is told.
            guests_tell(reservation, "guest_cancelled")
        _touch(reservation)
    return reservation


def reservation_cancel(
    *, actor: User, reservation_id: UUID, expected_version: int | None = None
) -> Reservation:
    """Give the time back. After `cancel_free_until` the price stays due, and the event says so."""
    now = clock.now()
    with act():
        reservation = _mine(actor, reservation_id, expected_version)
        if reservation.state not in {State.HELD, State.PENDING, State.CONFIRMED}:
            raise WrongState(_("This reservation can no longer be cancelled."))
        if reservation.starts_at <= now and reservation.state == State.CONFIRMED:
            detail = _("It has begun. End it early instead.")
            raise RulesBroken([Broken("already_started", detail)])
        told = reservation.state != State.HELD
        late = now > reservation.cancel_free_until and reservation.state == State.CONFIRMED
        reservation.calendar_sequence += 1
        _change_state(reservation, State.CANCELLED, "cancelled", actor, now, changes={"late": late})
        if told:
            _tell(reservation, "reservation_cancelled")
            guests_tell(reservation, "guest_cancelled")
        _touch(reservation)
    return reservation


def reservation_end_early(
    *, actor: User, reservation_id: UUID, expected_version: int | None = None
) -> Reservation:
    """End a running reservation at this minute; the turnover follows, then others may come."""
    now = clock.now()
    with act():
        reservation = _mine(actor, reservation_id, expected_version)
        running = reservation.starts_at < now < reservation.ends_at
        if reservation.state not in {State.CONFIRMED, State.CHECKED_IN} or not running:
            raise WrongState(_("Only a reservation that is running can be ended early."))
        old = reservation.ends_at
        reservation.ends_at = min(old, _next_minute(now))
        reservation.calendar_sequence += 1
        _change_state(
            reservation,
            reservation.state,
            "ended",
            actor,
            now,
            changes={"ends_at": [old, reservation.ends_at]},
        )
        _tell(reservation, "reservation_changed")
        guests_tell(reservation, "guest_changed")
        grid_touch(
            reservation.space.location_id,
            days_of(reservation.space, (reservation.starts_at, old)),
        )
    return reservation


def reservation_check_in(
    *, actor: User, reservation_id: UUID, expected_version: int | None = None
) -> Reservation:
    """Say that the people are here: from 15 minutes before the start until the end."""
    now = clock.now()
    with act():
        reservation = reservation_lock(actor, reservation_id)
        if not (may_change(actor, reservation) or actor.may("reservations.check_in_others")):
            raise NotFound(_("There is no such reservation."))
        version_check(reservation, expected_version)
        if reservation.state == State.PENDING:
            raise RulesBroken(
                [Broken("needs_approval", _("This reservation still waits for approval."))]
            )
        early = now < reservation.starts_at - CHECK_IN_BEFORE
        if reservation.state != State.CONFIRMED or early or now >= reservation.ends_at:
            raise WrongState(_("Checking in is possible from 15 minutes before the start."))
        reservation.checked_in_at = now
        _change_state(reservation, State.CHECKED_IN, "checked_in", actor, now)
    return reservation


def _mine(actor: User, reservation_id: UUID, expected_version: int | None) -> Reservation:
    reservation = reservation_lock(actor, reservation_id)
    if not may_change(actor, reservation):
        raise NotFound(_("There is no such reservation."))
    version_check(reservation, expected_version)
    return reservation


def _change_state(
    reservation: Reservation,
    state: str,
    verb: str,
    actor: User,
    now: datetime,
    changes: dict[str, object] | None = None,
) -> None:
    before = reservation.state
    reservation.state = state
    reservation.expires_at = None
    reservation.version += 1
    reservation.save(
        update_fields=[
            "state",
            "expires_at",
            "ends_at",
            "checked_in_at",
            "version",
            "calendar_sequence",
        ]
    )
    event_add(reservation, verb, actor=actor, now=now, from_state=before, changes=changes)


def _overdue(reservation: Reservation, now: datetime) -> bool:
    return reservation.expires_at is not None and reservation.expires_at <= now


def _next_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _tell(reservation: Reservation, template: str) -> None:
    outbox_put(
        template=template,
        recipient=reservation.holder_id,
        contact=reservation.contact_id,
        data={"reservation": str(reservation.id), "version": reservation.version},
    )


def _touch(reservation: Reservation) -> None:
    grid_touch(
        reservation.space.location_id,
        days_of(reservation.space, (reservation.starts_at, reservation.ends_at)),
    )
