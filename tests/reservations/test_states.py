"""Holds, approvals, cancelling, checking in, ending early, and what time does by itself."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from privacy import clock
from privacy.errors import NotAllowed, NotFound
from privacy.models import OutboxMessage
from reservations import services
from reservations.errors import RulesBroken, SlotTaken, WrongState
from reservations.models import Occupancy, Reservation, ReservationEvent
from reservations.services.booking import BookingWish
from tests.cast import Cast, at


def book(cast: Cast, who: str = "alice", start: int = 10, end: int = 11, **more: Any):
    """A reservation tomorrow in the cast's room."""
    hold = more.pop("hold", False)
    wish = BookingWish(space_id=cast.room.id, starts_at=at(start), ends_at=at(end), **more)
    return services.reservation_book(actor=getattr(cast, who), wish=wish, hold=hold)


@pytest.fixture
def moved_clock(monkeypatch: pytest.MonkeyPatch):
    """Sets the time that services see."""

    def move(instant: datetime) -> None:
        monkeypatch.setattr("privacy.clock.now", lambda: instant)

    return move


def templates() -> list[str]:
    """What was put in the outbox, in order."""
    return list(OutboxMessage.objects.order_by("created_at").values_list("template", flat=True))


def test_hold_blocks_others_and_becomes_a_booking(cast: Cast) -> None:
    held = book(cast, hold=True)
    assert (held.state, templates()) == ("held", [])
    with pytest.raises(SlotTaken):
        book(cast, "charlie")

    confirmed = services.reservation_confirm(actor=cast.alice, reservation_id=held.id)

    assert (confirmed.state, confirmed.expires_at) == ("confirmed", None)
    assert templates() == ["reservation_confirmed"]


def test_expired_hold_blocks_nobody_swept_or_not(cast: Cast, moved_clock: Any) -> None:
    held = book(cast, hold=True)
    moved_clock(timezone.now() + timedelta(minutes=9))

    taken_over = book(cast, "charlie")

    assert taken_over.state == "confirmed"
    held.refresh_from_db()
    assert (held.state, held.version) == ("expired", 2)
    event = ReservationEvent.objects.get(reservation=held, verb="expired")
    assert (event.from_state, event.actor_id) == ("held", None)
    with pytest.raises(RulesBroken):
        services.reservation_confirm(actor=cast.alice, reservation_id=held.id)


def test_own_hold_is_taken_over_by_the_booking(cast: Cast) -> None:
    held = book(cast, hold=True)

    booked = book(cast)

    held.refresh_from_db()
    assert (held.state, booked.state) == ("expired", "confirmed")


def test_sweep_expires_pending_and_tells(cast: Cast) -> None:
    cast.room.approval_required = True
    cast.room.save()
    pending = book(cast)
    assert (pending.state, templates()) == ("pending", ["approval_requested"])

    assert services.reservations_expire_due(now=clock.now() + timedelta(hours=25)) == 1
    assert services.reservations_expire_due(now=clock.now() + timedelta(hours=25)) == 0

    pending.refresh_from_db()
    assert pending.state == "expired"
    assert templates() == ["approval_requested", "reservation_expired"]
    assert not Occupancy.objects.exists()


def test_pending_expires_at_its_start_when_that_is_sooner(cast: Cast) -> None:
    cast.room.approval_required = True
    cast.room.save()
    start = at(10) if at(10) - timezone.now() < timedelta(hours=24) else at(10, days=0)
    pending = book(cast)

    assert pending.expires_at is not None
    assert pending.expires_at <= max(start, timezone.now() + timedelta(hours=24))


def test_only_space_managers_decide(cast: Cast) -> None:
    cast.room.approval_required = True
    cast.room.save()
    pending = book(cast)

    with pytest.raises(NotAllowed):
        services.reservation_approve(actor=cast.dewi, reservation_id=pending.id)
    with pytest.raises(NotFound):
        services.reservation_approve(actor=cast.charlie, reservation_id=pending.id)
    approved = services.reservation_approve(actor=cast.eka, reservation_id=pending.id)

    assert (approved.state, approved.expires_at) == ("confirmed", None)
    assert templates()[-1] == "reservation_confirmed"


def test_decline_frees_the_time(cast: Cast) -> None:
    cast.room.approval_required = True
    cast.room.save()
    pending = book(cast)

    services.reservation_decline(actor=cast.eka, reservation_id=pending.id)

    assert not Occupancy.objects.exists()
    assert templates()[-1] == "reservation_declined"
    assert book(cast, "charlie").state == "pending"


def test_cancel_frees_and_says_whether_it_was_late(cast: Cast, moved_clock: Any) -> None:
    first, second = book(cast), book(cast, start=12, end=13)

    services.reservation_cancel(actor=cast.alice, reservation_id=first.id)
    moved_clock(at(11, 30))
    services.reservation_cancel(actor=cast.alice, reservation_id=second.id)

    late = [
        e.changes["late"] for e in ReservationEvent.objects.filter(verb="cancelled").order_by("at")
    ]
    assert late == [False, True]
    assert not Occupancy.objects.exists()
    with pytest.raises(WrongState):
        services.reservation_cancel(actor=cast.alice, reservation_id=first.id)


def test_check_in_and_end_early_keep_the_turnover(cast: Cast, moved_clock: Any) -> None:
    cast.room.turnover_minutes = 30
    cast.room.save()
    made = book(cast, start=10, end=12)
    with pytest.raises(WrongState):
        services.reservation_check_in(actor=cast.alice, reservation_id=made.id)

    moved_clock(at(9, 50))
    services.reservation_check_in(actor=cast.dewi, reservation_id=made.id)
    moved_clock(at(10, 29))
    ended = services.reservation_end_early(actor=cast.alice, reservation_id=made.id)

    assert (ended.state, ended.ends_at) == ("checked_in", at(10, 30))
    assert Occupancy.objects.get().period.upper == at(11)
    assert services.reservations_complete_due(now=at(10, 45)) == 0
    assert services.reservations_complete_due(now=at(11)) == 1
    assert Reservation.objects.get().state == "completed"


def test_running_reservation_is_ended_not_cancelled(cast: Cast, moved_clock: Any) -> None:
    made = book(cast)
    moved_clock(at(10, 20))

    with pytest.raises(RulesBroken) as refused:
        services.reservation_cancel(actor=cast.alice, reservation_id=made.id)

    assert [rule.code for rule in refused.value.broken] == ["already_started"]


def test_quota_counts_upcoming_reservations(cast: Cast) -> None:
    cast.place.max_open_reservations = 1
    cast.place.save()
    book(cast)

    with pytest.raises(RulesBroken) as refused:
        book(cast, start=14, end=15)

    assert [rule.code for rule in refused.value.broken] == ["quota_used"]


def test_members_only_space_refuses_an_outsider(cast: Cast) -> None:
    cast.room.access = "organisations"
    cast.room.save()
    cast.room.organisations.add(cast.lontar)

    with pytest.raises(RulesBroken) as refused:
        book(cast, "charlie")
    assert [rule.code for rule in refused.value.broken] == ["not_allowed"]
    assert book(cast, "bob").state == "confirmed"
