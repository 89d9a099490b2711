"""Locations, floors, spaces, and when they are shut."""

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from billing.models import RatePlan
from privacy.formats import language
from privacy.ids import uuid7
from privacy.json_fields import MappedJSONField
from reservations.hours import opening_hours_default, validate_opening_hours, validate_zone


class Location(models.Model):
    """A building. All rules, hours and day bounds of its spaces are in its own zone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("web name"), max_length=80, unique=True)
    address = models.TextField(_("address"), blank=True)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2, default="ID")
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    # Seven lists (Monday first) of [opens, closes] in minutes after local midnight;
    # 1440 is the end of the day, so that a place open round the clock has no gap.
    opening_hours = MappedJSONField(
        _("opening hours"), default=opening_hours_default, validators=[validate_opening_hours]
    )
    max_open_reservations = models.PositiveSmallIntegerField(
        _("upcoming reservations a person may have here"), null=True, blank=True
    )
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)
    is_active = models.BooleanField(_("open for booking"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Floor(models.Model):
    """A storey of a location, e.g. "5" or "Mezzanine"."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    location = models.ForeignKey(
        Location, models.CASCADE, related_name="floors", verbose_name=_("location")
    )
    name = models.CharField(_("name"), max_length=40)
    level = models.SmallIntegerField(_("level"), default=0)

    class Meta:
        verbose_name = _("floor")
        verbose_name_plural = _("floors")
        ordering = ["level"]
        constraints = [
            models.UniqueConstraint(fields=["location", "name"], name="reservations_floor_name")
        ]

    def __str__(self) -> str:
        return self.name


