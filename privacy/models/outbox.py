"""The outbox: what shall leave."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.ids import uuid7
from privacy.json_fields import MappedJSONField
from privacy.models.people import Contact, Subject


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

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    category = models.CharField(_("category"), max_length=12, choices=Category)
    template = models.CharField(_("template"), max_length=60)
    # A registered way out (privacy/channels.py).
    channel = models.CharField(_("channel"), max_length=10, default="email")
    recipient = models.ForeignKey(
        Subject, models.PROTECT, related_name="messages", verbose_name=_("recipient")
    )
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    # Whether it was meant for a contact: once that is deleted, it goes nowhere, and never to
    # the account of the same person instead.
    to_contact = models.BooleanField(default=False)
    # Identifiers only, e.g. {"reservation": "<uuid>", "version": 3}.
    data = MappedJSONField(_("identifiers"), default=dict)
    dedupe_key = models.CharField(max_length=120, null=True, blank=True, unique=True)  # noqa: DJ001
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("due"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
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
        return str(self.id)
