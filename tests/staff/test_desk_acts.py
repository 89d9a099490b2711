"""The front desk: arrivals in groups, one tap each, decisions, visitors without a booking."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from privacy.models import Contact, OutboxMessage, Subject
from reservations.models import Closure, Occupancy, Reservation
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at, person, space

pytestmark = pytest.mark.django_db
Enter = Callable[..., Client]


def now_step() -> datetime:
    """The quarter of an hour that is running."""
    now = timezone.now().replace(second=0, microsecond=0)
    return now - timedelta(minutes=now.minute % 15)


def booked(cast: Cast, who: str = "alice", **more: object) -> Reservation:
    """An hour in the cast's room from this quarter on."""
    starts = now_step()
    more.setdefault("space_id", cast.room.id)
    wish = BookingWish(starts_at=starts, ends_at=starts + timedelta(hours=1), **more)
    return reservation_book(actor=getattr(cast, who), wish=wish)


def act(client: Client, cast: Cast, row: Reservation, verb: str) -> int:
    url = reverse("frontend:desk-act", args=[cast.place.slug, row.id, verb])
    return client.post(url, {"version": row.version}).status_code


def test_desk_names_the_arrival_and_checks_in(cast: Cast, enter: Enter) -> None:
    row = booked(cast)
    dewi = enter(cast.dewi)
    page = dewi.get(reverse("frontend:desk-day", args=[cast.place.slug])).content.decode()
    assert "Alice" in page
    assert "Meranti" in page
    assert f'id="check-in-{row.id}"' in page

    assert act(dewi, cast, row, "check-in") == 302
    row.refresh_from_db()
    assert row.state == "checked_in"
    assert act(dewi, cast, row, "end") == 302
    row.refresh_from_db()
    assert row.ends_at < now_step() + timedelta(hours=1)


def test_nobody_is_checked_in_too_early(cast: Cast, enter: Enter) -> None:
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    row = reservation_book(actor=cast.alice, wish=wish)
    assert act(enter(cast.dewi), cast, row, "check-in") == 422
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_stale_tap_changes_nothing_and_says_so(cast: Cast, enter: Enter) -> None:
    row = booked(cast)
    Reservation.objects.filter(id=row.id).update(version=5)
    dewi = enter(cast.dewi)
    assert act(dewi, cast, row, "check-in") == 412
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_managers_decide_and_the_desk_only_reads(cast: Cast, enter: Enter) -> None:
    cast.room.approval_required = True
    cast.room.save()
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    row = reservation_book(actor=cast.alice, wish=wish)
    assert row.state == "pending"
    Closure.objects.all().delete()

    url = reverse("frontend:desk-day", args=[cast.place.slug])
    dewi, eka = enter(cast.dewi), enter(cast.eka)
    assert f"approve-{row.id}" in eka.get(url).content.decode()
    assert f"approve-{row.id}" not in dewi.get(url).content.decode()
    assert act(dewi, cast, row, "approve") == 403
    row.refresh_from_db()
    assert row.state == "pending"
    assert act(eka, cast, row, "approve") == 302
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_desk_cancels_what_has_not_begun(cast: Cast, enter: Enter) -> None:
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    row = reservation_book(actor=cast.alice, wish=wish)
    assert act(enter(cast.dewi), cast, row, "cancel") == 302
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert not Occupancy.objects.exists()


def test_an_act_at_another_location_is_not_found(cast: Cast, enter: Enter) -> None:
    row = booked(cast)
    other = type(cast.place).objects.create(
        name="Sudirman", slug="sudirman", city="Jakarta", time_zone="Asia/Jakarta"
    )
    url = reverse("frontend:desk-act", args=[other.slug, row.id, "check-in"])
    assert enter(cast.dewi).post(url, {}).status_code == 404


def test_desk_is_chosen_by_post_and_remembered(cast: Cast, enter: Enter) -> None:
    type(cast.place).objects.create(
        name="Sudirman", slug="sudirman", city="Jakarta", time_zone="Asia/Jakarta"
    )
    dewi = enter(cast.dewi)
    url = reverse("frontend:desk")
    assert b"Sudirman" in dewi.get(url).content
    there = reverse("frontend:desk-day", args=["sudirman"])
    assert dewi.post(url, {"location": "sudirman"}).headers["Location"] == there
    assert dewi.get(url).headers["Location"] == there


def test_queries_do_not_grow_with_arrivals(cast: Cast, enter: Enter) -> None:
    dewi = enter(cast.dewi)
    url = reverse("frontend:desk-day", args=[cast.place.slug])

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert dewi.get(url).status_code == 200
        return len(seen)

    booked(cast)
    dewi.get(url)
    one = count()
    for n in range(29):
        who = person(f"guest{n}@ruang.test")
        room = space(cast.place, f"Ruang {n}")
        starts = now_step()
        wish = BookingWish(space_id=room.id, starts_at=starts, ends_at=starts + timedelta(hours=1))
        reservation_book(actor=who, wish=wish)
    assert count() == one


FORM = {"minutes": "60", "name": "Ibu Ratna", "language": "id"}


def walk_in(client: Client, cast: Cast, **more: str) -> object:
    url = reverse("frontend:desk-walk-in", args=[cast.place.slug])
    return client.post(url, {**FORM, "space": cast.room.slug, **more})


