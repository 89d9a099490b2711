"""The table of support grants (part of the app's models; accounts/models.py imports it)."""

from django.db import models

from privacy.ids import uuid7
from privacy.models import Subject


class SupportGrant(models.Model):
    """A tenant's leave for customer service to look at its data, for some hours (promise P33).

    Without a grant that runs, staff see nothing of an organisation's people and bookings.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.CASCADE, related_name="support_grants", db_index=False
    )
    given_by = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Subject, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="accounts_grant_order",
                condition=models.Q(expires_at__gt=models.F("given_at")),
            )
        ]
        indexes = [models.Index(fields=["organisation", "-given_at"], name="accounts_grant_newest")]

    def __str__(self) -> str:
        return str(self.id)
