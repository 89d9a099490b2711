"""Private calendar feeds."""

from django.db import models

from privacy.ids import uuid7
from privacy.models import Subject
from reservations.models.places import Space


class CalendarFeed(models.Model):
    """A secret address of an iCal feed: of a person's reservations, or of one space.

    `owner` made it and may revoke it; without `space` it shows the owner's own
    reservations, with `space` what is booked there. The secret is stored hashed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(Subject, models.CASCADE, related_name="calendar_feeds")
    space = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="feeds")
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)
