"""Subjects, contacts without an account, and the outbox."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.ids import uuid7


class Subject(models.Model):
    """One person whose data is held, with an account or without.

    Every personal row leads to exactly one subject. Writers lock it FOR SHARE and check
    its state; erasure locks it FOR UPDATE (design, decision 2: one lock order).
    """

    class State(models.TextChoices):
        """Where a person stands with us."""

        ACTIVE = "active", _("Active")
        DEACTIVATED = "deactivated", _("Deactivated")
        RESTRICTED = "restricted", _("Restricted")
        ERASING = "erasing", _("Being erased")
        ERASED = "erased", _("Erased")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(max_length=12, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="privacy_subject_state",
                condition=models.Q(
                    state__in=["active", "deactivated", "restricted", "erasing", "erased"]
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class Contact(models.Model):
    """How to reach a person without an account: a guest, a walk-in, a mail recipient.

    Given by somebody else for one purpose (promise P11), so each giver has an own row
    and nobody learns what another one called the same person.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="contacts")
    given_by = models.ForeignKey(
        Subject, models.SET_NULL, null=True, blank=True, related_name="contacts_given"
    )
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=5, default="id")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"),
                "given_by",
                name="privacy_contact_email_giver",
                condition=~models.Q(email=""),
            )
        ]
        indexes = [models.Index(models.functions.Lower("email"), name="privacy_contact_email")]

    def __str__(self) -> str:
        return str(self.id)


class OutboxMessage(models.Model):
    """A message that shall leave, written in the transaction of the act it tells of.

    Holds identifiers only: the address and the words are looked up when it is sent, so
    erasing a person needs no rewriting of history (design, decisions 3 and 4).
    """

    class State(models.TextChoices):
        """The life of a message."""

        QUEUED = "queued", _("Queued")
        LEASED = "leased", _("Being sent")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused by the gate")
        DEAD = "dead", _("Given up")

    class Category(models.TextChoices):
        """What kind of message it is; decides who may refuse it (promises P35, P36, P38)."""

        INVOICE = "invoice", _("Invoice")
        STATEMENT = "statement", _("Account statement")
        SERVICE = "service", _("Service announcement")
        SECURITY = "security", _("Security")
        RESERVATION = "reservation", _("Reservation")
        SUPPORT = "support", _("Support")
        PRIVACY = "privacy", _("Privacy")
        MARKETING = "marketing", _("Marketing")

    class Channel(models.TextChoices):
        """The way it leaves."""

        EMAIL = "email", _("E-mail")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    category = models.CharField(max_length=12, choices=Category)
    template = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    recipient = models.ForeignKey(Subject, models.PROTECT, related_name="messages")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    # Whether it was meant for a contact: once that is deleted, it goes nowhere, and never to
    # the account of the same person instead.
    to_contact = models.BooleanField(default=False)
    # Identifiers only, e.g. {"reservation": "<uuid>", "version": 3}.
    data = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=120, null=True, blank=True, unique=True)  # noqa: DJ001
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                "due_at",
                name="privacy_outbox_due",
                condition=models.Q(state__in=["queued", "leased"]),
            ),
            models.Index(fields=["recipient", "-created_at"], name="privacy_outbox_recipient"),
        ]
        constraints = [
            models.CheckConstraint(
                name="privacy_outbox_state",
                condition=models.Q(state__in=["queued", "leased", "sent", "refused", "dead"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.id}"