class Amenity(models.Model):
    """Something a space may have; `icon` names a symbol of the icon sheet."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_id = models.CharField(_("name in Indonesian"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("position in lists"), default=0)

    class Meta:
        verbose_name = _("amenity")
        verbose_name_plural = _("amenities")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name_id if language() == "id" else self.name_en


class Space(models.Model):
    """Something that can be reserved.

    A divisible space (an event hall) is the `whole` of its parts; parts are spaces too.
    A space without parts is its own atomic part. See reservations/0002 for the trigger
    that writes an occupancy row per atomic part.
    """

    class Kind(models.TextChoices):
        """What it is (contract: the API's `kind`)."""

        MEETING_ROOM = "meeting_room", _("Meeting room")
        PRIVATE_OFFICE = "private_office", _("Private office")
        HOT_DESK = "hot_desk", _("Hot desk")
        EVENT_HALL = "event_hall", _("Event hall")

    class Access(models.TextChoices):
        """Who may book it."""

        EVERYONE = "everyone", _("Everyone")
        MEMBERS = "members", _("Members of an organisation")
        ORGANISATIONS = "organisations", _("Named organisations")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    location = models.ForeignKey(
        Location, models.PROTECT, related_name="spaces", verbose_name=_("location")
    )
    floor = models.ForeignKey(
        Floor, models.PROTECT, null=True, blank=True, related_name="spaces", verbose_name=_("floor")
    )
    whole = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("web name"), max_length=100, unique=True)
    description_id = models.TextField(_("description in Indonesian"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), validators=[MinValueValidator(1)])
    amenities = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("amenities")
    )
    rate_plan = models.ForeignKey(
        RatePlan, models.PROTECT, related_name="+", verbose_name=_("rate plan")
    )
    # The hour's price today, so that a search can order by it; services keep it true.
    hour_amount = models.PositiveBigIntegerField(default=0, editable=False)
    turnover_minutes = models.PositiveSmallIntegerField(_("turnover, minutes"), default=0)
    granularity_minutes = models.PositiveSmallIntegerField(_("step, minutes"), default=15)
    min_minutes = models.PositiveIntegerField(_("shortest, minutes"), default=30)
    max_minutes = models.PositiveIntegerField(_("longest, minutes"), default=720)
    ahead_days = models.PositiveSmallIntegerField(
        _("bookable how many days ahead"), default=180, validators=[MaxValueValidator(366)]
    )
    access = models.CharField(
        _("who may book"), max_length=14, choices=Access, default=Access.EVERYONE
    )
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="+", verbose_name=_("organisations")
    )
    approval_required = models.BooleanField(_("needs approval"), default=False)
    cancel_free_minutes = models.PositiveIntegerField(
        _("free cancellation until, minutes before"), default=120
    )
    is_active = models.BooleanField(_("open for booking"), default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        ordering = ["location", "capacity", "name"]
        constraints = [
            models.CheckConstraint(
                name="reservations_space_lengths",
                condition=models.Q(
                    min_minutes__gt=0,
                    max_minutes__gte=models.F("min_minutes"),
                    granularity_minutes__gte=5,
                    granularity_minutes__lte=1440,
                    capacity__gte=1,
                    ahead_days__lte=366,
                ),
            ),
            models.CheckConstraint(
                name="reservations_space_not_own_part",
                condition=~models.Q(whole=models.F("id")),
            ),
        ]
        indexes = [
            models.Index(
                "capacity",
                "hour_amount",
                "id",
                name="reservations_space_fit",
                condition=models.Q(is_active=True),
            ),
            models.Index(
                "location",
                "capacity",
                "hour_amount",
                "id",
                name="reservations_space_fit_place",
                condition=models.Q(is_active=True),
            ),
            GinIndex("amenities", name="reservations_space_amenities"),
        ]

    def __str__(self) -> str:
        return self.name


class SpacePicture(models.Model):
    """A photograph or drawing of a space; the measured plan is drawn from its row."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    space = models.ForeignKey(Space, models.CASCADE, related_name="pictures")
    image = models.ImageField(upload_to="spaces/", max_length=200)
    alt_id = models.CharField(_("what it shows, in Indonesian"), max_length=200)
    alt_en = models.CharField(_("what it shows, in English"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return str(self.id)


class Closure(models.Model):
    """When a location, one floor or one space is shut; once or again and again.

    `starts_local` and `ends_local` are wall times of the location (no zone), so that
    "every Sunday 08.00-12.00" stays 08.00 through a change of summer time.
    """

    class Recurrence(models.TextChoices):
        """How it repeats, until `until` (inclusive) or for ever."""

        ONCE = "once", _("Once")
        DAILY = "daily", _("Every day")
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")
        YEARLY = "yearly", _("Every year")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    location = models.ForeignKey(
        Location, models.CASCADE, related_name="closures", verbose_name=_("location")
    )
    floor = models.ForeignKey(
        Floor,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="closures",
        verbose_name=_("floor"),
    )
    space = models.ForeignKey(
        Space,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="closures",
        verbose_name=_("space"),
    )
    reason_id = models.CharField(_("reason in Indonesian"), max_length=120)
    reason_en = models.CharField(_("reason in English"), max_length=120)
    starts_local = models.DateTimeField(_("from (wall time)"))
    ends_local = models.DateTimeField(_("until (wall time)"))
    recurrence = models.CharField(
        _("repeats"), max_length=8, choices=Recurrence, default=Recurrence.ONCE
    )
    until = models.DateField(_("repeats until"), null=True, blank=True)
    # Public holidays come from a library and are renewed by its rule.
    is_holiday = models.BooleanField(_("public holiday"), default=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = [
            models.CheckConstraint(
                name="reservations_closure_order",
                condition=models.Q(ends_local__gt=models.F("starts_local")),
            )
        ]

    def __str__(self) -> str:
        return self.reason_id if language() == "id" else self.reason_en


class ClosurePeriod(models.Model):
    """One occurrence of a closure, materialised so that SQL can probe it."""

    id = models.BigAutoField(primary_key=True)
    closure = models.ForeignKey(Closure, models.CASCADE, related_name="periods")
    location = models.ForeignKey(Location, models.CASCADE, related_name="+")
    floor = models.ForeignKey(Floor, models.CASCADE, null=True, blank=True, related_name="+")
    space = models.ForeignKey(Space, models.CASCADE, null=True, blank=True, related_name="+")
    period = DateTimeRangeField()

    class Meta:
        indexes = [GistIndex("location", "period", name="reservations_closure_gist")]

    def __str__(self) -> str:
        return f"{self.closure_id} {self.period}"
