"""Who accepted which version of terms and policy, and the notices of new versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.ids import uuid7
from privacy.models.people import Subject


class Acceptance(models.Model):
    """One answer to one version of terms or policy; append-only, like the consent ledger."""

    class Answer(models.TextChoices):
        """What the person said; silence is no row."""

        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    class Document(models.TextChoices):
        """Which text."""

        POLICY = "policy", _("Privacy policy")
        TERMS = "terms", _("Terms of use")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="acceptances")
    # The organisation an owner answered for; none when for themselves (promise P66).
    organisation = models.UUIDField(null=True, blank=True, db_index=True)
    document = models.CharField(max_length=6, choices=Document)
    version = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    answer = models.CharField(max_length=8, choices=Answer)
    language = models.CharField(max_length=5)
    # The exact sentence beside the box or button.
    words = models.TextField()
    # Which form: a short code such as "register" or "google".
    form = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "document", "-at"], name="privacy_acceptance_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                name="privacy_acceptance_answer",
                condition=models.Q(answer__in=["accepted", "declined"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.version} {self.answer} {self.id}"


class PolicyNotice(models.Model):
    """A new version was announced: when, to how many, and when the last notice had gone out.

    Without such a row, finished, a version never takes effect (promise P61).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.CharField(max_length=6, choices=Acceptance.Document)
    version = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    announced_by = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+"
    )
    announced_at = models.DateTimeField()
    # When a notice for everybody stood in the outbox, and when each had left or come to an end.
    put_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "version"], name="privacy_policy_notice_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.version}"
