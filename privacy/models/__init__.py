"""The tables of the ground floor."""

from privacy.models.access import AccessEntry
from privacy.models.consent import ConsentRecord
from privacy.models.outbox import OutboxMessage
from privacy.models.people import Contact, Subject
from privacy.models.vault import VaultOfData

__all__ = [
    "AccessEntry",
    "ConsentRecord",
    "Contact",
    "OutboxMessage",
    "Subject",
    "VaultOfData",
]
from privacy.models.processors import Processor, ProcessorEvent

__all__ = ["Contact", "OutboxMessage", "Processor", "ProcessorEvent", "Subject"]
