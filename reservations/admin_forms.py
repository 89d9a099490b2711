"""Forms of the back office: opening hours row by row, and the rules of divisible spaces."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from privacy import clock
from reservations.hours import opening_hours_default, validate_opening_hours
from reservations.hours_text import hours_parse, hours_text
from reservations.models import Amenity, Floor, Location, Reservation, Space

HOURS = [f"hours_{day}" for day in range(7)]


class HoursField(forms.CharField):
    """One weekday's opening hours in writing; cleaned to [[opens, closes], …]."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"placeholder": "08.00–20.00"})
        super().__init__(required=False, max_length=120, widget=widget, **options)

    def to_python(self, value: Any) -> Any:
        """The minutes; ValidationError says what was not understood."""
        return hours_parse(super().to_python(value) or "")

    def prepare_value(self, value: Any) -> Any:
        """Stored hours in writing; what was typed stays as it was typed."""
        return hours_text(value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the hours differ, however they were written."""
        try:
            return bool(hours_parse(data or "") != (initial or []))
        except ValidationError:
            return True


class LocationForm(forms.ModelForm):  # type: ignore[type-arg]
    """A location, with a row per weekday for its opening hours."""

    class Meta:
        model = Location
        exclude = ("opening_hours", "version")  # noqa: DJ006 - the hours have fields of their own

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        present = self.instance.opening_hours or opening_hours_default()
        for day, name in enumerate(HOURS):
            self.fields[name] = HoursField(label=WEEKDAYS[day])
            self.initial.setdefault(name, present[day])

    def clean(self) -> dict[str, Any]:
        """The seven rows as one value of the model."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if all(name in cleaned for name in HOURS):
            hours = [cleaned[name] for name in HOURS]
            try:
                validate_opening_hours(hours)
            except ValidationError as error:
                self.add_error(None, error)
            self.instance.opening_hours = hours
        if "time_zone" in self.changed_data and self._is_booked():
            detail = _("There are upcoming bookings; the time zone cannot change now.")
            self.add_error("time_zone", detail)
        return cleaned

    def _is_booked(self) -> bool:
        """Bookings are instants; another zone would silently move their wall times."""
        open_here = {"space__location": self.instance.pk, "state__in": Reservation.OPEN}
        return Reservation.objects.filter(**open_here, ends_at__gt=clock.now()).exists()


class FloorChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Floors with their location's name: every location has a first floor."""

    def label_from_instance(self, obj: Any) -> str:
        """E.g. "Kebon Sirih · 5"."""
        return f"{obj.location} · {obj.name}"


class SpaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A space; refuses what the database would refuse, in words."""

    amenities = forms.MultipleChoiceField(
        label=_("Amenities"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Space
        exclude = ("hour_amount", "version")  # noqa: DJ006 - services keep these two

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        column = "name_id" if get_language() == "id" else "name_en"
        if "amenities" in self.fields:
            choices = list(Amenity.objects.values_list("code", column))
            self.fields["amenities"].choices = choices  # type: ignore[attr-defined]
        if "floor" in self.fields:
            self.fields["floor"].queryset = Floor.objects.select_related(  # type: ignore[attr-defined]
                "location"
            )

    def clean(self) -> dict[str, Any]:
        """Floor and whole belong to the location, and nothing in use is divided or joined."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        location = cleaned.get("location") or self.initial_location()
        if location is None:
            return cleaned
        floor, whole = cleaned.get("floor"), cleaned.get("whole")
        if floor and floor.location_id != location.id:
            self.add_error("floor", _("This floor is in another location."))
        if whole and (whole.location_id != location.id or whole.whole_id):
            detail = _("A part belongs to an undivided space of the same location.")
            self.add_error("whole", detail)
        if "whole" in self.changed_data:
            self._check_division(whole)
        if cleaned.get("max_minutes", 0) < cleaned.get("min_minutes", 0):
            detail = _("The longest time is shorter than the shortest.")
            self.add_error("max_minutes", detail)
        named = cleaned.get("access") == Space.Access.ORGANISATIONS
        if named and not cleaned.get("organisations"):
            self.add_error("organisations", _("Choose at least one organisation."))
        return cleaned

    def initial_location(self) -> Location | None:
        """A space never changes its location, so a saved one's form does not ask for it."""
        return self.instance.location if self.instance.location_id else None

    def _check_division(self, whole: Space | None) -> None:
        if whole and self.instance.parts.exists():
            detail = _("A part belongs to an undivided space of the same location.")
            self.add_error("whole", detail)
        former = self.initial.get("whole")
        family = [key for key in (self.instance.id, former, whole and whole.id) if key]
        if Reservation.objects.filter(space__in=family, state__in=Reservation.OPEN).exists():
            detail = _("There are upcoming bookings; the division cannot change now.")
            self.add_error("whole", detail)
