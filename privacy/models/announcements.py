"""Announcements: one text in both languages that goes to many, and what was done with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.ids import uuid7
from privacy.models.people import Subject


class Announcement(models.Model):
    """A service announcement or an offer, written by one member of staff, let go by another.

    Sent in batches by subject key: `cursor` is the last subject that has its message, so a
    killed worker goes on where it was (privacy/announcements.py).
    """

    class Category(models.TextChoices):
        """A subset of the outbox's categories: what cannot be refused, and what needs a yes."""

        SERVICE = "service", _("Service announcement")
        MARKETING = "marketing", _("Offer")

    class State(models.TextChoices):
        """The life of an announcement; every step is an event besides."""

        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waits for a second person")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    category = models.CharField(max_length=12, choices=Category)
    # A registered audience (privacy/audiences.py) and which location or organisation.
    audience = models.CharField(max_length=20)
    audience_ref = models.UUIDField(null=True, blank=True)
    title_id = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    body_id = models.TextField(max_length=5000)
    body_en = models.TextField(max_length=5000)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    author = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    approver = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    recipient_count = models.PositiveIntegerField(default=0)
    queued_count = models.PositiveIntegerField(default=0)
    cursor = models.UUIDField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["id"],
                name="privacy_announcement_sending",
                condition=models.Q(state="sending"),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="privacy_announcement_state",
                condition=models.Q(
                    state__in=["draft", "submitted", "sending", "sent", "cancelled"]
                ),
            ),
            # Whoever wrote it never lets it go (promise P36).
            models.CheckConstraint(
                name="privacy_announcement_second_person",
                condition=models.Q(approver=None) | ~models.Q(approver=models.F("author")),
            ),
            models.CheckConstraint(
                name="privacy_announcement_approved",
                condition=~models.Q(state__in=["sending", "sent"])
                | models.Q(approver__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AnnouncementEvent(models.Model):
    """One step of an announcement: who did what, when."""

    class Verb(models.TextChoices):
        """The steps."""

        WRITTEN = "written", _("Written")
        CHANGED = "changed", _("Changed")
        SUBMITTED = "submitted", _("Handed to a second person")
        RETURNED = "returned", _("Handed back")
        APPROVED = "approved", _("Approved")
        FINISHED = "finished", _("All messages written")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="events")
    verb = models.CharField(max_length=10, choices=Verb)
    # None: the worker.
    actor = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.verb} {self.id}"
