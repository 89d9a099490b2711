"""The tables of the ground floor."""

from privacy.models.access import AccessEntry
from privacy.models.announcements import Announcement, AnnouncementEvent
from privacy.models.consent import ConsentRecord
from privacy.models.outbox import OutboxMessage
from privacy.models.people import Contact, Subject
from privacy.models.policy import Acceptance, PolicyNotice
from privacy.models.processors import Processor, ProcessorEvent
from privacy.models.safety import Audit, AuditRun, SecurityAlert
from privacy.models.tracking import ActivityCount, ActivityEntry, PreferenceProfile
from privacy.models.vault import VaultOfData

__all__ = [
    "Acceptance",
    "AccessEntry",
    "ActivityCount",
    "ActivityEntry",
    "Announcement",
    "AnnouncementEvent",
    "Audit",
    "AuditRun",
    "ConsentRecord",
    "Contact",
    "OutboxMessage",
    "PolicyNotice",
    "PreferenceProfile",
    "Processor",
    "ProcessorEvent",
    "SecurityAlert",
    "Subject",
    "VaultOfData",
]
