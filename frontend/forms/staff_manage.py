"""Forms of managing: locations, floors, spaces, pictures, rate plans and tariffs."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from billing.models import RatePlan
from billing.money import digits
from frontend import formats
from frontend.forms.account_base import PageForm
from reservations.hours import DAY_MINUTES
from reservations.models import Amenity, Location, Space

PERIOD = re.compile(r"^(\d{1,2})[.:](\d{2})\s*[-\u2013]\s*(\d{1,2})[.:](\d{2})$")
DAYS = range(7)


def hours_text(day: list[list[int]]) -> str:
    """[[480, 720], [780, 1200]] -> "08.00-12.00, 13.00-20.00"."""
    clock = formats.clock_minute
    return ", ".join(f"{clock(opens)}-{clock(closes)}" for opens, closes in day)


def hours_read(text: str) -> list[list[int]]:
    """The opposite; raises ValidationError for what is no list of ordered periods."""
    found: list[list[int]] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = PERIOD.match(part)
        if match is None:
            raise forms.ValidationError(
                gettext("Write “%(text)s” as 08.00-12.00, several with a comma.")
                % {"text": part[:40]}
            )
        a, b, c, d = (int(group) for group in match.groups())
        opens, closes = a * 60 + b, c * 60 + d
        if b > 59 or d > 59 or closes > DAY_MINUTES:
            raise forms.ValidationError(
                gettext("There is no such time of day; 24.00 ends the day.")
            )
        if opens >= closes:
            raise forms.ValidationError(gettext("It must close after it opens."))
        if found and opens <= found[-1][1]:
            raise forms.ValidationError(gettext("The periods must follow one another with a gap."))
        found.append([opens, closes])
    return found


class LocationForm(PageForm):
    """A building, with a line of opening hours per weekday."""

    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(
        label=_("Address"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )
    city = forms.CharField(label=_("City"), max_length=80)
    country = forms.CharField(
        label=_("Country, two letters"), min_length=2, max_length=2, initial="ID"
    )
    time_zone = forms.ChoiceField(label=_("Time zone"))
    max_open_reservations = forms.IntegerField(
        label=_("Upcoming bookings one person may have here"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Empty means no limit."),
    )
    is_active = forms.BooleanField(label=_("Open for booking"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone]
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]
        for day in DAYS:
            attrs = {"class": "input", "id": f"location-day-{day}"}
            self.fields[f"day_{day}"] = forms.CharField(
                label=formats.DAYS[formats.language()][day],
                required=False,
                max_length=200,
                widget=forms.TextInput(attrs),
            )

    @property
    def days(self) -> list[forms.BoundField]:
        """The seven lines."""
        return [self[f"day_{day}"] for day in DAYS]

    def clean(self) -> dict[str, Any]:
        """Read the hours, each bad line with its own reason."""
        hours = []
        for day in DAYS:
            try:
                hours.append(hours_read(self.cleaned_data.get(f"day_{day}", "")))
            except forms.ValidationError as error:
                self.add_error(f"day_{day}", error)
        self.cleaned_data["opening_hours"] = hours
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """What location_save takes."""
        keys = (
            "name", "address", "city", "time_zone", "opening_hours", "max_open_reservations",
            "is_active",
        )  # fmt: skip
        country = self.cleaned_data["country"].upper()
        return {key: self.cleaned_data[key] for key in keys} | {"country": country}


def location_initial(place: Location) -> dict[str, Any]:
    """A location as its form shows it."""
    keys = ("name", "address", "city", "country", "time_zone", "max_open_reservations", "version")
    found = {key: getattr(place, key) for key in keys}
    days = {f"day_{day}": hours_text(place.opening_hours[day]) for day in DAYS}
    return {**found, **days, "is_active": place.is_active}


class FloorForm(PageForm):
    """A floor's name, and its height for the order."""

    name = forms.CharField(label=_("Name"), max_length=40)
    level = forms.IntegerField(label=_("Level"), min_value=-20, max_value=200, initial=1)


NUMBERS = (
    "capacity", "turnover_minutes", "granularity_minutes", "min_minutes", "max_minutes",
    "ahead_days", "cancel_free_minutes",
)  # fmt: skip
PLAIN = (
    "kind", "name", "description_id", "description_en", "amenities", "access",
    "approval_required", "is_active", *NUMBERS,
)  # fmt: skip


