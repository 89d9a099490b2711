"""A mail server that keeps what it gets, and bookings to write about."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.management import call_command

from reservations.models import Reservation
from reservations.services import reservation_book
from reservations.services.booking import BookingWish
from tests.cast import Cast, at


@dataclass
class Inbox:
    """Keeps each message; `answer` is what the server says to the next ones."""

    letters: list[EmailMessage] = field(default_factory=list)
    receivers: list[str] = field(default_factory=list)
    to_recipient: str = ""
    to_data: str = ""

    async def handle_RCPT(  # noqa: N802, PLR0913 - the name and shape aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if self.to_recipient:
            return self.to_recipient.format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take or refuse a message."""
        if self.to_data:
            return self.to_data
        content: Any = envelope.content
        self.letters.append(message_from_bytes(content, policy=policy.default))
        self.receivers.extend(envelope.rcpt_tos)
        return "250 OK"


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def inbox(settings: Any) -> Iterator[Inbox]:
    """A real SMTP server on loopback; Django sends to it."""
    box = Inbox()
    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), server_hostname="ruang.test"
    )
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield box
    controller.stop()


@pytest.fixture
def book(cast: Cast) -> Callable[..., Reservation]:
    """Book Meranti tomorrow 14.00-15.30 for Alice, unless told otherwise."""

    def make(*, actor: Any = None, space: Any = None, day: int = 1, **more: Any) -> Reservation:
        wish = BookingWish(
            space_id=(space or cast.room).id,
            starts_at=more.pop("starts_at", at(14, days=day)),
            ends_at=more.pop("ends_at", at(15, 30, days=day)),
            **more,
        )
        return reservation_book(actor=actor or cast.alice, wish=wish)

    return make


@pytest.fixture(autouse=True, scope="session")
def _compiled_messages() -> None:
    """Translations are compiled at start; the tests see the present ones."""
    call_command("messages", "compile")


@pytest.fixture(autouse=True)
def _plain_static(settings: Any) -> None:
    """Static addresses that need no collected files."""
    storages = dict(settings.STORAGES)
    storages["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = storages
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
