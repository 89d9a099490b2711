"""Book or hold a space: the act that must never succeed twice for the same time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.idempotency import Repeat, idempotency_begin
from accounts.models import Membership, User
from accounts.rules import line_clean
from billing.quotes import Quote, quote_compute
from billing.selectors import price_bases
from privacy import clock
from privacy.errors import Broken
from privacy.ids import uuid7
from privacy.outbox import outbox_put
from privacy.rows import row_insert
from privacy.services import subjects_lock
from reservations import rules
from reservations.errors import Malformed, RulesBroken, SlotTaken
from reservations.models import Occupancy, Reservation, Space
from reservations.rules import Wish
from reservations.selectors.alternatives import alternatives_find
from reservations.selectors.reservations import reservation_get, version_check
from reservations.services.events import event_add
from reservations.services.expiry import overdue_expire
from reservations.services.facts import facts_gather
from reservations.services.guests import GuestWish, guests_add, guests_check, guests_tell
from reservations.services.locks import (
    Locked,
    act,
    days_of,
    grid_touch,
    is_taken,
    reservation_lock,
    spaces_lock,
)

LONGEST = timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class BookingWish:
    """What a person asks for. Instants are aware; `people` None means not said."""

    space_id: UUID
    starts_at: datetime
    ends_at: datetime
    title: str = ""
    people: int | None = None
    guests: Sequence[GuestWish] = ()
    organisation_id: UUID | None = None

    @property
    def wish(self) -> Wish:
        """The part the rules judge."""
        return Wish(self.starts_at, self.ends_at, self.people)


def reservation_book(
    *,
    actor: User,
    wish: BookingWish,
    hold: bool = False,
    holder: "Holder | Callable[[], Holder] | None" = None,
    repeat: Repeat | None = None,
) -> Reservation:
    """Book (or, with `hold`, keep for some minutes) a space; returns the new reservation.

    `holder` is the person it is for when staff book for somebody else; a function makes
    that person inside this transaction, so that a refusal leaves nobody behind. `repeat` is the
    Idempotency-Key's record: a repeated call returns the first result.
    Raises RulesBroken with every broken rule, SlotTaken with alternatives, NotFound.
    """
    period_check(wish.starts_at, wish.ends_at)
    now = clock.now()
    new_id = uuid7()
    try:
        with act():
            first = idempotency_begin(actor=actor, repeat=repeat, resource=new_id)
            if first is not None:
                return reservation_get(actor=actor, reservation_id=first)
            for_whom = holder() if callable(holder) else holder or Holder(actor.subject_id)
            reservation = _book(actor, wish, hold, for_whom, now, new_id)
            grid_touch(
                reservation.space.location_id,
                days_of(reservation.space, (wish.starts_at, wish.ends_at)),
            )
    except SlotTaken:
        raise _taken(actor, wish, now) from None
    return reservation


@dataclass(frozen=True)
class Holder:
    """Whose reservation it is; `contact_id` reaches a person without an account."""

    subject_id: UUID
    contact_id: UUID | None = None


def _book(
    actor: User, wish: BookingWish, hold: bool, holder: Holder, now: datetime, new_id: UUID
) -> Reservation:
    guests = guests_check(actor, wish.guests)
    subjects_lock({holder.subject_id, actor.subject_id, *(guest.subject_id for guest in guests)})
    locked = spaces_lock(wish.space_id)[wish.space_id]
    space = locked.space
    occupied_until = wish.ends_at + timedelta(minutes=space.turnover_minutes)
    overdue_expire(
        parts=list(locked.parts),
        starts=wish.starts_at,
        ends=occupied_until,
        holder_id=holder.subject_id,
        now=now,
    )
    _check(actor, wish, locked, holder, now)
    quote = quote_for(space, wish.wish)
    state = _first_state(space, actor, hold)
    reservation = Reservation(
        id=new_id,
        space=space,
        holder_id=holder.subject_id,
        contact_id=holder.contact_id,
        organisation_id=wish.organisation_id,
        created_by_id=actor.subject_id,
        state=state,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        turnover_minutes=space.turnover_minutes,
        title=line_clean(wish.title, field="title"),
        people=wish.people,
        expires_at=expires_at(state, wish.starts_at, now),
        cancel_free_until=cancel_free_until(space, wish.starts_at),
        **price_columns(quote),
    )
    save_or_taken(reservation)
    event_add(reservation, "held" if hold else "booked", actor=actor, now=now)
    guests_add(reservation, guests, tell=state == Reservation.State.CONFIRMED)
    booking_tell(reservation)
    return reservation


def reservation_confirm(
    *,
    actor: User,
    reservation_id: UUID,
    title: str | None = None,
    expected_version: int | None = None,
) -> Reservation:
    """Turn one's own hold into a booking (pending where approval is needed)."""
    now = clock.now()
    with act():
        subjects_lock({actor.subject_id})
        reservation = reservation_lock(actor, reservation_id)
        version_check(reservation, expected_version)
        if reservation.holder_id != actor.subject_id or reservation.state != "held":
            raise RulesBroken([Broken("wrong_state", _("This is not a hold of yours."))])
        if reservation.expires_at is not None and reservation.expires_at <= now:
            raise RulesBroken([Broken("hold_expired", _("The hold has run out; book it again."))])
        reservation.state = _first_state(reservation.space, actor, hold=False)
        reservation.expires_at = expires_at(reservation.state, reservation.starts_at, now)
        if title is not None:
            reservation.title = line_clean(title, field="title")
        reservation.version += 1
        reservation.save(update_fields=["state", "expires_at", "title", "version"])
        event_add(reservation, "booked", actor=actor, now=now, from_state="held")
        booking_tell(reservation)
        if reservation.state == Reservation.State.CONFIRMED:
            guests_tell(reservation, "guest_invited")
        grid_touch(
            reservation.space.location_id,
            days_of(reservation.space, (reservation.starts_at, reservation.ends_at)),
        )
    return reservation


