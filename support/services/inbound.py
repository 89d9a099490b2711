"""What the messenger's webhook brings: stored first, then worked on, each once, in any order.

Replays change nothing: an event is known by the digest of its identifier, which is kept
longer than the time window outside of which events are refused.
"""

import logging
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from privacy import clock
from privacy.cards import card_mask
from privacy.consent import purpose_allowed, purposes_allowed
from privacy.models import ConsentRecord
from support.errors import StaleEvent
from support.models import Conversation, InboundEvent, Message
from support.services.common import Verb, act, conversation_lock, event_add, person_lock
from support.services.conversations import conversation_make, message_add
from support.whatsapp import Delivery, Incoming, Report

logger = logging.getLogger(__name__)
State = InboundEvent.State
Kind = InboundEvent.Kind
Channel = Conversation.Channel

#: The provider repeats what was not acknowledged for up to seven days.
WINDOW: Final = timedelta(days=7)
#: By how much its clock may be ahead of ours.
AHEAD: Final = timedelta(minutes=5)
#: How long a report waits for the message it is about.
PATIENCE: Final = timedelta(days=1)
#: Longer than WINDOW and AHEAD together.
KEPT: Final = timedelta(days=14)
#: A later report outweighs an earlier one, whatever the order of arrival.
RANK: Final = {"": 0, "accepted": 1, "failed": 2, "delivered": 3, "read": 4}


def inbound_store(*, delivery: Delivery) -> list[UUID]:
    """Store what is new, in one transaction; returns the ids of the new rows.

    Raises StaleEvent, storing nothing, when all of it lies outside the time window; single
    events outside are left out.
    """
    now = clock.now()
    brought: list[Incoming | Report] = [*delivery.messages, *delivery.reports]
    fresh = [one for one in brought if now - WINDOW < one.sent_at < now + AHEAD]
    if brought and not fresh:
        raise StaleEvent("These events are too old, or from the future. Nothing was changed.")
    with act():
        known = _known([one.key for one in fresh])
        rows = {one.key: _row(one, now) for one in fresh if one.key not in known}
        InboundEvent.objects.bulk_create(rows.values(), ignore_conflicts=True)
        ids = [row.id for row in rows.values()]
        return list(InboundEvent.objects.filter(id__in=ids).values_list("id", flat=True))


def inbound_handle(*, event_id: UUID) -> None:
    """Work on one stored event; the second time, and beside another worker, nothing happens."""
    with act():
        rows = InboundEvent.objects.filter(id=event_id, state=State.STORED)
        event = rows.select_for_update(skip_locked=True, no_key=True).first()
        if event is None:
            return
        handle: Callable[[InboundEvent], str | None] = (
            _take_message if event.kind == Kind.MESSAGE else _take_report
        )
        outcome = handle(event)
        if outcome is None:
            return
        event.state = State.HANDLED if outcome == "done" else State.IGNORED
        # The words stand in the conversation now, or nowhere.
        event.outcome, event.text = outcome, ""
        event.save(update_fields=["state", "outcome", "text"])


def inbound_sweep(*, limit: int = 200) -> int:
    """Work on what is still stored, oldest first; returns how many were tried."""
    rows = InboundEvent.objects.filter(state=State.STORED).order_by("sent_at", "id")
    ids = list(rows.values_list("id", flat=True)[:limit])
    for event_id in ids:
        inbound_try(event_id=event_id)
    return len(ids)


def inbound_try(*, event_id: UUID) -> None:
    """Work on one event; a fault is logged and leaves it stored for the next sweep."""
    try:
        inbound_handle(event_id=event_id)
    except Exception as error:  # noqa: BLE001 - logged; one bad event must not stop the others
        logger.error("Inbound event %s waits: %s.", event_id, type(error).__name__)


def inbound_forget(*, limit: int = 5000) -> int:
    """Delete events whose replay the time window refuses anyway."""
    old = InboundEvent.objects.filter(received_at__lt=clock.now() - KEPT)
    with transaction.atomic():
        ids = list(old.values_list("id", flat=True)[:limit])
        count, _by_model = InboundEvent.objects.filter(id__in=ids).delete()
    return count


