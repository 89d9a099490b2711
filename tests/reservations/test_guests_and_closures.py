"""Guests are people too; closures repeat on the wall clock and take the bookings' locks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from privacy.errors import NotAllowed, NotFound
from privacy.models import Contact, OutboxMessage, Subject
from privacy.services import SubjectGone
from reservations import services
from reservations.errors import RulesBroken
from reservations.models import Closure, ClosurePeriod, GridRevision, Guest
from reservations.services import BookingWish, GuestWish
from reservations.services.closures import ClosureWish, closure_preview, occurrences
from tests.cast import Cast, at

RINA = GuestWish("Rina@Example.com", "Rina")


def book(cast: Cast, who: str = "alice", **more: Any) -> Any:
    """Tomorrow at ten in the cast's room."""
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11), **more)
    return services.reservation_book(actor=getattr(cast, who), wish=wish)


def told() -> list[tuple[str, Any]]:
    """(template, recipient) of the guests' messages."""
    return list(
        OutboxMessage.objects.filter(template__startswith="guest_").values_list(
            "template", "recipient_id"
        )
    )


def test_guest_is_a_subject_and_invited_once(cast: Cast) -> None:
    made = book(cast, guests=[RINA, GuestWish("rina@example.com")])

    contact = Contact.objects.get()
    assert (contact.email, contact.given_by_id) == ("rina@example.com", cast.alice.subject_id)
    assert told() == [("guest_invited", contact.subject_id)]
    services.guest_invite(actor=cast.alice, reservation_id=made.id, guests=[RINA])
    assert Guest.objects.count() == 1
    assert len(told()) == 1


def test_same_person_of_two_givers_is_one_subject_with_two_names(cast: Cast) -> None:
    book(cast, guests=[RINA])
    other = BookingWish(
        space_id=cast.room.id,
        starts_at=at(12),
        ends_at=at(13),
        guests=[GuestWish("rina@example.com", "Ibu Rina")],
    )
    services.reservation_book(actor=cast.charlie, wish=other)

    assert sorted(Contact.objects.values_list("name", flat=True)) == ["Ibu Rina", "Rina"]
    assert Contact.objects.values("subject").distinct().count() == 1


def test_removed_guest_is_told_and_may_return(cast: Cast) -> None:
    made = book(cast, guests=[RINA])
    guest = Guest.objects.get()

    services.guest_remove(actor=cast.alice, reservation_id=made.id, guest_id=guest.id)
    with pytest.raises(NotFound):
        services.guest_remove(actor=cast.alice, reservation_id=made.id, guest_id=guest.id)
    services.guest_invite(actor=cast.alice, reservation_id=made.id, guests=[RINA])

    assert [template for template, _who in told()] == [
        "guest_invited", "guest_cancelled", "guest_invited",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("guests", "code"),
    [
        ([GuestWish("no address")], "bad_address"),
        ([GuestWish(f"g{n}@example.com") for n in range(201)], "too_many_guests"),
    ],
)
def test_impossible_guests_are_refused(cast: Cast, guests: Any, code: str) -> None:
    with pytest.raises(RulesBroken) as refused:
        book(cast, guests=guests)

    assert [rule.code for rule in refused.value.broken] == [code]
    assert not Subject.objects.filter(contacts__isnull=False).exists()


def test_nothing_is_booked_for_somebody_being_erased(cast: Cast) -> None:
    Subject.objects.filter(id=cast.alice.subject_id).update(state="erasing")

    with pytest.raises(SubjectGone):
        book(cast)


def closure(**more: Any) -> Closure:
    """Sunday 09.00 to 12.00 in Berlin, from 25 October 2026 on."""
    return Closure(
        starts_local=datetime(2026, 10, 18, 9, tzinfo=UTC),
        ends_local=datetime(2026, 10, 18, 12, tzinfo=UTC),
        **more,
    )


