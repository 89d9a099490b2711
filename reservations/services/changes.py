"""Move and extend: atomic, so that the old time is kept when the new one is refused."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from privacy import clock
from privacy.errors import Broken, NotFound
from privacy.outbox import outbox_put
from privacy.services import subjects_lock
from reservations import rules
from reservations.errors import RulesBroken, SlotTaken, WrongState
from reservations.models import Reservation, Space
from reservations.rules import Wish
from reservations.selectors.alternatives import alternatives_find
from reservations.selectors.reservations import may_change, reservation_get, version_check
from reservations.services.booking import (
    booking_tell,
    cancel_free_until,
    expires_at,
    period_check,
    price_columns,
    quote_for,
    save_or_taken,
    taken_rule,
)
from reservations.services.events import event_add
from reservations.services.expiry import overdue_expire
from reservations.services.facts import facts_gather
from reservations.services.guests import guests_tell
from reservations.services.locks import (
    Locked,
    act,
    days_of,
    grid_touch,
    reservation_lock,
    spaces_lock,
)

MOVABLE = (Reservation.State.HELD, Reservation.State.PENDING, Reservation.State.CONFIRMED)


def reservation_move(
    *,
    actor: User,
    reservation_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    space_id: UUID | None = None,
    expected_version: int | None = None,
) -> Reservation:
    """Give a reservation another period or space, or leave it just as it was.

    Raises RulesBroken, SlotTaken (with alternatives), Stale (412), WrongState, NotFound.
    """
    period_check(starts_at, ends_at)
    return _reschedule(
        "moved", MOVABLE, actor, reservation_id, space_id, starts_at, ends_at, expected_version
    )


def reservation_extend(
    *,
    actor: User,
    reservation_id: UUID,
    ends_at: datetime,
    expected_version: int | None = None,
) -> Reservation:
    """Let a reservation end later, where nobody comes after and no approval is asked for."""
    before = reservation_get(actor=actor, reservation_id=reservation_id)
    period_check(before.starts_at, ends_at)
    if ends_at <= before.ends_at:
        raise RulesBroken(
            [Broken("not_later", _("The new end must come after the present one."), "ends_at")]
        )
    states = (Reservation.State.CONFIRMED, Reservation.State.CHECKED_IN)
    return _reschedule(
        "extended", states, actor, reservation_id, None, None, ends_at, expected_version
    )


def _reschedule(
    verb: str,
    states: tuple[str, ...],
    actor: User,
    reservation_id: UUID,
    space_id: UUID | None,
    starts_at: datetime | None,
    ends_at: datetime,
    expected_version: int | None,
) -> Reservation:
    now = clock.now()
    before = reservation_get(actor=actor, reservation_id=reservation_id)
    wish = Wish(starts_at or before.starts_at, ends_at, before.people)
    target = space_id or before.space_id
    try:
        with act():
            subjects_lock({before.holder_id, actor.subject_id})
            locked = spaces_lock(target)[target]
            reservation = reservation_lock(actor, reservation_id)
            _allowed(actor, reservation, states, expected_version, now)
            _judge(verb, actor, reservation, locked, wish, now)
            return _write(verb, actor, reservation, locked.space, wish, now)
    except SlotTaken:
        found = alternatives_find(
            actor=actor, space_id=target, wish=wish, now=now, excluding=reservation_id
        )
        raise SlotTaken(found) from None


def _allowed(
    actor: User,
    reservation: Reservation,
    states: tuple[str, ...],
    expected_version: int | None,
    now: datetime,
) -> None:
    if not may_change(actor, reservation):
        raise NotFound(_("There is no such reservation."))
    version_check(reservation, expected_version)
    overdue = reservation.expires_at is not None and reservation.expires_at <= now
    if reservation.state not in states or reservation.ends_at <= now or overdue:
        raise WrongState(_("This reservation can no longer be changed."))


def _judge(
    verb: str,
    actor: User,
    reservation: Reservation,
    locked: Locked,
    wish: Wish,
    now: datetime,
) -> None:
    space = locked.space
    keeps_start = wish.starts_at == reservation.starts_at
    overdue_expire(
        parts=list(locked.parts),
        starts=wish.starts_at,
        ends=wish.ends_at + timedelta(minutes=space.turnover_minutes),
        holder_id=reservation.holder_id,
        now=now,
        keep=reservation.id,
    )
    facts = facts_gather(
        space,
        wish,
        actor=actor,
        holder_id=reservation.holder_id,
        now=now,
        excluding=reservation.id,
        keeps_start=keeps_start,
    )
    broken = rules.rules_broken(space, wish, facts)
    if reservation.starts_at <= now and not keeps_start:
        broken.append(Broken("already_started", _("It has begun; only its end can be changed.")))
    if verb == "extended" and space.approval_required and not actor.may("reservations.approve"):
        detail = _("A longer time here needs approval; ask for it by moving the reservation.")
        broken.append(Broken("needs_approval", detail, "ends_at"))
    if broken:
        raise RulesBroken(broken + taken_rule(locked, wish, excluding=reservation.id))


def _write(
    verb: str, actor: User, reservation: Reservation, space: Space, wish: Wish, now: datetime
) -> Reservation:
    old_space, old_state = reservation.space, reservation.state
    old = (reservation.starts_at, reservation.ends_at)
    reservation.space = space
    reservation.starts_at, reservation.ends_at = wish.starts_at, wish.ends_at
    reservation.turnover_minutes = space.turnover_minutes
    reservation.cancel_free_until = cancel_free_until(space, wish.starts_at)
    for column, value in price_columns(quote_for(space, wish)).items():
        setattr(reservation, column, value)
    reservation.state = _state_after(actor, reservation, old_state, verb)
    if reservation.state == Reservation.State.PENDING:
        reservation.expires_at = expires_at(reservation.state, wish.starts_at, now)
    reservation.version += 1
    reservation.calendar_sequence += 1
    save_or_taken(reservation, _WRITTEN)
    event_add(
        reservation,
        verb,
        actor=actor,
        now=now,
        from_state=old_state,
        changes=_changes(old_space, old, reservation),
    )
    _tell(reservation, old_state)
    touched = {old_space.location_id: days_of(old_space, old)}
    new_days = days_of(space, (wish.starts_at, wish.ends_at))
    touched[space.location_id] = touched.get(space.location_id, set()) | new_days
    for location_id in sorted(touched):
        grid_touch(location_id, touched[location_id])
    return reservation


_WRITTEN = [
    "space", "starts_at", "ends_at", "turnover_minutes", "cancel_free_until", "price_amount",
    "price_tax", "price_currency", "price_lines", "state", "expires_at", "version",
    "calendar_sequence",
]  # fmt: skip


def _state_after(actor: User, reservation: Reservation, state: str, verb: str) -> str:
    """Another time in a space that needs approval has to be approved anew."""
    again = reservation.space.approval_required and not actor.may("reservations.approve")
    if verb == "moved" and again and state == Reservation.State.CONFIRMED:
        return Reservation.State.PENDING
    return state


def _changes(
    old_space: Space, old: tuple[datetime, datetime], reservation: Reservation
) -> dict[str, Any]:
    pairs: dict[str, list[Any]] = {
        "space": [old_space.id, reservation.space_id],
        "starts_at": [old[0], reservation.starts_at],
        "ends_at": [old[1], reservation.ends_at],
    }
    return {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}


def _tell(reservation: Reservation, old_state: str) -> None:
    if reservation.state == Reservation.State.PENDING:
        booking_tell(reservation)
    elif old_state != Reservation.State.HELD:
        outbox_put(
            template="reservation_changed",
            recipient=reservation.holder_id,
            contact=reservation.contact_id,
            data={"reservation": str(reservation.id), "version": reservation.version},
        )
        guests_tell(reservation, "guest_changed")