class SpaceForm(PageForm):
    """Every field of a space."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Space.Kind.choices)
    floor = forms.ChoiceField(label=_("Floor"), required=False)
    whole = forms.ChoiceField(
        label=_("Part of"), required=False, help_text=_("For halls that can be divided.")
    )
    capacity = forms.IntegerField(label=_("People at most"), min_value=1, max_value=100_000)
    rate_plan = forms.ChoiceField(label=_("Rate plan"))
    description_id = forms.CharField(
        label=_("Description in Indonesian"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )
    description_en = forms.CharField(
        label=_("Description in English"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )
    amenities = forms.MultipleChoiceField(
        label=_("Amenities"), required=False, widget=forms.CheckboxSelectMultiple()
    )
    turnover_minutes = forms.IntegerField(
        label=_("Turnover, minutes"), min_value=0, max_value=1440, initial=0
    )
    granularity_minutes = forms.IntegerField(
        label=_("Step, minutes"), min_value=5, max_value=1440, initial=15
    )
    min_minutes = forms.IntegerField(
        label=_("Shortest, minutes"), min_value=5, max_value=500_000, initial=30
    )
    max_minutes = forms.IntegerField(
        label=_("Longest, minutes"), min_value=5, max_value=500_000, initial=720
    )
    ahead_days = forms.IntegerField(
        label=_("Bookable days ahead"), min_value=1, max_value=366, initial=180
    )
    cancel_free_minutes = forms.IntegerField(
        label=_("Free cancellation until minutes before"),
        min_value=0,
        max_value=500_000,
        initial=120,
    )
    access = forms.ChoiceField(label=_("Who may book"), choices=Space.Access.choices)
    organisations = forms.MultipleChoiceField(
        label=_("Named organisations"),
        required=False,
        help_text=_("Only for “Named organisations”."),
        widget=forms.SelectMultiple({"size": 5}),
    )
    approval_required = forms.BooleanField(label=_("Needs approval"), required=False)
    is_active = forms.BooleanField(label=_("Open for booking"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, place: Location, space: Space | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tongue = formats.language()
        wholes = Space.objects.filter(location=place, whole=None).order_by("name")
        if space is not None:
            wholes = wholes.exclude(id=space.id)
        none = ("", gettext("None"))
        choices: dict[str, list[Any]] = {
            "floor": [none, *((str(f.id), f.name) for f in place.floors.all())],
            "whole": [none, *((str(key), name) for key, name in wholes.values_list("id", "name"))],
            "rate_plan": [(str(p.id), p.name) for p in RatePlan.objects.order_by("name")],
            "amenities": [
                (a.code, a.name_id if tongue == "id" else a.name_en) for a in Amenity.objects.all()
            ],
            "organisations": [
                (str(o.id), o.name) for o in Organisation.objects.order_by("name")[:2000]
            ],
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What space_save takes; keys of other rows as UUIDs."""
        data = self.cleaned_data
        keys = {f"{name}_id": _key(data[name]) for name in ("floor", "whole", "rate_plan")}
        return {name: data[name] for name in PLAIN} | keys


def _key(text: str) -> Any:
    return forms.UUIDField(required=False).clean(text)


def space_initial(space: Space) -> dict[str, Any]:
    """A space as its form shows it."""
    keys = {
        name: str(getattr(space, f"{name}_id") or "") for name in ("floor", "whole", "rate_plan")
    }
    chosen = [str(key) for key in space.organisations.values_list("id", flat=True)]
    plain = {name: getattr(space, name) for name in PLAIN}
    return {**plain, **keys, "organisations": chosen, "version": space.version}


class PictureForm(PageForm):
    """A picture and what it shows, in both languages."""

    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, at most 8 MB."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt_id = forms.CharField(label=_("What it shows, in Indonesian"), max_length=200)
    alt_en = forms.CharField(label=_("What it shows, in English"), max_length=200)


class PlanForm(PageForm):
    """A rate plan's name."""

    name = forms.CharField(label=_("Name"), max_length=120)


class AmountField(forms.CharField):
    """An amount as people type it, "150.000" or "Rp150,000"; cleaned to minor units or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 24)
        super().__init__(widget=forms.TextInput({"inputmode": "decimal"}), **kwargs)
        self.currency = "IDR"

    def clean(self, value: Any) -> int | None:
        """Minor units, e.g. 150000 rupiah."""
        text = super().clean(value).strip()
        if not text:
            return None
        text = re.sub(r"^(Rp|IDR)\s*", "", text, flags=re.IGNORECASE).replace(" ", "")
        places = digits(self.currency)
        if not places:
            if not re.fullmatch(r"\d{1,3}([.,]\d{3})*|\d+", text):
                raise forms.ValidationError(gettext("Write a whole amount, e.g. 150.000."))
            return int(re.sub(r"[.,]", "", text))
        try:
            return int(Decimal(text.replace(",", ".")).scaleb(places).to_integral_exact())
        except (InvalidOperation, ValueError, OverflowError):
            raise forms.ValidationError(gettext("Write an amount, e.g. 12.50.")) from None


class TariffForm(PageForm):
    """New prices from a day on."""

    valid_from = forms.DateField(
        label=_("From the day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    hour_amount = AmountField(label=_("Hour"))
    half_day_amount = AmountField(label=_("Half day, 4 hours"), required=False)
    day_amount = AmountField(label=_("Day, 8 hours"), required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, AmountField):
                field.currency = currency
