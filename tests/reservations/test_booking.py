"""Booking: one winner, every broken rule named, ways out of a conflict."""

import pytest

from privacy.models import OutboxMessage
from reservations.errors import RulesBroken, SlotTaken
from reservations.models import Occupancy, Reservation, ReservationEvent
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, space


def wish(cast: Cast, start: int = 10, end: int = 11, **more: object) -> BookingWish:
    """Tomorrow, in the cast's room."""
    more.setdefault("space_id", cast.room.id)
    return BookingWish(starts_at=at(start), ends_at=at(end), **more)


def test_booking_confirms_records_and_tells(cast: Cast) -> None:
    made = reservation_book(actor=cast.alice, wish=wish(cast, title="Tinjauan <b>"))

    stored = Reservation.objects.get(id=made.id)
    assert (stored.state, stored.title) == ("confirmed", "Tinjauan <b>")
    assert (stored.price_amount, stored.price_tax) == (166_500, 16_500)
    event = ReservationEvent.objects.get(reservation=made)
    assert (event.verb, event.to_state, event.actor_id) == (
        "booked", "confirmed", cast.alice.subject_id,
    )  # fmt: skip
    message = OutboxMessage.objects.get()
    assert (message.template, message.recipient_id) == (
        "reservation_confirmed", cast.alice.subject_id,
    )  # fmt: skip
    taken = Occupancy.objects.get()
    assert (taken.part_id, taken.period.lower, taken.period.upper) == (
        cast.room.id, at(10), at(11),
    )  # fmt: skip


def test_booking_refuses_an_overlap_with_alternatives(cast: Cast) -> None:
    twin = space(cast.place, "Cendana", floor=cast.floor)
    reservation_book(actor=cast.alice, wish=wish(cast, 10, 12))

    with pytest.raises(SlotTaken) as refused:
        reservation_book(actor=cast.charlie, wish=wish(cast, 11, 13))

    ways = {(a.how, a.space.id, a.starts_at, a.ends_at) for a in refused.value.alternatives}
    assert ("other_space", twin.id, at(11), at(13)) in ways
    assert ("other_time", cast.room.id, at(12), at(14)) in ways
    assert len(refused.value.alternatives) <= 5
    assert Reservation.objects.count() == 1


def test_booking_next_to_each_other_both_stand(cast: Cast) -> None:
    reservation_book(actor=cast.alice, wish=wish(cast, 10, 11))
    reservation_book(actor=cast.charlie, wish=wish(cast, 11, 12))

    assert Reservation.objects.filter(state="confirmed").count() == 2


def test_booking_reports_every_broken_rule(cast: Cast) -> None:
    cast.place.opening_hours = [[[480, 1200]]] * 7
    cast.place.save()
    reservation_book(actor=cast.alice, wish=wish(cast, 18, 20))

    with pytest.raises(RulesBroken) as refused:
        reservation_book(actor=cast.charlie, wish=wish(cast, 9, 23, people=20))

    assert {rule.code for rule in refused.value.broken} == {
        "over_capacity", "too_long", "outside_hours", "taken",
    }  # fmt: skip


def test_whole_and_parts_exclude_each_other(cast: Cast) -> None:
    hall = space(cast.place, "Balai", kind="event_hall", capacity=80)
    west = space(cast.place, "Balai Barat", kind="event_hall", capacity=40, whole=hall)
    east = space(cast.place, "Balai Timur", kind="event_hall", capacity=40, whole=hall)
    reservation_book(actor=cast.alice, wish=wish(cast, 10, 12, space_id=west.id))

    with pytest.raises(SlotTaken):
        reservation_book(actor=cast.charlie, wish=wish(cast, 11, 13, space_id=hall.id))
    reservation_book(actor=cast.charlie, wish=wish(cast, 10, 12, space_id=east.id))
    whole = reservation_book(actor=cast.alice, wish=wish(cast, 14, 15, space_id=hall.id))

    parts = Occupancy.objects.filter(reservation=whole).values_list("part_id", flat=True)
    assert set(parts) == {west.id, east.id}
    with pytest.raises(SlotTaken):
        reservation_book(actor=cast.bob, wish=wish(cast, 14, 15, space_id=east.id))
