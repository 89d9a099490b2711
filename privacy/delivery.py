"""Sends what the outbox holds: claim by lease, send outside any transaction, mark.

1. Claim: one short transaction moves one due row to `leased` with a fresh token and
   counts the attempt. `SKIP LOCKED` lets any number of workers do this at once.
2. Gate, build, send: no transaction is open, so a slow server holds no lock.
3. Mark: conditional on the token, so a worker that lost its lease changes nothing.

A channel whose server is away, or whose processor has no contract, is left alone for the
rest of a drain, so that it costs one message one attempt and holds up no other channel.

A process killed anywhere leaves a row whose lease runs out, and the next sweep sends it.
A message leaves twice only when the process dies between the server's "250" and the
commit of step 3; both copies carry the same Message-ID, by which receivers drop one.
"""

import logging
import random
import time
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from traceback import extract_tb
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from privacy import clock
from privacy.channels import Never, NotNow, Sender, Unreachable, channel_named
from privacy.gate import gate_judge
from privacy.models import OutboxMessage
from privacy.outbox import Address, Message, template_named
from privacy.unsubscribing import with_way_out
from privacy.vault.errors import VaultUnavailable
from privacy.vault.ring import unit_of_work

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
    WAITS = "waits"


@dataclass(frozen=True)
class Outcome:
    """How a claimed row shall be marked: its new state and a stable code that names nobody."""

    state: str
    code: str
    result: Result = Result.DONE


class Senders:
    """The channels' connections, each opened when first needed; use as a context."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._open: dict[str, Sender] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def of(self, channel: str) -> Sender:
        """The open connection of a registered channel."""
        if channel not in self._open:
            self._open[channel] = self._stack.enter_context(channel_named(channel).open())
        return self._open[channel]


def outbox_drain(first: UUID | None = None, *, seconds: float = DRAIN_SECONDS) -> int:
    """Send `first`, then everything that is due, until done or out of time. Returns how many."""
    end = time.monotonic() + seconds
    handled, shut = 0, set[str]()
    with Senders() as senders:
        message = claim(first) if first else None
        while message := message or claim(without=shut):
            handled += 1
            if _deliver(message, senders) in {Result.NO_SERVER, Result.WAITS}:
                shut.add(message.channel)
            if time.monotonic() > end:
                break
            message = None
    return handled


def claim(message_id: UUID | None = None, *, without: Collection[str] = ()) -> OutboxMessage | None:
    """Lease one due message (or the named one, when due) to the caller; None when there is none.

    `without` names channels that are left alone.
    """
    now = clock.now()
    due = Q(state=State.QUEUED, due_at__lte=now) | Q(state=State.LEASED, leased_until__lte=now)
    rows = OutboxMessage.objects.filter(due)
    if message_id:
        rows = rows.filter(id=message_id)
    if without:
        rows = rows.exclude(channel__in=without)
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


def _deliver(message: OutboxMessage, senders: Senders) -> Result:
    """Send one claimed message and mark it."""
    if message.attempts > MAX_ATTEMPTS:
        outcome = Outcome(State.DEAD, "too_many_attempts")
    else:
        with unit_of_work():
            outcome = _try(message, senders)
    if _mark(message, outcome) and outcome.state == State.DEAD:
        logger.error("Message %s was given up: %s.", message.id, outcome.code)
    if outcome.result is Result.WAITS:
        _tell_waiting(message.channel, outcome.code)
    return outcome.result


def _try(message: OutboxMessage, senders: Senders) -> Outcome:
    try:
        verdict = gate_judge(message.id)
        if verdict.waits:
            return Outcome(State.QUEUED, verdict.code, Result.WAITS)
        if verdict.code or verdict.address is None:
            return Outcome(State.REFUSED, verdict.code or "no_address")
        letter = _build(message, verdict.address)
        if letter is None:
            return Outcome(State.REFUSED, "no_longer_true")
        senders.of(message.channel).send(message.id, verdict.address, letter)
    except Unreachable as error:
        return _later(message, f"no_server {error}", Result.NO_SERVER)
    except VaultUnavailable:
        # Nobody's address can be read: like a mail server that is away.
        return _later(message, "no_vault", Result.NO_SERVER)
    except NotNow as error:
        return _later(message, str(error))
    except Never as error:
        return Outcome(State.DEAD, str(error))
    except Exception as error:  # noqa: BLE001 - logged; one bad message must not stop the others
        return _later(message, f"fault {_place(error)}")
    return Outcome(State.SENT, "sent")


def _build(message: OutboxMessage, address: Address) -> Any:
    """The words for the channel, in the recipient's language and zone; None when untrue now."""
    build = template_named(message.template).builder(message.channel)
    if build is None:
        raise Never("no_words")
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
        built = build(letter)
    is_offer = message.category == OutboxMessage.Category.MARKETING
    return with_way_out(built, message.recipient_id) if is_offer and built else built


def _later(message: OutboxMessage, code: str, result: Result = Result.LATER) -> Outcome:
    logger.warning("Message %s waits, attempt %d: %s.", message.id, message.attempts, code)
    if message.attempts >= MAX_ATTEMPTS:
        return Outcome(State.DEAD, f"too_many_attempts, last {code}", result)
    return Outcome(State.QUEUED, code, result)


def _mark(message: OutboxMessage, outcome: Outcome) -> bool:
    """Write the outcome, if the lease is still ours; says whether it was."""
    changes: dict[str, object] = {"lease_token": None, "leased_until": None}
    if outcome.result is Result.WAITS:
        # Nobody was asked, so nothing was tried; it stays due for the day the contract stands.
        changes["attempts"] = message.attempts - 1
    elif outcome.state == State.QUEUED:
        changes["due_at"] = clock.now() + pause(message.attempts)
    if outcome.state == State.SENT:
        changes["sent_at"] = clock.now()
    ours = OutboxMessage.objects.filter(id=message.id, lease_token=message.lease_token)
    return bool(ours.update(state=outcome.state, outcome=outcome.code[:200], **changes))


def _tell_waiting(channel: str, code: str) -> None:
    """Write the reason on whatever else is due by the channel: it waits for the same."""
    waiting = OutboxMessage.objects.filter(
        channel=channel, state=State.QUEUED, due_at__lte=clock.now()
    )
    waiting.exclude(outcome=code).update(outcome=code)


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
