"""The only door: a message is a row, written in the transaction of the act it tells of.

Whoever has something to say calls `outbox_put` inside its own transaction; the row holds
identifiers only. The worker looks up address and words when it sends (privacy/delivery.py),
so a person erased in between is never written to. Upper floors tell how their messages are
built by `register(Template(...))`, and accounts tells where its people's mail goes by
`register_addresses(...)`, both from their AppConfig.ready().
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.functional import Promise

from privacy import clock
from privacy.channels import EMAIL, channel_named
from privacy.ids import uuid7
from privacy.models import OutboxMessage
from privacy.wake import Wake

Category = OutboxMessage.Category
Value = str | int

#: What a message's data may hold: an identifier, an instant, a short code in lower case.
#: Names and addresses have capitals, spaces or an @; free text has spaces.
SAFE_TEXT: Final = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # UUID
    r"|\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?"  # date or instant
    r"|[a-z][a-z0-9_.-]{0,39}"  # code
)
SAFE_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
SAFE_DEDUPE: Final = re.compile(r"[a-z0-9_.:-]{1,120}")


@dataclass(frozen=True)
class Address:
    """Where a person's mail goes, and the language (id, en) and IANA zone it is written in.

    `phone` is for channels that reach a number (E.164).
    """

    email: str
    name: str = ""
    language: str = "id"
    time_zone: str = "Asia/Jakarta"
    phone: str = ""


@dataclass(frozen=True)
class Message:
    """What a template's `build` is given: the row's identifiers and the looked-up address."""

    id: UUID
    template: str
    recipient_id: UUID
    contact_id: UUID | None
    data: Mapping[str, Value]
    created_at: datetime
    address: Address


@dataclass(frozen=True)
class Calendar:
    """An iTIP object that mail clients show as an invitation: REQUEST or CANCEL."""

    method: str
    ics: bytes


@dataclass(frozen=True)
class Mail:
    """A message in words, in the recipient's language. privacy.mail.render makes one."""

    subject: str
    text: str
    html: str
    calendar: Calendar | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """A kind of message. `build` runs when it is sent, in the recipient's language and zone.

    It returns None when what the message says is no longer true, and then nothing leaves.
    `title` names the kind in words, for the list of what was sent to a person. `others`
    holds the words for further channels by their name, in the shape that channel sends.
    """

    name: str
    category: str
    build: Callable[[Message], Mail | None]
    title: str | Promise = ""
    others: Mapping[str, Callable[[Message], Any]] = field(default_factory=dict)

    def builder(self, channel: str) -> Callable[[Message], Any] | None:
        """What makes the words for a channel; None when this kind has none for it."""
        return self.build if channel == EMAIL else self.others.get(channel)


class UnknownTemplate(LookupError):
    """A message of a kind that nobody registered: a mistake in the calling code."""


_templates: dict[str, Template] = {}
_addresses: list[Callable[[UUID], Address | None]] = []


def register(template: Template) -> None:
    """Make a kind of message known, when the apps are ready; the same one twice is no harm."""
    if _templates.get(template.name, template) != template:
        raise ValueError(f"The message {template.name!r} is registered twice.")
    if template.category not in Category.values:
        raise ValueError(f"{template.name!r} has the unknown category {template.category!r}.")
    if not template.title:
        raise ValueError(f"{template.name!r} needs a title, for the list of messages.")
    _templates[template.name] = template


def template_named(name: str) -> Template:
    """The registered kind, or UnknownTemplate."""
    try:
        return _templates[name]
    except KeyError:
        raise UnknownTemplate(f"No message {name!r} is registered.") from None


def templates() -> Mapping[str, Template]:
    """All registered kinds, by name."""
    return _templates


def register_addresses(source: Callable[[UUID], Address | None]) -> None:
    """Tell where mail to a subject with an account goes: subject id to address or None."""
    if source not in _addresses:
        _addresses.append(source)


def address_of(subject_id: UUID) -> Address | None:
    """The address of a subject with an account, or None."""
    found = (source(subject_id) for source in _addresses)
    return next((address for address in found if address and address.email), None)


def outbox_put(
    *,
    template: str,
    recipient: UUID,
    data: Mapping[str, Value | UUID],
    contact: UUID | None = None,
    dedupe_key: str | None = None,
    due_at: datetime | None = None,
    channel: str = EMAIL,
) -> None:
    """Write a message into the caller's transaction; it leaves after the commit, or never.

    `recipient` is a subject's id; mail goes to that person's account, or to `contact`
    when given. A second call with the same `dedupe_key` does nothing. Exactly one SQL
    statement. Raises UnknownTemplate, UnknownChannel, ValueError for data that is no
    identifier, and RuntimeError outside a transaction.
    """
    _require_transaction()
    message = _row(template, channel, recipient, data, dedupe_key)
    message.contact_id, message.to_contact = contact, contact is not None
    message.due_at = due_at or clock.now()
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=dedupe_key is not None)
    if due_at is None:
        _wake_after_commit(message.id)


def outbox_put_many(
    *,
    template: str,
    recipients: Iterable[UUID],
    data: Mapping[str, Value | UUID],
    dedupe_key: str,
) -> None:
    """The same message to the accounts of many, in one statement; once to each.

    Each one's key is `dedupe_key` and the subject's id, so that a repeated batch adds
    nobody. Raises as outbox_put does.
    """
    _require_transaction()
    rows = [_row(template, EMAIL, one, data, f"{dedupe_key}:{one}") for one in recipients]
    if rows:
        OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
        _wake_after_commit(rows[0].id)


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("outbox_put belongs into the transaction of the act it tells of.")


def _row(
    template: str,
    channel: str,
    recipient: UUID,
    data: Mapping[str, Value | UUID],
    dedupe_key: str | None,
) -> OutboxMessage:
    """An unsaved row, due now, to the recipient's account."""
    kind = template_named(template)
    if kind.builder(channel_named(channel).name) is None:
        raise ValueError(f"The message {template!r} has no words for {channel!r}.")
    if dedupe_key is not None and not SAFE_DEDUPE.fullmatch(dedupe_key):
        raise ValueError("A dedupe key is made of identifiers and short codes.")
    return OutboxMessage(
        id=uuid7(),
        category=kind.category,
        template=template,
        channel=channel,
        recipient_id=recipient,
        data=safe_data(data),
        dedupe_key=dedupe_key,
        due_at=clock.now(),
    )


def safe_data(data: Mapping[str, Value | UUID]) -> dict[str, Value]:
    """The data as it is stored. Refuses whatever could be a name, an address or free text."""
    safe: dict[str, Value] = {}
    for key, value in data.items():
        stored = str(value) if isinstance(value, UUID) else value
        fits = isinstance(stored, int) or (
            isinstance(stored, str) and SAFE_TEXT.fullmatch(stored) is not None
        )
        if not fits or not SAFE_KEY.fullmatch(key):
            # The value itself is not repeated: it may be the name that must not be here.
            raise ValueError(
                f"Outbox data {key!r} must be an identifier, an instant or a short code."
            )
        safe[key] = stored
    return safe


def _wake_after_commit(message_id: UUID) -> None:
    """Wake the worker once a transaction: the task sends everything that is due."""
    waiting = (entry[1] for entry in connection.run_on_commit)
    if not any(isinstance(call, Wake) for call in waiting):
        transaction.on_commit(Wake(message_id), robust=True)
