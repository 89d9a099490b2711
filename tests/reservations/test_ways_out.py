"""What is refused comes with ways out and sentences; what is due waits for a late scheduler."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from privacy import clock
from privacy.models import OutboxMessage
from reservations import services
from reservations.errors import RulesBroken, SlotTaken
from reservations.models import Reservation, ReservationEvent
from reservations.selectors.alternatives import Alternative
from reservations.services import BookingWish, reservation_book
from reservations.services.reminders import reminders_put
from tests.cast import Cast, at, space

pytestmark = pytest.mark.django_db


def ways_of(cast: Cast, start: int, end: int) -> list[Alternative]:
    """The alternatives when Charlie wants the room then."""
    wish = BookingWish(space_id=cast.room.id, starts_at=at(start), ends_at=at(end))
    with pytest.raises(SlotTaken) as refused:
        reservation_book(actor=cast.charlie, wish=wish)
    return list(refused.value.alternatives)


def taken(cast: Cast, start: int, end: int) -> Reservation:
    """Alice has the room then."""
    wish = BookingWish(space_id=cast.room.id, starts_at=at(start), ends_at=at(end))
    return reservation_book(actor=cast.alice, wish=wish)


def test_ways_out_are_of_every_kind_and_each_can_be_booked(cast: Cast) -> None:
    for number in range(6):
        space(cast.place, f"Cendana {number}", floor=cast.floor)
    taken(cast, 11, 12)

    ways = ways_of(cast, 10, 12)

    assert len(ways) == 5
    assert {way.how for way in ways} == {"other_time", "shorter", "other_space"}
    [shorter] = [way for way in ways if way.how == "shorter"]
    assert (shorter.starts_at, shorter.ends_at) == (at(10), at(11))
    moved = {abs(way.starts_at - at(10)) for way in ways if way.how == "other_time"}
    assert moved == {timedelta(hours=1), timedelta(hours=2)}
    for way in ways:
        before = transaction.savepoint()
        wish = BookingWish(space_id=way.space.id, starts_at=way.starts_at, ends_at=way.ends_at)
        made = reservation_book(actor=cast.charlie, wish=wish)
        assert made.price_amount == way.quote.total
        transaction.savepoint_rollback(before)


def test_other_times_are_at_most_three_hours_away(cast: Cast) -> None:
    taken(cast, 8, 15)
    assert [way.how for way in ways_of(cast, 11, 12)] == []
    # Three hours after 12.00 it is free.
    near = ways_of(cast, 12, 13)
    assert [(way.how, way.starts_at) for way in near] == [("other_time", at(15))]


def test_every_broken_rule_has_a_sentence_in_both_languages(cast: Cast) -> None:
    cast.room.access, cast.room.max_minutes = "organisations", 60
    cast.room.save()
    cast.place.opening_hours = [[[480, 1080]]] * 7
    cast.place.max_open_reservations = 0
    cast.place.save()
    wish = BookingWish(
        space_id=cast.room.id, starts_at=at(19, 1, days=300), ends_at=at(21, days=300), people=90
    )
    said: dict[str, list[tuple[str, str]]] = {}
    for language in ("id", "en"):
        with translation.override(language), pytest.raises(RulesBroken) as refused:
            reservation_book(actor=cast.charlie, wish=wish)
        said[language] = [(rule.code, rule.detail) for rule in refused.value.broken]

    assert [code for code, _detail in said["id"]] == [code for code, _detail in said["en"]]
    assert {code for code, _detail in said["en"]} == {
        "not_allowed", "over_capacity", "quota_used", "too_long", "off_step", "too_far_ahead",
        "outside_hours",
    }  # fmt: skip
    for (code, indonesian), (_code, english) in zip(said["id"], said["en"], strict=True):
        assert indonesian != english, code


def test_sweeps_that_rested_three_days_do_their_work_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved = space(cast.place, "Ulin", approval_required=True)
    period: dict[str, Any] = {"starts_at": at(10, days=2), "ends_at": at(11, days=2)}
    stood = reservation_book(actor=cast.alice, wish=BookingWish(space_id=cast.room.id, **period))
    asked = reservation_book(actor=cast.bob, wish=BookingWish(space_id=approved.id, **period))
    other = space(cast.place, "Jati")
    held = reservation_book(
        actor=cast.bob, wish=BookingWish(space_id=other.id, **period), hold=True
    )
    told = OutboxMessage.objects.count()
    later = clock.now() + timedelta(days=4)
    monkeypatch.setattr(clock, "now", lambda: later)

    for _run in range(2):
        services.reservations_expire_due(now=later)
        services.reservations_complete_due(now=later)
        reminders_put(now=later)

    states = dict(Reservation.objects.values_list("id", "state"))
    assert states == {stood.id: "completed", asked.id: "expired", held.id: "expired"}
    events = ReservationEvent.objects.filter(verb__in=["expired", "completed"])
    assert sorted(events.values_list("reservation_id", flat=True)) == sorted(states)
    # Bob learns that nobody answered him; a reminder of the past is sent to nobody.
    new = OutboxMessage.objects.order_by("created_at")[told:]
    assert [message.template for message in new] == ["reservation_expired"]
