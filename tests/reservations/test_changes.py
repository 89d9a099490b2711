"""Moving and extending: atomic, judged by the same rules, told to whom it concerns."""

import pytest

from privacy.errors import NotFound, Stale
from privacy.models import OutboxMessage
from reservations.errors import RulesBroken, SlotTaken, WrongState
from reservations.models import Occupancy, Reservation, ReservationEvent
from reservations.services import reservation_book, reservation_extend, reservation_move
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, space


def book(cast: Cast, who: str = "alice", start: int = 10, end: int = 11, **more: object):
    """A reservation tomorrow in the cast's room."""
    more.setdefault("space_id", cast.room.id)
    wish = BookingWish(starts_at=at(start), ends_at=at(end), **more)
    return reservation_book(actor=getattr(cast, who), wish=wish)


def test_move_takes_the_new_time_and_frees_the_old(cast: Cast) -> None:
    made = book(cast)

    moved = reservation_move(
        actor=cast.alice, reservation_id=made.id, starts_at=at(14), ends_at=at(16)
    )

    assert (moved.starts_at, moved.version, moved.calendar_sequence) == (at(14), 2, 1)
    assert moved.price_amount == 333_000
    assert Occupancy.objects.get().period.lower == at(14)
    event = ReservationEvent.objects.get(verb="moved")
    assert event.changes["starts_at"] == [at(10).isoformat(), at(14).isoformat()]
    assert OutboxMessage.objects.filter(template="reservation_changed").count() == 1
    book(cast, "charlie", 10, 11)


def test_move_refused_keeps_the_old_time(cast: Cast) -> None:
    made = book(cast)
    book(cast, "charlie", 14, 16)

    with pytest.raises(SlotTaken) as refused:
        reservation_move(actor=cast.alice, reservation_id=made.id, starts_at=at(15), ends_at=at(17))

    assert refused.value.alternatives
    kept = Reservation.objects.get(id=made.id)
    assert (kept.starts_at, kept.version) == (at(10), 1)
    assert Occupancy.objects.filter(reservation=made, period__startswith=at(10)).exists()


def test_move_onto_its_own_time_is_no_conflict(cast: Cast) -> None:
    made = book(cast, start=10, end=12)

    moved = reservation_move(
        actor=cast.alice, reservation_id=made.id, starts_at=at(11), ends_at=at(13)
    )

    assert (moved.starts_at, moved.ends_at) == (at(11), at(13))


def test_move_to_another_space(cast: Cast) -> None:
    twin = space(cast.place, "Cendana")
    made = book(cast)

    reservation_move(
        actor=cast.alice,
        reservation_id=made.id,
        space_id=twin.id,
        starts_at=at(10),
        ends_at=at(11),
    )

    assert Occupancy.objects.get().part_id == twin.id


def test_second_editor_gets_the_difference(cast: Cast) -> None:
    made = book(cast)
    reservation_move(actor=cast.alice, reservation_id=made.id, starts_at=at(14), ends_at=at(15))

    with pytest.raises(Stale) as refused:
        reservation_move(
            actor=cast.eka,
            reservation_id=made.id,
            starts_at=at(16),
            ends_at=at(17),
            expected_version=1,
        )

    assert refused.value.extra["difference"]["starts_at"] == [
        at(10).isoformat(), at(14).isoformat(),
    ]  # fmt: skip


def test_outsider_finds_nothing_and_member_may_only_look(cast: Cast) -> None:
    made = book(cast, organisation_id=cast.lontar.id)

    for outsider in (cast.charlie, cast.bob):
        with pytest.raises(NotFound):
            reservation_move(
                actor=outsider, reservation_id=made.id, starts_at=at(14), ends_at=at(15)
            )


def test_owner_of_the_organisation_may_move_a_members(cast: Cast) -> None:
    made = book(cast, "bob", organisation_id=cast.lontar.id)

    moved = reservation_move(
        actor=cast.alice, reservation_id=made.id, starts_at=at(14), ends_at=at(15)
    )

    assert moved.starts_at == at(14)


def test_booking_for_a_foreign_organisation_is_refused(cast: Cast) -> None:
    with pytest.raises(RulesBroken) as refused:
        book(cast, "charlie", organisation_id=cast.lontar.id)

    assert [rule.code for rule in refused.value.broken] == ["not_allowed"]


def test_extend_until_the_next_person(cast: Cast) -> None:
    made = book(cast)
    book(cast, "charlie", 13, 14)

    assert reservation_extend(
        actor=cast.alice, reservation_id=made.id, ends_at=at(13)
    ).ends_at == at(13)
    with pytest.raises(SlotTaken):
        reservation_extend(actor=cast.alice, reservation_id=made.id, ends_at=at(14))
    with pytest.raises(RulesBroken):
        reservation_extend(actor=cast.alice, reservation_id=made.id, ends_at=at(12))


def test_extend_needs_approval_where_booking_does(cast: Cast) -> None:
    made = book(cast)
    cast.room.approval_required = True
    cast.room.save()

    with pytest.raises(RulesBroken) as refused:
        reservation_extend(actor=cast.alice, reservation_id=made.id, ends_at=at(12))

    assert [rule.code for rule in refused.value.broken] == ["needs_approval"]


def test_cancelled_cannot_be_moved(cast: Cast) -> None:
    made = book(cast)
    Reservation.objects.filter(id=made.id).update(state="cancelled")

    with pytest.raises(WrongState):
        reservation_move(actor=cast.alice, reservation_id=made.id, starts_at=at(14), ends_at=at(15))
