"""The consent ledger: what each person agreed to, refused, withdrew or objected to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.ids import uuid7
from privacy.models.people import Subject


class ConsentRecord(models.Model):
    """One answer of one person about one purpose; the newest one counts.

    Append-only: a trigger refuses UPDATE and DELETE outside the erasure path
    (privacy/append_only.py). Withdrawals and objections are rows of their own.
    """

    class Act(models.TextChoices):
        """What the person said."""

        GIVEN = "given", _("Given")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        OBJECTED = "objected", _("Objected")
        OBJECTION_ENDED = "unobjected", _("Objection ended")

    class Method(models.TextChoices):
        """How it was said."""

        PAGE = "page", _("Form on a page")
        API = "api", _("Program with the person's key")
        LINK = "link", _("Link in a message")
        MAIL = "mail", _("E-mail to the privacy mailbox")
        STAFF = "staff", _("Said to staff, who wrote it down")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=40)
    act = models.CharField(max_length=10, choices=Act)
    # The policy the person had before them, and SHA-256 of its text in both languages.
    policy_version = models.PositiveIntegerField()
    policy_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    # The exact sentence shown, in that language.
    words = models.TextField()
    method = models.CharField(max_length=8, choices=Method)
    # Which form: a short code such as "consents" or "unsubscribe".
    form = models.CharField(max_length=40)
    at = models.DateTimeField()
    # HMAC-SHA256 over the receipt, so that a forged one is recognised.
    signature = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "purpose", "-at"], name="privacy_consent_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="privacy_consent_act",
                condition=models.Q(
                    act__in=["given", "refused", "withdrawn", "objected", "unobjected"]
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.act} {self.id}"