def person_of_number(phone: str) -> UUID | None:
    """The one person with this number who agreed to WhatsApp; None for nobody or several.

    Only those who ever agreed are looked at, in two statements and one look at each number:
    a number may be sealed, and then only its row tells it.
    """
    agreed = ConsentRecord.objects.filter(purpose="whatsapp", act=ConsentRecord.Act.GIVEN)
    users = list(User.objects.filter(subject__in=agreed.values("subject"), is_active=True))
    same = [user.subject_id for user in users if str(user.phone) == phone]
    found = purposes_allowed(same, "whatsapp") if same else set()
    return found.pop() if len(found) == 1 else None


def _known(keys: list[bytes]) -> set[bytes]:
    rows = InboundEvent.objects.filter(digest__in=keys).values_list("digest", flat=True)
    return {bytes(key) for key in rows}


def _row(brought: Incoming | Report, now: datetime) -> InboundEvent:
    event = InboundEvent(digest=brought.key, sent_at=brought.sent_at, received_at=now)
    if isinstance(brought, Report):
        event.kind, event.about, event.ours = Kind.STATUS, brought.about, brought.ours
        event.report = brought.delivery
        return event
    event.kind = Kind.MESSAGE
    event.person_id = person_of_number(brought.sender)
    if event.person_id is None:
        # Without a consent neither number nor words are kept; the digest alone stops replays.
        event.state, event.outcome = State.IGNORED, "no_consent"
    elif brought.text is None:
        event.outcome = "no_text"
    else:
        event.text = _plain(brought.text)
    return event


def _plain(text: str) -> str:
    """What came, without control characters and card numbers (promise P32)."""
    shown = "".join(
        sign for sign in text if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"}
    )
    return card_mask(shown).strip()


def _take_message(event: InboundEvent) -> str | None:
    person_id = event.person_id
    if person_id is None or not purpose_allowed(person_id, "whatsapp"):
        return "no_consent"
    if Message.objects.filter(provider_digest=event.digest).exists():
        return "duplicate"
    conversation = _conversation_for(person_id)
    if conversation.state == Conversation.State.RESOLVED:
        event_add(conversation, Verb.REOPENED, actor_id=person_id)
    with translation.override(conversation.language):
        other = _("Something other than text was sent by WhatsApp. We take text only.")
    text = str(event.text) or other
    message = message_add(
        conversation, author_id=person_id, text=text, channel=Channel.WHATSAPP, at=event.sent_at
    )
    Message.objects.filter(id=message.id).update(provider_digest=event.digest)
    return "done"


def _conversation_for(person_id: UUID) -> Conversation:
    """The last conversation by WhatsApp that is not closed, locked; else a new one."""
    person_lock(person_id)
    rows = Conversation.objects.filter(person=person_id, channel=Channel.WHATSAPP)
    last = rows.exclude(state=Conversation.State.CLOSED).order_by("-last_at", "-id").first()
    if last is not None:
        return conversation_lock(last.id)
    earlier = Conversation.objects.filter(person=person_id).order_by("-last_at").first()
    return conversation_make(
        person_id=person_id,
        topic=Conversation.Topic.OTHER,
        channel=Channel.WHATSAPP,
        language=earlier.language if earlier else "id",
    )


def _take_report(event: InboundEvent) -> str | None:
    rows = Message.objects.filter(direction=Message.Direction.OUT).select_for_update(no_key=True)
    message = rows.filter(provider_digest=event.about).first()
    if message is None and event.ours is not None:
        message = rows.filter(id=event.ours, channel=Channel.WHATSAPP).first()
    if message is None:
        # It may be on its way: reports overtake the answer to our own request.
        return None if clock.now() - event.sent_at < PATIENCE else "unknown_message"
    if RANK[event.report] <= RANK[message.delivery]:
        return "overtaken"
    message.delivery = event.report
    message.save(update_fields=["delivery"])
    return "done"