def test_walk_in_by_phone_becomes_a_contact(cast: Cast, enter: Enter) -> None:
    answer = walk_in(enter(cast.dewi), cast, phone="0812 3456 7890")
    assert answer.status_code == 302  # type: ignore[attr-defined]
    row = Reservation.objects.get()
    contact = Contact.objects.get()
    assert (contact.name, contact.phone) == ("Ibu Ratna", "+6281234567890")
    assert (row.contact_id, row.holder_id) == (contact.id, contact.subject_id)
    assert row.created_by_id == cast.dewi.subject_id
    assert OutboxMessage.objects.get().recipient_id == contact.subject_id


def test_walk_in_with_an_account_is_the_accounts(cast: Cast, enter: Enter) -> None:
    walk_in(enter(cast.dewi), cast, email="ALICE@ruang.test")
    assert Reservation.objects.get().holder_id == cast.alice.subject_id
    assert not Contact.objects.exists()


def test_walk_in_conflict_offers_ways_and_leaves_nobody_behind(cast: Cast, enter: Enter) -> None:
    space(cast.place, "Cendana")
    booked(cast)
    people = Subject.objects.count()
    answer = walk_in(enter(cast.dewi), cast, email="ratna@example.test")
    page = answer.content.decode()  # type: ignore[attr-defined]
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "Cendana" in page
    assert 'value="Ibu Ratna"' in page
    assert Subject.objects.count() == people
    assert Reservation.objects.count() == 1


def test_a_walk_ins_alternative_is_booked_by_one_tap(cast: Cast, enter: Enter) -> None:
    space(cast.place, "Cendana")
    booked(cast)
    dewi = enter(cast.dewi)
    refused = walk_in(dewi, cast, phone="0812 3456 7890", people="3")
    page = refused.content.decode()  # type: ignore[attr-defined]
    picks = re.findall(r'name="pick" value="([^"]+)"', page)
    other = next(pick for pick in picks if pick.startswith("kebon-sirih-cendana,"))

    answer = walk_in(dewi, cast, phone="0812 3456 7890", people="3", pick=other)

    assert answer.status_code == 302  # type: ignore[attr-defined]
    row = Reservation.objects.exclude(space=cast.room).get()
    _slug, clock, minutes = other.split(",")
    local = row.starts_at.astimezone(ZoneInfo(cast.place.time_zone))
    assert (row.space.name, f"{local:%H:%M}") == ("Cendana", clock)
    assert (row.ends_at - row.starts_at).total_seconds() == int(minutes) * 60
    assert (row.people, Contact.objects.get().name) == (3, "Ibu Ratna")


@pytest.mark.parametrize(
    "pick", ["", "x", "no-such,10:00,60", "kebon-sirih-cendana,late,60", "a,b,c,d"]
)
def test_a_made_up_alternative_books_nothing_and_keeps_the_words(
    cast: Cast, enter: Enter, pick: str
) -> None:
    space(cast.place, "Cendana")
    booked(cast)
    answer = walk_in(enter(cast.dewi), cast, email="ratna@example.test", pick=pick)
    assert answer.status_code in {409, 422}  # type: ignore[attr-defined]
    assert 'value="Ibu Ratna"' in answer.content.decode()  # type: ignore[attr-defined]
    assert Reservation.objects.count() == 1


def test_walk_in_needs_a_way_to_reach_the_person(cast: Cast, enter: Enter) -> None:
    answer = walk_in(enter(cast.dewi), cast)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "e-mail address or a phone number" in answer.content.decode()  # type: ignore[attr-defined]
    assert not Reservation.objects.exists()


def closure(cast: Cast, **more: str) -> dict[str, str]:
    day = at(9).astimezone().date().isoformat()
    return {
        "where": f"space:{cast.room.id}", "day": day, "starts": "09:00", "ends": "17:00",
        "recurrence": "once", "reason_id": "Servis AC", "reason_en": "Air conditioning", **more,
    }  # fmt: skip


def test_closure_shows_its_hits_before_and_after(cast: Cast, enter: Enter) -> None:
    wish = BookingWish(space_id=cast.room.id, starts_at=at(10), ends_at=at(11))
    row = reservation_book(actor=cast.alice, wish=wish)
    dewi = enter(cast.dewi)
    url = reverse("frontend:desk-closures", args=[cast.place.slug])
    link = reverse("frontend:reservation", args=[row.id])

    assert link not in dewi.get(url).content.decode()
    assert link in dewi.post(url, closure(cast)).content.decode()
    assert not Closure.objects.exists()
    assert f"{link}#cancel" in dewi.post(url, closure(cast, confirm="yes")).content.decode()
    made = Closure.objects.get()
    row.refresh_from_db()
    assert row.state == "confirmed"

    away = reverse("frontend:desk-closure-delete", args=[cast.place.slug, made.id])
    assert dewi.post(away).status_code == 302
    assert not Closure.objects.exists()


def test_closure_that_ends_before_it_begins_keeps_what_was_typed(cast: Cast, enter: Enter) -> None:
    url = reverse("frontend:desk-closures", args=[cast.place.slug])
    answer = enter(cast.dewi).post(url, closure(cast, ends="08:00", confirm="yes"))
    assert answer.status_code == 422
    assert 'value="Servis AC"' in answer.content.decode()
    assert "must come after the start" in answer.content.decode()
    assert not Closure.objects.exists()