def period_check(starts: datetime, ends: datetime) -> None:
    """Refuse what is no period at all: naive, reversed, empty or beyond any calendar."""
    if starts.tzinfo is None or ends.tzinfo is None:
        raise Malformed(_("A time needs its offset, e.g. 2026-11-25T14:00:00+07:00."))
    if not 2000 <= starts.year <= 9000 or not 2000 <= ends.year <= 9000:
        raise Malformed(_("This date is outside any calendar we keep."))
    if ends <= starts:
        raise Malformed(_("The end must come after the start."))
    if ends - starts > LONGEST:
        raise Malformed(_("This is longer than any reservation can be."))


def quote_for(space: Space, wish: Wish) -> Quote:
    """The price of a wish, by the tariff and tax of the local day it starts on."""
    day = wish.starts_at.astimezone(ZoneInfo(space.location.time_zone)).date()
    basis = price_bases([space.rate_plan_id], day).get(space.rate_plan_id)
    if basis is None:
        raise RulesBroken([Broken("no_price", _("This space has no price for that day."))])
    return quote_compute(basis, wish.minutes)


def price_columns(quote: Quote) -> dict[str, object]:
    """The quote as the reservation stores it."""
    return {
        "price_amount": quote.total,
        "price_tax": quote.tax,
        "price_currency": quote.currency,
        "price_lines": quote.as_json(),
    }


def expires_at(state: str, starts: datetime, now: datetime) -> datetime | None:
    """When a hold or pending ends by itself: pending at 24 h or its start, the earlier."""
    if state == Reservation.State.HELD:
        return now + timedelta(minutes=rules.HOLD_MINUTES)
    if state == Reservation.State.PENDING:
        # One that starts at once still needs a moment for somebody to look at it.
        return max(
            min(now + timedelta(hours=rules.PENDING_HOURS), starts), now + timedelta(minutes=15)
        )
    return None


def cancel_free_until(space: Space, starts: datetime) -> datetime:
    """The last instant at which cancelling costs nothing."""
    return starts - timedelta(minutes=space.cancel_free_minutes)


def save_or_taken(reservation: Reservation, update_fields: list[str] | None = None) -> None:
    """Write the row; the exclusion constraint's refusal becomes SlotTaken."""
    try:
        if update_fields is None:
            row_insert(reservation)
        else:
            reservation.save(update_fields=update_fields)
    except IntegrityError as error:
        if is_taken(error):
            raise SlotTaken from error
        raise


def booking_tell(reservation: Reservation) -> None:
    """Queue the message of a new booking: confirmed, or waiting for approval."""
    data: dict[str, str | int] = {
        "reservation": str(reservation.id),
        "version": reservation.version,
    }
    if reservation.state == Reservation.State.CONFIRMED:
        outbox_put(
            template="reservation_confirmed",
            recipient=reservation.holder_id,
            contact=reservation.contact_id,
            data=data,
        )
    elif reservation.state == Reservation.State.PENDING:
        managers = User.objects.filter(
            roles__contains=["space_manager"], is_active=True
        ).values_list("subject_id", flat=True)
        for manager in managers:
            outbox_put(template="approval_requested", recipient=manager, data=data)


def _first_state(space: Space, actor: User, hold: bool) -> str:
    if hold:
        return Reservation.State.HELD
    if space.approval_required and not actor.may("reservations.approve"):
        return Reservation.State.PENDING
    return Reservation.State.CONFIRMED


def _check(actor: User, wish: BookingWish, locked: Locked, holder: Holder, now: datetime) -> None:
    facts = facts_gather(locked.space, wish.wish, actor=actor, holder_id=holder.subject_id, now=now)
    broken = rules.rules_broken(locked.space, wish.wish, facts)
    if wish.organisation_id:
        broken += _organisation_broken(actor, wish.organisation_id)
    if broken:
        raise RulesBroken(broken + taken_rule(locked, wish.wish))


def taken_rule(locked: Locked, wish: Wish, *, excluding: UUID | None = None) -> list[Broken]:
    """`taken` beside other broken rules, so that every one is reported at once."""
    ends = wish.ends_at + timedelta(minutes=locked.space.turnover_minutes)
    found = Occupancy.objects.filter(part__in=locked.parts, period__overlap=(wish.starts_at, ends))
    taken = any(row != excluding for row in found.values_list("reservation_id", flat=True)[:2])
    return [Broken("taken", _("This time is taken."), "starts_at")] if taken else []


def _organisation_broken(actor: User, organisation_id: UUID) -> list[Broken]:
    """Why the actor may not book in the organisation's name: no member, or it has no contract."""
    places = Membership.objects.filter(user=actor, organisation=organisation_id)
    terms = places.values_list("organisation__terms_version", flat=True).first()
    if terms is None:
        return [Broken("not_allowed", _("You are not a member there."), "organisation")]
    if not terms:
        detail = _("The organisation has no contract yet: an owner accepts the terms first.")
        return [Broken("no_contract", detail, "organisation")]
    return []


def _taken(actor: User, wish: BookingWish, now: datetime) -> SlotTaken:
    """The conflict with its ways out, computed after the rollback, outside any lock."""
    return SlotTaken(
        alternatives_find(actor=actor, space_id=wish.space_id, wish=wish.wish, now=now)
    )
