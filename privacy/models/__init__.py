"""The tables of the ground floor."""

from privacy.models.outbox import OutboxMessage
from privacy.models.people import Contact, Subject

__all__ = ["Contact", "OutboxMessage", "Subject"]
