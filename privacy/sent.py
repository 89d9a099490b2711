"""What was sent to a person and what was not: the list each person has of their own messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from privacy.actors import Actor
from privacy.channels import UnknownChannel, channel_named
from privacy.errors import DomainError
from privacy.keyset import place_of, word_of
from privacy.models import OutboxMessage
from privacy.outbox import UnknownTemplate, template_named
from privacy.outcomes import reason_code, reason_words, state_words

PAGE: Final = 30


class BadCursor(DomainError):
    """The word that says where a page begins was cut or altered."""

    code = "malformed"
    status = 400


@dataclass(frozen=True)
class SentMessage:
    """One message as its recipient sees it. `at`: when it was sent, else when it was written."""

    id: UUID
    at: datetime
    category: str
    category_words: str
    kind: str
    kind_words: str
    channel: str
    channel_words: str
    state: str
    state_words: str
    reason: str
    reason_words: str


@dataclass(frozen=True)
class SentPage:
    """One page, the newest first; `cursor` begins the next one, "" on the last."""

    rows: Sequence[SentMessage]
    cursor: str


def messages_sent(actor: Actor, *, cursor: str = "") -> SentPage:
    """The actor's own messages, 30 a page, in one statement. Raises BadCursor."""
    rows = OutboxMessage.objects.filter(recipient=actor.subject_id)
    if cursor:
        at, last = _read(cursor)
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
    found = list(rows.order_by("-created_at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    return SentPage(
        rows=[_sent(row) for row in shown],
        cursor=_cursor(shown[-1]) if len(found) > PAGE else "",
    )


def _sent(row: OutboxMessage) -> SentMessage:
    return SentMessage(
        id=row.id,
        at=row.sent_at or row.created_at,
        category=row.category,
        category_words=str(row.get_category_display()),
        kind=row.template,
        kind_words=_kind(row),
        channel=row.channel,
        channel_words=channel_words(row.channel),
        state="queued" if row.state == OutboxMessage.State.LEASED else row.state,
        state_words=state_words(row),
        reason=reason_code(row),
        reason_words=reason_words(row),
    )


def _kind(row: OutboxMessage) -> str:
    """The kind in words; of a kind that exists no more, its category."""
    try:
        return str(template_named(row.template).title) or str(row.get_category_display())
    except UnknownTemplate:
        return str(row.get_category_display())


def channel_words(name: str) -> str:
    """A channel's name in words, also of one that is switched off."""
    try:
        return str(channel_named(name).label)
    except UnknownChannel:
        return name


def _cursor(row: OutboxMessage) -> str:
    return word_of([row.created_at.astimezone(UTC).isoformat(), row.id.hex])


def _read(word: str) -> tuple[datetime, UUID]:
    try:
        at, last = place_of(word)
        place = datetime.fromisoformat(at).astimezone(UTC), UUID(hex=last)
        if not 1900 < place[0].year < 9900:
            raise ValueError(word)
    except (ValueError, TypeError, AttributeError, OverflowError):
        words = _("This page's address is not complete; start the list anew.")
        raise BadCursor(words) from None
    return place
