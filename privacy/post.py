"""Hands a built mail to the mail server, and says plainly what became of it."""

import contextlib
import re
import smtplib
from email.utils import formataddr
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext_lazy as _

from privacy.channels import EMAIL, Channel, Never, NotNow, Unreachable
from privacy.fields import is_erased
from privacy.models import OutboxMessage
from privacy.outbox import Address, Mail, address_of

#: RFC 3463 status at the start of a server's answer, e.g. "5.1.1 No such user".
ENHANCED: Final = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")
MAX_NAME: Final = 100


class Post:
    """One connection to the mail server, opened when first needed; use as a context."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def send(self, message_id: UUID, address: Address, letter: Mail) -> None:
        """Send one mail. Raises Unreachable, NotNow or Never, whose text names nobody."""
        self._send(compose(message_id, address, letter))

    def _send(self, letter: EmailMultiAlternatives) -> None:
        letter.connection = self._call()
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(*next(iter(error.recipients.values()))) from None
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPResponseException as error:
            # The sender's address is refused, or the session: our fault, not the message's.
            self._hang_up()
            raise NotNow(f"smtp_{error.smtp_code}") from None
        except OSError as error:  # smtplib's exceptions are OSErrors too
            self._hang_up()
            raise NotNow(_name(error)) from None

    def _call(self) -> BaseEmailBackend:
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except OSError as error:
                raise Unreachable(_name(error)) from None
            self._connection = connection
        return self._connection

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.close()


def mail_address(message: OutboxMessage) -> Address | None:
    """Where the mail goes: to the contact it was meant for, else to the person's account."""
    if not message.to_contact:
        return address_of(message.recipient_id)
    contact = message.contact
    if contact is None or not contact.email or is_erased(contact.email):
        return None
    return Address(contact.email, contact.name, contact.language)


def mail_channel() -> Channel:
    """E-mail, as the registry of channels knows it."""
    return Channel(EMAIL, _("E-mail"), service=EMAIL, address=mail_address, open=Post)


def compose(message_id: UUID, address: Address, mail: Mail) -> EmailMultiAlternatives:
    """The letter: text, HTML, and the calendar object both shown and attached.

    The Message-ID follows from the row's id, so a message that is sent twice (the process
    died after the server's "250" and before our mark) can be told by the receiver.
    """
    letter = EmailMultiAlternatives(
        subject=one_line(mail.subject, 200),
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[formataddr((one_line(address.name, MAX_NAME), address.email))],
        headers={
            "Message-ID": f"<{message_id}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            **mail.headers,
        },
    )
    letter.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        content = mail.calendar.ics.decode()
        method = mail.calendar.method
        letter.attach_alternative(content, f"text/calendar; method={method}")
        letter.attach("reservation.ics", content, f"text/calendar; method={method}")
    return letter


def one_line(text: str, limit: int = 200) -> str:
    """Text for a header or one line of a body: no control characters, one space at a time."""
    words = "".join(letter if letter.isprintable() else " " for letter in text).split()
    line = " ".join(words)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _refused(code: int, answer: bytes | str) -> NotNow | Never:
    """The server's answer as codes only: its words often repeat the address."""
    raw = answer if isinstance(answer, bytes) else answer.encode(errors="replace")
    status = ENHANCED.match(raw)
    text = f"smtp_{code}" + (f" {status[1].decode()}" if status else "")
    return Never(text) if 500 <= code < 600 else NotNow(text)


def _name(error: OSError) -> str:
    return f"{type(error).__name__}"