def test_weekly_closure_keeps_its_wall_time_through_summer_time() -> None:
    found = list(
        occurrences(
            closure(recurrence="weekly", until=date(2026, 11, 1)),
            "Europe/Berlin",
            datetime(2026, 10, 1, tzinfo=UTC),
            datetime(2027, 1, 1, tzinfo=UTC),
        )
    )

    assert [starts.hour for starts, _ends in found] == [7, 8, 8]
    walls = {starts.astimezone(ZoneInfo("Europe/Berlin")).hour for starts, _ends in found}
    assert walls == {9}


def wish(cast: Cast, **more: Any) -> ClosureWish:
    """Tomorrow, nine to twelve."""
    day = (timezone.now().astimezone(ZoneInfo("Asia/Jakarta")) + timedelta(days=1)).date()
    start = datetime(day.year, day.month, day.day, 9)  # noqa: DTZ001 - a wall time
    values: dict[str, Any] = {
        "location_id": cast.place.id,
        "starts_local": start,
        "ends_local": start + timedelta(hours=3),
        "reason_id": "Kerja bakti",
        "reason_en": "Clean-up day",
    }
    return ClosureWish(**{**values, **more})


def test_closed_space_cannot_be_booked_until_it_opens_again(cast: Cast) -> None:
    made, hit = services.closure_create(actor=cast.eka, wish=wish(cast, space_id=cast.room.id))
    assert hit == []
    with pytest.raises(RulesBroken) as refused:
        book(cast)
    assert [rule.code for rule in refused.value.broken] == ["closed"]

    services.closure_delete(actor=cast.eka, closure_id=made.id)

    assert book(cast).state == "confirmed"


def test_preview_changes_nothing(cast: Cast) -> None:
    made = book(cast)

    assert [r.id for r in closure_preview(actor=cast.dewi, wish=wish(cast))] == [made.id]
    assert not Closure.objects.exists()


def test_recurring_closure_is_written_ahead_once(cast: Cast) -> None:
    made, _hit = services.closure_create(actor=cast.eka, wish=wish(cast, recurrence="weekly"))
    written = ClosurePeriod.objects.count()

    assert written >= 78
    assert services.closures_extend(now=timezone.now()) == 0
    assert services.closures_extend(now=timezone.now() + timedelta(days=14)) == 2
    assert ClosurePeriod.objects.filter(closure=made).count() == written + 2
    assert GridRevision.objects.filter(location=cast.place).count() >= 78


def test_tenants_close_nothing_and_nonsense_is_refused(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        services.closure_create(actor=cast.alice, wish=wish(cast))
    backwards = wish(cast, ends_local=wish(cast).starts_local, reason_en=" ")
    with pytest.raises(RulesBroken) as refused:
        services.closure_create(actor=cast.eka, wish=backwards)
    assert {rule.code for rule in refused.value.broken} == {"reversed", "required"}


def test_guests_of_a_moved_and_declined_reservation_are_told(cast: Cast) -> None:
    made = book(cast, guests=[RINA])
    cast.room.approval_required = True
    cast.room.save()
    services.reservation_move(
        actor=cast.alice, reservation_id=made.id, starts_at=at(14), ends_at=at(15)
    )

    services.reservation_decline(actor=cast.eka, reservation_id=made.id)

    assert [template for template, _who in told()] == ["guest_invited", "guest_cancelled"]


def test_expired_request_of_a_walk_in_goes_to_the_contact(cast: Cast) -> None:
    cast.room.approval_required = True
    cast.room.save()
    contact = Contact.objects.create(subject=Subject.objects.create(), email="tari@example.com")
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    services.reservation_book(
        actor=cast.dewi, wish=wish, holder=services.Holder(contact.subject_id, contact.id)
    )

    services.reservations_expire_due(now=timezone.now() + timedelta(hours=30))

    message = OutboxMessage.objects.get(template="reservation_expired")
    assert (message.recipient_id, message.contact_id) == (contact.subject_id, contact.id)
