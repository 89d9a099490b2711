"""What is recorded under consent alone: pages opened, and what suggestions are made from."""

from django.db import models

from privacy.ids import uuid7
from privacy.json_fields import MappedJSONField
from privacy.models.people import Subject


class ActivityEntry(models.Model):
    """One page that a person opened (promise P8), written only under consent for `insight`.

    The route's name, never an address with identifiers or a query; the network, never the
    whole address; the browser's family and nothing else of it. Lives for 30 days.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    # One browser's visit: random, and gone when that browser closes.
    visit = models.UUIDField()
    route = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    # Until the next page of the visit; empty for its last one.
    seconds = models.PositiveIntegerField(null=True, blank=True)
    # "203.0.113.0/24" or "2001:db8:1::/48"; empty when it was not known.
    network = models.CharField(max_length=43, blank=True)
    browser = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-opened_at"], name="privacy_activity_person"),
            models.Index(fields=["opened_at"], name="privacy_activity_age"),
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.id}"


class ActivityCount(models.Model):
    """How often a page was opened on a day (UTC), by nobody in particular.

    What entries become after 30 days. A day's page that fewer than ten people opened is
    counted under the empty route with others like it, or not at all (promise P31).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()
    route = models.CharField(max_length=80, blank=True)
    views = models.PositiveIntegerField()
    # How many of the views have a length, and their sum in seconds.
    timed = models.PositiveIntegerField()
    seconds = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "route"], name="privacy_activity_count_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.route}"


class PreferenceProfile(models.Model):
    """What suggestions are made from (promise P12), kept only under consent for `preferences`.

    `choices` are the last bookings made, newest first, as privacy.preferences writes them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.OneToOneField(Subject, models.CASCADE, related_name="+")
    choices = MappedJSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.id)
