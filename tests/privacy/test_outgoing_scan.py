"""A scan of everything that leaves: nobody's contact reaches anybody else (P26, P28)."""

from typing import Any

import pytest

from accounts.models import User
from accounts.services import invitation_send
from privacy.announcements import announcements_send
from privacy.delivery import outbox_drain
from privacy.models import Contact, OutboxMessage
from privacy.outbox import templates
from reservations.services import reservation_book, reservation_cancel
from reservations.services.booking import BookingWish, GuestWish
from tests.cast import Cast, at
from tests.mail.conftest import Inbox, inbox  # noqa: F401 - a fixture
from tests.privacy.test_announcements import approved

PHONES = {"alice": "+6281111110001", "bob": "+6281111110002", "charlie": "+6281111110003"}


@pytest.fixture
def busy_house(cast: Cast, inbox: Inbox) -> Cast:  # noqa: F811
    """Two tenants with telephones book, invite, cancel; an invitation, an announcement."""
    for name, phone in PHONES.items():
        person = User.objects.get(email=f"{name}@ruang.test")
        person.phone = phone
        person.save(update_fields=["phone"])
    for hour, actor, guest in (
        (9, cast.alice, "tamu.alice@luar.example"),
        (11, cast.charlie, "tamu.charlie@luar.example"),
    ):
        row = reservation_book(
            actor=actor,
            wish=BookingWish(
                space_id=cast.room.id,
                starts_at=at(hour),
                ends_at=at(hour + 1),
                guests=(GuestWish(name=f"Tamu {hour}", email=guest),),
            ),
        )
        outbox_drain()
        reservation_cancel(actor=actor, reservation_id=row.id)
    invitation_send(actor=cast.alice, organisation_id=cast.lontar.id, email="ina@lontar.example")
    approved(cast)
    return cast


def owners() -> dict[str, set[str]]:
    """Every address and telephone number that is held, with the addresses of its owner."""
    found: dict[str, set[str]] = {}
    for user in User.objects.all():
        found[user.email] = {user.email}
        if user.phone:
            found[user.phone] = {user.email}
    for contact in Contact.objects.exclude(email=""):
        found[contact.email] = {contact.email}
    return found


@pytest.mark.promise("P26")
@pytest.mark.promise("P28")
def test_no_letter_carries_the_contact_of_somebody_else(
    busy_house: Cast,
    inbox: Inbox,  # noqa: F811
) -> None:
    announcements_send()
    while outbox_drain():
        pass
    held = owners()
    assert len(held) > 12
    assert len(inbox.letters) > 12
    for letter, receiver in zip(inbox.letters, inbox.receivers, strict=True):
        whole = everything(letter)
        assert receiver in whole
        strangers = {value for value, theirs in held.items() if receiver not in theirs}
        assert [value for value in strangers if value in whole] == [], letter["Subject"]
    kinds = set(OutboxMessage.objects.filter(state="sent").values_list("template", flat=True))
    assert kinds >= {
        "reservation_confirmed", "reservation_cancelled", "guest_invited", "guest_cancelled",
        "invitation", "announcement_service",
    }  # fmt: skip


@pytest.mark.promise("P28")
def test_every_message_that_left_has_its_ground_on_record(
    busy_house: Cast,
    inbox: Inbox,  # noqa: F811
) -> None:
    announcements_send()
    while outbox_drain():
        pass
    sent = OutboxMessage.objects.filter(state="sent")
    assert sent.count() == len(inbox.letters) > 12
    for row in sent:
        assert templates()[row.template].category == row.category
        assert row.recipient_id
        assert row.outcome == "sent"


def everything(letter: Any) -> str:
    """Headers and every decoded part of a letter."""
    texts = [f"{name}: {value}" for name, value in letter.items()]
    for part in letter.walk():
        if not part.is_multipart():
            content = part.get_content()
            texts.append(content if isinstance(content, str) else content.decode())
    return "\n".join(texts)
