"""Which staff looked at whose data: a log that only grows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from privacy.ids import uuid7
from privacy.models.people import Subject


class AccessEntry(models.Model):
    """One look of a member of staff at one person's data, for a stated purpose.

    Identifiers only: never what was read. The same look repeated within an hour (a page
    that refreshes itself) is one entry. A trigger refuses changes; only erasure and
    retention delete (privacy/append_only.py).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(
        Subject, models.PROTECT, related_name="access_entries", db_index=False
    )
    actor = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    # The role by which the actor may see these fields, as it was then.
    role = models.CharField(max_length=20)
    # "app.Model" and the names of its personal fields, as in the data map.
    model = models.CharField(max_length=80)
    fields = ArrayField(models.CharField(max_length=63))
    # Why: a code of privacy/access.py.
    purpose = models.CharField(max_length=40)
    at = models.DateTimeField()
    hour = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "actor", "purpose", "model", "fields", "hour"],
                name="privacy_access_once_an_hour",
            )
        ]
        indexes = [
            models.Index(fields=["subject", "-id"], name="privacy_access_subject"),
            models.Index(fields=["at"], name="privacy_access_at"),
        ]

    def __str__(self) -> str:
        return str(self.id)
