"""A guest's way out: a link without sign-in, harmless to look at (promise P11)."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from privacy.delivery import outbox_drain
from privacy.models import Contact, OutboxMessage
from reservations.links import guest_token
from reservations.models import Guest, Reservation, ReservationEvent
from reservations.services import GuestWish, reservation_move
from tests.cast import Cast, at
from tests.mail.conftest import Inbox

Book = Callable[..., Reservation]
GINA = GuestWish("gina@elsewhere.test", "Gina Hartono")


@pytest.fixture
def guest(cast: Cast, book: Book) -> Guest:
    """Gina, invited by Alice."""
    User.objects.filter(id=cast.alice.id).update(full_name="Alice Wijaya")
    book(guests=[GINA])
    return Guest.objects.select_related("contact").get()


def page(guest: Guest) -> str:
    """The address in the guest's mail."""
    return f"/guest/{guest_token(guest.id)}"


@pytest.mark.promise("P11")
def test_looking_shows_what_is_held_and_changes_nothing(guest: Guest, client: Client) -> None:
    for _time in range(3):
        answer = client.get(page(guest))

    body = answer.content.decode()
    assert "Gina Hartono" in body
    assert "gina@elsewhere.test" in body
    assert "Alice Wijaya" in body
    assert "alice@ruang.test" not in body
    assert answer["Referrer-Policy"] == "no-referrer"
    guest.refresh_from_db()
    assert guest.removed_at is None


@pytest.mark.promise("P11")
def test_leaving_blanks_the_contact_and_stops_all_mail(
    cast: Cast, guest: Guest, client: Client, inbox: Inbox
) -> None:
    outbox_drain()
    assert "gina@elsewhere.test" in inbox.receivers

    for _time in range(2):
        answer = client.post(page(guest), follow=True)
        assert answer.status_code == 200
        assert b"gina@" not in answer.content

    contact = Contact.objects.get(id=guest.contact_id)
    assert (contact.name, contact.email, contact.phone) == ("", "", "")
    assert ReservationEvent.objects.filter(verb="guest_left").count() == 1
    inbox.receivers.clear()
    reservation_move(
        actor=cast.alice, reservation_id=guest.reservation_id, starts_at=at(16), ends_at=at(17)
    )
    outbox_drain()
    assert inbox.receivers == ["alice@ruang.test"]


def test_mail_already_queued_is_not_sent_after_leaving(
    guest: Guest, client: Client, inbox: Inbox
) -> None:
    assert OutboxMessage.objects.filter(template="guest_invited", state="queued").exists()
    client.post(page(guest))

    outbox_drain()

    assert inbox.receivers == ["alice@ruang.test"]
    refused = OutboxMessage.objects.get(template="guest_invited")
    assert (refused.state, refused.outcome) == ("refused", "no_address")


def test_a_contact_used_elsewhere_is_kept(
    cast: Cast, book: Book, guest: Guest, client: Client
) -> None:
    book(day=2, guests=[GINA])

    client.post(page(guest))

    assert Contact.objects.get(id=guest.contact_id).email == "gina@elsewhere.test"
    removed = [row.removed_at is not None for row in Guest.objects.order_by("id")]
    assert removed == [True, False]


def test_a_forged_link_opens_nothing(guest: Guest, client: Client) -> None:
    assert client.get(page(guest)).status_code == 200
    assert client.get(page(guest)[:-2] + "xx").status_code == 404
    assert client.get(f"/guest/{guest.id}").status_code == 404
    assert client.post(page(guest)[:-2] + "xx").status_code == 404


def test_leaving_needs_the_forms_token(guest: Guest) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(page(guest)).status_code == 403

    guest.refresh_from_db()
    assert guest.removed_at is None
