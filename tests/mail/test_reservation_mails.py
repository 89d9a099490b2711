"""What people read about their bookings, and what their calendars are told."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import translation
from icalevents.icalevents import events as parse_calendar
from icalevents.icalparser import Event

from accounts.models import User
from privacy import clock
from privacy.delivery import outbox_drain
from privacy.models import Contact, OutboxMessage, Subject
from reservations.models import Guest, Reservation, Space
from reservations.services import (
    GuestWish,
    guest_remove,
    reservation_approve,
    reservation_cancel,
    reservation_decline,
    reservation_end_early,
    reservation_move,
    reservations_expire_due,
)
from reservations.services.reminders import DUE, reminders_put
from tests.cast import JAKARTA, Cast, at, location, space
from tests.mail.conftest import Inbox

Book = Callable[..., Reservation]


def text_of(letter: EmailMessage) -> str:
    """The plain part."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def subject_of(letter: EmailMessage) -> str:
    """The subject, without the blank that folding leaves before it."""
    return str(letter["Subject"]).strip()


def html_of(letter: EmailMessage) -> str:
    """The HTML part."""
    part = letter.get_body(("html",))
    assert part is not None
    return str(part.get_content())


def calendar_of(letter: EmailMessage) -> str:
    """The attached calendar file."""
    attached = [part for part in letter.iter_attachments() if part.get_filename()]
    assert [part.get_filename() for part in attached] == ["reservation.ics"]
    return str(attached[0].get_content())


def parsed(ics: str) -> list[Event]:
    """The events as a calendar program other than ours sees them."""
    now = clock.now()
    return list(
        parse_calendar(
            string_content=ics.encode(),
            start=now - timedelta(days=60),
            end=now + timedelta(days=60),
        )
    )


def test_a_confirmation_says_what_where_when_and_how_much(
    cast: Cast, book: Book, inbox: Inbox
) -> None:
    User.objects.filter(id=cast.alice.id).update(language="en")
    cast.place.address = "Jl. Kebon Sirih 48,\nJakarta Pusat 10340"
    cast.place.save()
    made = book(title="Design review")

    outbox_drain()

    letter = inbox.letters[0]
    assert subject_of(letter).startswith("Confirmed: Meranti, ")
    assert subject_of(letter).endswith(", 14.00–15.30 WIB")
    for body in (text_of(letter), html_of(letter)):
        assert "Jl. Kebon Sirih 48, Jakarta Pusat 10340" in body
        assert "Design review" in body
        assert "Rp249,750" in body
        assert "Rp24,750" in body
        assert "12.00 WIB" in body
        assert f"/reservations/{made.id}" in body
    assert "<" not in text_of(letter)


def test_a_confirmation_speaks_indonesian(cast: Cast, book: Book, inbox: Inbox) -> None:
    book()

    outbox_drain()

    letter = inbox.letters[0]
    assert subject_of(letter).startswith("Terkonfirmasi: Meranti, ")
    assert '<html lang="id">' in html_of(letter)
    assert "Rp249.750" in text_of(letter)
    assert "Your booking" not in text_of(letter)


def test_the_calendar_file_is_an_invitation_to_the_receiver_alone(
    cast: Cast, book: Book, inbox: Inbox
) -> None:
    made = book(title="Tinjauan", guests=[GuestWish("gina@elsewhere.test", "Gina")])

    outbox_drain()

    alice = next(x for x in inbox.letters if "alice@" in x["To"])
    ics = calendar_of(alice)
    kinds = [part.get_content_type() for part in alice.walk()]
    assert kinds.count("text/calendar") == 2
    assert 'method="REQUEST"' in alice.as_string() or "method=REQUEST" in alice.as_string()
    unfolded = ics.replace("\r\n ", "").replace("\n ", "")
    assert f"UID:{made.id}@ruang" in unfolded
    assert "SEQUENCE:0" in unfolded
    assert "BEGIN:VTIMEZONE" in unfolded
    assert "BEGIN:VALARM" not in unfolded
    assert unfolded.count("ATTENDEE") == 1
    assert "mailto:alice@ruang.test" in unfolded
    assert "gina@" not in unfolded
    event = parsed(ics)[0]
    assert (event.summary, event.status) == ("Tinjauan", "CONFIRMED")
    assert (event.start, event.end) == (at(14), at(15, 30))
    assert event.start.astimezone(ZoneInfo(JAKARTA)).hour == 14


def test_a_zone_with_summer_time_survives_the_file(cast: Cast, book: Book, inbox: Inbox) -> None:
    berlin = space(location("Mitte", zone="Europe/Berlin"), "Linde")
    starts = at(14, days=20, zone="Europe/Berlin")
    made = book(space=berlin, starts_at=starts, ends_at=starts + timedelta(hours=1))

    outbox_drain()

    event = parsed(calendar_of(inbox.letters[0]))[0]
    assert (event.start, event.end) == (made.starts_at, made.ends_at)
    assert "Di tempat Anda" in text_of(inbox.letters[0])


