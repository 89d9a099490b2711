"""The processors: who works on personal data for us, under which contract and where."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.ids import uuid7
from privacy.json_fields import MappedJSONField
from privacy.models.people import Subject


class Processor(models.Model):
    """One company that does a service for us (promises P30 and P34).

    Dates are whole days of the operator's calendar (privacy/processors.py); an open end is
    no end. Without region and mechanism the entry stands, and its service is blocked.
    """

    class State(models.TextChoices):
        """Whether we still work with them; that a contract ran out follows from its dates."""

        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    class Mechanism(models.TextChoices):
        """On what ground data may lie where it lies (UU 27/2022 art. 56)."""

        DOMESTIC = "domestic", _("In Indonesia, no transfer")
        ADEQUATE = "adequate", _("The country protects personal data at least as well")
        SAFEGUARDS = "safeguards", _("Binding safeguards in the contract")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    service = models.CharField(max_length=30)
    contract_from = models.DateField()
    contract_until = models.DateField(null=True, blank=True)
    # ISO 3166-1 alpha-2, or EU.
    region = models.CharField(max_length=2, blank=True)
    mechanism = models.CharField(max_length=12, choices=Mechanism, blank=True)
    contact = models.EmailField(max_length=254, blank=True)
    # Categories of the data map that they get to see.
    categories = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["service"], name="privacy_processor_service")]
        constraints = [
            models.CheckConstraint(
                name="privacy_processor_contract",
                condition=models.Q(contract_until=None)
                | models.Q(contract_until__gte=models.F("contract_from")),
            ),
            models.CheckConstraint(
                name="privacy_processor_state", condition=models.Q(state__in=["active", "ended"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.id}"


class ProcessorEvent(models.Model):
    """What was done with an entry of the register: who, when, with which dates and place."""

    class Verb(models.TextChoices):
        """What was done."""

        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    processor = models.ForeignKey(Processor, models.CASCADE, related_name="events")
    verb = models.CharField(max_length=8, choices=Verb)
    # None: the installation itself (a command).
    actor = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")
    data = MappedJSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.verb} {self.id}"
