"""Suspicious activity that somebody must look at, and the audits that are due (promise P46)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.ids import uuid7
from privacy.models.people import Subject


class SecurityAlert(models.Model):
    """Something unusual about one account: open until a privacy officer closed it.

    `subject` is whose account it is: the one under attack, or the one that acts oddly.
    There is one open alert a kind and account; what happens again counts on it.
    """

    class Kind(models.TextChoices):
        """What was noticed."""

        MANY_FAILURES = "many_failures", _("Many wrong passwords")
        MANY_READS = "many_reads", _("Many people's data read")
        NEW_DEVICE = "new_device", _("Staff account in a new browser")
        EXPORT_NEW_DEVICE = "export_new_device", _("Export after a new browser")
        TAMPERED = "tampered", _("Sealed data was altered")

    class Outcome(models.TextChoices):
        """What it turned out to be."""

        HARMLESS = "harmless", _("Harmless")
        HANDLED = "handled", _("Misuse, stopped")
        INCIDENT = "incident", _("Incident, to be notified")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="security_alerts"
    )
    times = models.PositiveIntegerField(default=1)
    raised_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                name="privacy_alert_open_once",
                condition=Q(closed_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="privacy_alert_closed_whole",
                condition=Q(closed_at=None, closed_by=None, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome=""),
            ),
        ]
        indexes = [models.Index(fields=["-closed_at"], name="privacy_alert_closed")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Audit(models.Model):
    """A check of the house that comes round again: what, how often, when next."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    title_id = models.CharField(_("title in Indonesian"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120)
    interval_days = models.PositiveSmallIntegerField(_("every how many days"))
    due_on = models.DateField(_("due on"))

    class Meta:
        verbose_name = _("periodic audit")
        verbose_name_plural = _("periodic audits")

    def __str__(self) -> str:
        return self.code


class AuditRun(models.Model):
    """One audit that was done: when, by whom, how much was found, where the report lies."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    audit = models.ForeignKey(Audit, models.PROTECT, related_name="runs")
    done_on = models.DateField()
    recorded_by = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    findings = models.PositiveSmallIntegerField()
    report = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-done_on", "-id")

    def __str__(self) -> str:
        return str(self.id)
