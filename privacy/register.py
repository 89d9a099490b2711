"""Reads of the processor register, for those who keep it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from privacy.actors import Actor, require
from privacy.channels import channels
from privacy.errors import NotFound
from privacy.models import OutboxMessage, Processor, ProcessorEvent
from privacy.processor_services import ACT
from privacy.processors import services_in_trouble, today, trouble_of


@dataclass(frozen=True)
class Waiting:
    """A channel over which nothing may leave, why, and how many messages wait at the door."""

    channel: str
    channel_words: str
    reason: str
    count: int


def processors_by_service(actor: Actor) -> list[tuple[Processor, str]]:
    """Every entry with why nothing goes to it ("" when it is in order), the ended ones last."""
    require(actor, ACT)
    day = today()
    rows = Processor.objects.order_by("state", "service", "name", "id")
    return [(row, trouble_of(row, day)) for row in rows]


def processor_get(actor: Actor, processor_id: UUID) -> Processor:
    """One entry; NotAllowed, NotFound."""
    require(actor, ACT)
    row = Processor.objects.filter(id=processor_id).first()
    if row is None:
        raise NotFound(_("There is no such processor."))
    return row


def processor_history(actor: Actor, processor_id: UUID) -> Sequence[ProcessorEvent]:
    """What was done with an entry, the newest first, at most the last hundred."""
    require(actor, ACT)
    return list(ProcessorEvent.objects.filter(processor=processor_id).order_by("-at", "-id")[:100])


def waiting_messages(actor: Actor) -> list[Waiting]:
    """The channels that are shut for want of a contract, in two statements."""
    require(actor, ACT)
    known = channels()
    troubles = services_in_trouble({channel.service for channel in known})
    if not troubles:
        return []
    counts: dict[str, int] = dict(
        OutboxMessage.objects.filter(state=OutboxMessage.State.QUEUED)
        .values_list("channel")
        .annotate(count=Count("id"))
    )
    return [
        Waiting(one.name, str(one.label), troubles[one.service], counts.get(one.name, 0))
        for one in known
        if one.service in troubles
    ]
