"""Reservations, their history, and the occupancy that forbids double booking."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from privacy.ids import uuid7
from privacy.json_fields import MappedJSONField
from privacy.models import Contact, Subject
from reservations.models.places import Location, Space


class Reservation(models.Model):
    """A space for a period [starts_at, ends_at); set-up and tear-down are part of it.

    While its state blocks, a trigger keeps one Occupancy row per atomic part of its
    space for [starts_at, ends_at + turnover): see migration 0002.
    """

    class State(models.TextChoices):
        """The life of a reservation (contract)."""

        HELD = "held", _("Held")
        PENDING = "pending", _("Awaiting approval")
        CONFIRMED = "confirmed", _("Confirmed")
        CHECKED_IN = "checked_in", _("Checked in")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        NO_SHOW = "no_show", _("No-show")

    BLOCKING = (State.HELD, State.PENDING, State.CONFIRMED, State.CHECKED_IN)
    OPEN = BLOCKING

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(
        Space, models.PROTECT, related_name="reservations", verbose_name=_("space")
    )
    # Whose reservation it is; a person without an account may have one (a walk-in).
    holder = models.ForeignKey(
        Subject, models.PROTECT, related_name="reservations", verbose_name=_("holder")
    )
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reservations",
        verbose_name=_("organisation"),
    )
    created_by = models.ForeignKey(
        Subject, models.PROTECT, related_name="+", verbose_name=_("booked by")
    )
    state = models.CharField(_("state"), max_length=10, choices=State)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    turnover_minutes = models.PositiveSmallIntegerField(_("turnover, minutes"), default=0)
    title = models.CharField(_("title"), max_length=200, blank=True)
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    # Holds and pendings end by themselves; null in every other state.
    expires_at = models.DateTimeField(_("runs out"), null=True, blank=True)
    cancel_free_until = models.DateTimeField(_("free cancellation until"))
    price_amount = models.BigIntegerField(_("price with tax"))  # minor units, tax included
    price_tax = models.BigIntegerField(_("tax in it"))
    price_currency = models.CharField(_("currency"), max_length=3)
    price_lines = MappedJSONField(default=list)
    version = models.PositiveIntegerField(_("version"), default=1)
    calendar_sequence = models.PositiveIntegerField(default=0)
    checked_in_at = models.DateTimeField(_("checked in at"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.CheckConstraint(
                name="reservations_reservation_order", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="reservations_reservation_state",
                condition=Q(
                    state__in=[
                        "held",
                        "pending",
                        "confirmed",
                        "checked_in",
                        "completed",
                        "cancelled",
                        "declined",
                        "expired",
                        "no_show",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="reservations_reservation_expiry",
                condition=Q(state__in=["held", "pending"], expires_at__isnull=False)
                | (~Q(state__in=["held", "pending"]) & Q(expires_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["holder", "-starts_at"], name="reservations_by_holder"),
            models.Index(
                fields=["organisation", "-starts_at"],
                name="reservations_by_organisation",
                condition=Q(organisation__isnull=False),
            ),
            models.Index("space", "starts_at", name="reservations_by_space"),
            models.Index(
                "expires_at",
                name="reservations_to_expire",
                condition=Q(state__in=["held", "pending"]),
            ),
            models.Index(
                "ends_at",
                name="reservations_to_complete",
                condition=Q(state__in=["confirmed", "checked_in"]),
            ),
            models.Index(
                "starts_at",
                name="reservations_to_remind",
                condition=Q(state="confirmed"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Occupancy(models.Model):
    """One atomic part taken for a period. Written by the trigger on Reservation alone."""

    pk = models.CompositePrimaryKey("reservation_id", "part_id")
    reservation = models.ForeignKey(Reservation, models.CASCADE, related_name="occupancies")
    part = models.ForeignKey(Space, models.PROTECT, related_name="occupancies", db_index=False)
    period = DateTimeRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="reservations_no_double_booking",
                expressions=[
                    (F("part"), RangeOperators.EQUAL),
                    (F("period"), RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.period}"


class ReservationEvent(models.Model):
    """Every change of a reservation: who, when, from, to. Identifiers and times only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reservation = models.ForeignKey(Reservation, models.CASCADE, related_name="events")
    actor = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by whom")
    )
    verb = models.CharField(_("what happened"), max_length=20)
    from_state = models.CharField(_("state before"), max_length=10, blank=True)
    to_state = models.CharField(_("state after"), max_length=10)
    version = models.PositiveIntegerField(_("version"))  # the reservation's, after this change
    # {"starts_at": [old, new], …}: instants and identifiers, never names or titles.
    changes = MappedJSONField(default=dict, blank=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")

    def __str__(self) -> str:
        return f"{self.verb} {self.reservation_id}"


class Guest(models.Model):
    """Somebody invited to a reservation by e-mail."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reservation = models.ForeignKey(Reservation, models.CASCADE, related_name="guests")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="guest_of")
    invited_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reservation", "contact"], name="reservations_guest_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


#: The day under which a location counts what changes all its days: spaces, hours, prices.
EVERY_DAY = date.max


class GridRevision(models.Model):
    """Counts what changed on one local day of a location, for the cached timeline.

    The row of EVERY_DAY counts what changed all of them at once.
    Bumped last in a transaction (so its row lock is held briefly) and read before the
    rows it stands for, so that a cached grid is never newer than its number.
    """

    pk = models.CompositePrimaryKey("location_id", "day")
    location = models.ForeignKey(Location, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    revision = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.location_id} {self.day} {self.revision}"