def test_a_move_says_from_and_to_and_raises_the_sequence(
    cast: Cast, book: Book, inbox: Inbox
) -> None:
    made = book()
    outbox_drain()
    reservation_move(actor=cast.alice, reservation_id=made.id, starts_at=at(16), ends_at=at(17, 30))

    outbox_drain()

    changed = inbox.letters[1]
    assert subject_of(changed).endswith("16.00–17.30 WIB")
    assert "14.00–15.30" in text_of(changed)
    assert "<del>" in html_of(changed)
    ics = calendar_of(changed)
    assert f"UID:{made.id}@ruang" in ics.replace("\r\n ", "").replace("\n ", "")
    assert "SEQUENCE:1" in ics
    assert parsed(ics)[0].start == at(16)


def test_of_two_moves_only_the_last_is_told(cast: Cast, book: Book, inbox: Inbox) -> None:
    made = book()
    for hour in (16, 18):
        reservation_move(
            actor=cast.alice, reservation_id=made.id, starts_at=at(hour), ends_at=at(hour + 1)
        )

    outbox_drain()

    subjects = [subject_of(letter).partition(":")[0] for letter in inbox.letters]
    assert subjects == ["Terkonfirmasi", "Diubah"]
    assert subject_of(inbox.letters[1]).endswith("18.00–19.00 WIB")


def test_a_cancellation_withdraws_what_the_calendar_was_given(
    cast: Cast, book: Book, inbox: Inbox
) -> None:
    made = book()
    outbox_drain()
    reservation_cancel(actor=cast.alice, reservation_id=made.id)

    outbox_drain()

    cancelled = inbox.letters[1]
    assert subject_of(cancelled).startswith("Dibatalkan: ")
    ics = calendar_of(cancelled)
    assert "METHOD:CANCEL" in ics
    assert "STATUS:CANCELLED" in ics
    assert "SEQUENCE:1" in ics


def test_a_booking_cancelled_at_once_is_told_once_without_a_file(
    cast: Cast, book: Book, inbox: Inbox
) -> None:
    made = book()
    reservation_cancel(actor=cast.alice, reservation_id=made.id)

    outbox_drain()

    assert [subject_of(letter).partition(":")[0] for letter in inbox.letters] == ["Dibatalkan"]
    assert list(inbox.letters[0].iter_attachments()) == []
    outcomes = OutboxMessage.objects.order_by("created_at").values_list("outcome", flat=True)
    assert list(outcomes) == ["no_longer_true", "sent"]


def test_a_late_cancellation_says_that_the_price_stays_due(
    cast: Cast, book: Book, inbox: Inbox
) -> None:
    made = book()
    Reservation.objects.filter(id=made.id).update(
        cancel_free_until=clock.now() - timedelta(minutes=1)
    )
    reservation_cancel(actor=cast.alice, reservation_id=made.id)

    outbox_drain()

    assert "tetap terutang" in text_of(inbox.letters[0])


@pytest.fixture
def approval_room(cast: Cast) -> Space:
    """A room whose bookings wait for a space manager."""
    return space(cast.place, "Jati", approval_required=True)


def test_a_request_reaches_managers_and_its_decision_the_asker(
    cast: Cast, book: Book, inbox: Inbox, approval_room: Space
) -> None:
    asked = book(space=approval_room)
    outbox_drain()
    assert inbox.receivers == ["eka@ruang.test"]
    assert "Alice" in text_of(inbox.letters[0])

    reservation_approve(actor=cast.eka, reservation_id=asked.id)
    outbox_drain()

    assert inbox.receivers == ["eka@ruang.test", "alice@ruang.test"]
    assert subject_of(inbox.letters[1]).startswith("Terkonfirmasi: Jati")


def test_a_declined_and_an_expired_request_are_told(
    cast: Cast, book: Book, inbox: Inbox, approval_room: Space
) -> None:
    declined = book(space=approval_room)
    reservation_decline(actor=cast.eka, reservation_id=declined.id)
    book(space=approval_room, day=2)
    reservations_expire_due(now=clock.now() + timedelta(hours=25))

    outbox_drain()

    to_alice = [x for x in inbox.letters if "alice@" in x["To"]]
    with translation.override("id"):
        words = sorted(
            [str(Reservation.State.DECLINED.label), str(Reservation.State.EXPIRED.label)]
        )
    assert sorted(subject_of(x).partition(":")[0] for x in to_alice) == words


def test_ending_early_changes_the_calendar(cast: Cast, book: Book, inbox: Inbox) -> None:
    made = book()
    outbox_drain()
    start = clock.now() - timedelta(minutes=30)
    Reservation.objects.filter(id=made.id).update(
        starts_at=start, ends_at=start + timedelta(hours=2)
    )
    reservation_end_early(actor=cast.alice, reservation_id=made.id)

    outbox_drain()

    changed = inbox.letters[1]
    assert subject_of(changed).startswith("Diubah: ")
    assert "SEQUENCE:1" in calendar_of(changed)


