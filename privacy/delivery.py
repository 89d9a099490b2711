"""Sends what the outbox holds: claim by lease, send outside any transaction, mark.

1. Claim: one short transaction moves one due row to `leased` with a fresh token and
   counts the attempt. `SKIP LOCKED` lets any number of workers do this at once.
2. Gate, build, send: no transaction is open, so a slow mail server holds no lock.
3. Mark: conditional on the token, so a worker that lost its lease changes nothing.

A process killed anywhere leaves a row whose lease runs out, and the next sweep sends it.
A message leaves twice only when the process dies between the mail server's "250" and the
commit of step 3; both copies carry the same Message-ID, by which receivers drop one.
"""

import logging
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from traceback import extract_tb
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from privacy import clock, gate
from privacy.models import OutboxMessage
from privacy.outbox import Address, Mail, Message, address_of, template_named
from privacy.post import Never, NotNow, Post, Unreachable

logger = logging.getLogger(__name__)
State = OutboxMessage.State

#: Longer than the hard time limit of a task (120 s): nobody works on a row whose lease ran out.
LEASE: Final = timedelta(seconds=150)
#: About two days of trying: 30 s, 1 min, 2 min … then every 4 hours.
MAX_ATTEMPTS: Final = 20
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=4)
#: A drain ends itself well within the soft time limit of a task (60 s).
DRAIN_SECONDS: Final = 40.0


class Result(Enum):
    """What became of one claim."""

    DONE = "done"
    LATER = "later"
    NO_SERVER = "no_server"


@dataclass(frozen=True)
class Outcome:
    """How a claimed row shall be marked: its new state and a stable code that names nobody."""

    state: str
    code: str
    result: Result = Result.DONE


def outbox_drain(first: UUID | None = None, *, seconds: float = DRAIN_SECONDS) -> int:
    """Send `first`, then everything that is due, until done or out of time. Returns how many.

    Stops early when the mail server cannot be reached, so that its absence costs one
    message one attempt, not all of them.
    """
    end = time.monotonic() + seconds
    handled = 0
    with Post() as post:
        message = claim(first) if first else None
        while message := message or claim():
            handled += 1
            if _deliver(message, post) is Result.NO_SERVER or time.monotonic() > end:
                break
            message = None
    return handled


def claim(message_id: UUID | None = None) -> OutboxMessage | None:
    """Lease one due message (or the named one, when due) to the caller; None when there is none."""
    now = clock.now()
    due = Q(state=State.QUEUED, due_at__lte=now) | Q(state=State.LEASED, leased_until__lte=now)
    rows = OutboxMessage.objects.filter(due)
    if message_id:
        rows = rows.filter(id=message_id)
    with transaction.atomic():
        locked = rows.select_for_update(skip_locked=True, no_key=True).order_by("due_at", "id")
        message = locked.first()
        if message is None:
            return None
        message.state, message.lease_token = State.LEASED, uuid4()
        message.leased_until = now + LEASE
        message.attempts += 1
        message.save(update_fields=["state", "lease_token", "leased_until", "attempts"])
    return message


def _deliver(message: OutboxMessage, post: Post) -> Result:
    """Send one claimed message and mark it."""
    if message.attempts > MAX_ATTEMPTS:
        outcome = Outcome(State.DEAD, "too_many_attempts")
    else:
        outcome = _try(message, post)
    if _mark(message, outcome) and outcome.state == State.DEAD:
        logger.error("Message %s was given up: %s.", message.id, outcome.code)
    return outcome.result


def _try(message: OutboxMessage, post: Post) -> Outcome:
    try:
        address, refused = _gate(message)
        if refused or address is None:
            return Outcome(State.REFUSED, refused)
        mail = _build(message, address)
        if mail is None:
            return Outcome(State.REFUSED, "no_longer_true")
        post.send(message.id, address, mail)
    except Unreachable as error:
        return _later(message, f"no_server {error}", Result.NO_SERVER)
    except NotNow as error:
        return _later(message, str(error))
    except Never as error:
        return Outcome(State.DEAD, str(error))
    except Exception as error:  # noqa: BLE001 - logged; one bad message must not stop the others
        return _later(message, f"fault {_place(error)}")
    return Outcome(State.SENT, "sent")


def _gate(message: OutboxMessage) -> tuple[Address | None, str]:
    """The address as it is now, and why nothing may be sent there ("" when it may)."""
    fresh = OutboxMessage.objects.select_related("recipient", "contact").get(id=message.id)
    address = _contact_address(fresh) if fresh.to_contact else address_of(fresh.recipient_id)
    state = fresh.recipient.state
    return address, gate.refusal(fresh.category, state, has_address=address is not None)


def _contact_address(message: OutboxMessage) -> Address | None:
    contact = message.contact
    if contact is None or not contact.email:
        return None
    return Address(contact.email, contact.name, contact.language)


def _build(message: OutboxMessage, address: Address) -> Mail | None:
    """The words, in the recipient's language and zone."""
    template = template_named(message.template)
    letter = Message(
        id=message.id,
        template=message.template,
        recipient_id=message.recipient_id,
        contact_id=message.contact_id,
        data=message.data,
        created_at=message.created_at,
        address=address,
    )
    with translation.override(address.language), timezone.override(ZoneInfo(address.time_zone)):
        return template.build(letter)


def _later(message: OutboxMessage, code: str, result: Result = Result.LATER) -> Outcome:
    logger.warning("Message %s waits, attempt %d: %s.", message.id, message.attempts, code)
    if message.attempts >= MAX_ATTEMPTS:
        return Outcome(State.DEAD, f"too_many_attempts, last {code}", result)
    return Outcome(State.QUEUED, code, result)


def _mark(message: OutboxMessage, outcome: Outcome) -> bool:
    """Write the outcome, if the lease is still ours; says whether it was."""
    changes: dict[str, object] = {"lease_token": None, "leased_until": None}
    if outcome.state == State.QUEUED:
        changes["due_at"] = clock.now() + pause(message.attempts)
    if outcome.state == State.SENT:
        changes["sent_at"] = clock.now()
    ours = OutboxMessage.objects.filter(id=message.id, lease_token=message.lease_token)
    return bool(ours.update(state=outcome.state, outcome=outcome.code[:200], **changes))


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling, up to four hours, give or take a fifth.

    The spread keeps a crowd that failed together from coming back together.
    """
    plain: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return plain * random.uniform(0.8, 1.2)  # noqa: S311 - a spread, not a secret


def _place(error: Exception) -> str:
    """Where a fault happened, without its words: those may hold a name or an address."""
    frames = extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {where}"