def test_a_guest_learns_only_what_a_guest_needs(cast: Cast, book: Book, inbox: Inbox) -> None:
    User.objects.filter(id=cast.alice.id).update(full_name="Alice Wijaya")
    book(
        title="Tinjauan",
        guests=[GuestWish("gina@elsewhere.test", "Gina"), GuestWish("hana@elsewhere.test")],
    )

    outbox_drain()

    gina = next(x for x in inbox.letters if "gina@" in x["To"])
    body = text_of(gina) + html_of(gina)
    assert "Alice Wijaya" in body
    assert "Tinjauan" in body
    assert "/guest/" in body
    assert "Rp" not in body
    assert "alice@" not in gina.as_string()
    assert "hana@" not in gina.as_string()
    assert "mailto:gina@elsewhere.test" in calendar_of(gina).replace("\n ", "")


def test_a_removed_guest_is_uninvited_if_ever_invited(cast: Cast, book: Book, inbox: Inbox) -> None:
    made = book(guests=[GuestWish("gina@elsewhere.test")])
    guest = Guest.objects.get()
    outbox_drain()
    guest_remove(actor=cast.alice, reservation_id=made.id, guest_id=guest.id)

    outbox_drain()

    to_gina = [x for x in inbox.letters if "gina@" in x["To"]]
    assert [subject_of(x).partition(":")[0] for x in to_gina] == ["Undangan", "Dibatalkan"]
    assert "METHOD:CANCEL" in calendar_of(to_gina[1])


def test_a_guest_of_a_cancelled_booking_never_told_stays_untold(
    cast: Cast, book: Book, inbox: Inbox
) -> None:
    made = book(guests=[GuestWish("gina@elsewhere.test")])
    reservation_cancel(actor=cast.alice, reservation_id=made.id)

    outbox_drain()

    assert inbox.receivers == ["alice@ruang.test"]


def test_a_title_can_neither_break_html_nor_add_lines(cast: Cast, book: Book, inbox: Inbox) -> None:
    made = book()
    title = "<script>x</script>\r\nTotal: Rp0\r\nBcc: z@z.test"
    Reservation.objects.filter(id=made.id).update(title=title)

    outbox_drain()

    letter = inbox.letters[0]
    assert "<script>" not in html_of(letter)
    assert "&lt;script&gt;" in html_of(letter)
    assert "<script>x</script> Total: Rp0 Bcc: z@z.test" in text_of(letter)
    assert "\nTotal: Rp0" not in text_of(letter)
    assert letter["Bcc"] is None
    assert parsed(calendar_of(letter))[0].summary.startswith("<script>")


def test_the_sweep_for_reminders_has_its_own_index(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + DUE, {"now": clock.now(), "limit": 100})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "reservations_to_remind" in plan


def test_a_reminder_comes_once_a_day_before_what_was_booked_ahead(
    cast: Cast, book: Book, inbox: Inbox
) -> None:
    ahead, late = book(day=2), book(day=1, space=space(cast.place, "Cendana"))
    outbox_drain()
    soon = ahead.starts_at - timedelta(hours=20)
    # Whatever hour the test runs at: one was booked days ahead, one within the last day.
    for made, before in ((ahead, timedelta(days=9)), (late, timedelta(hours=23))):
        Reservation.objects.filter(id=made.id).update(created_at=made.starts_at - before)

    assert reminders_put(now=ahead.starts_at - timedelta(hours=25)) == 0
    assert reminders_put(now=soon) == 1
    assert reminders_put(now=soon) == 0
    outbox_drain()

    reminder = inbox.letters[-1]
    assert subject_of(reminder).startswith("Pengingat: Meranti")
    assert reminders_put(now=ahead.starts_at) == 0


def test_a_reminder_of_a_cancelled_booking_is_not_sent(
    cast: Cast, book: Book, inbox: Inbox
) -> None:
    ahead = book(day=2)
    Reservation.objects.filter(id=ahead.id).update(created_at=clock.now() - timedelta(days=9))
    reminders_put(now=ahead.starts_at - timedelta(hours=20))
    reservation_cancel(actor=cast.alice, reservation_id=ahead.id)

    outbox_drain()

    reminder = OutboxMessage.objects.get(template="reservation_reminder")
    assert (reminder.state, reminder.outcome) == ("refused", "no_longer_true")
    assert Contact.objects.count() == 0


def test_nobody_without_an_address_is_reminded(
    cast: Cast, book: Callable[..., Reservation]
) -> None:
    """A walk-in with a phone number alone: nothing is queued that could never leave."""
    made = book(day=3)
    contact = Contact.objects.create(subject=Subject.objects.create(), phone="+628123456789")
    Reservation.objects.filter(id=made.id).update(contact=contact)
    soon = made.starts_at - timedelta(hours=20)
    assert reminders_put(now=soon) == 0
    Reservation.objects.filter(id=made.id).update(contact=None)
    assert reminders_put(now=soon) == 1
