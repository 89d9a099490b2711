"""Forms of the front desk: somebody without a booking, and a closure."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms.account_base import PageForm
from reservations.models import Closure, Location, Space
from reservations.services.closures import ClosureWish


class WalkInForm(PageForm):
    """A name, a way to reach the person, a room and a length."""

    space = forms.ChoiceField(label=_("Space"))
    starts = forms.TimeField(
        label=_("From"),
        required=False,
        help_text=_("Empty means now."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    minutes = forms.TypedChoiceField(label=_("For how long"), coerce=int)
    people = forms.IntegerField(label=_("People"), required=False, min_value=1, max_value=10_000)
    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.CharField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("An account with this address gets the booking."),
        widget=forms.EmailInput(),
    )
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=40, widget=forms.TextInput({"type": "tel"})
    )
    language = forms.ChoiceField(label=_("Language of the mail"))

    def __init__(self, *args: Any, spaces: Any, lengths: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"].choices = spaces  # type: ignore[attr-defined]
        self.fields["minutes"].choices = lengths  # type: ignore[attr-defined]
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            ("id", "Bahasa Indonesia"), ("en", "English"),
        ]  # fmt: skip


class ClosureForm(PageForm):
    """What is shut, from when until when on the location's own clock, how often, why."""

    where = forms.ChoiceField(label=_("What closes"))
    day = forms.DateField(
        label=_("First day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty means the same day."),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    ends = forms.TimeField(label=_("Until"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    recurrence = forms.ChoiceField(label=_("Repeats"), choices=Closure.Recurrence.choices)
    until = forms.DateField(
        label=_("Repeats until"),
        required=False,
        help_text=_("Empty means for ever."),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    reason_id = forms.CharField(label=_("Reason in Indonesian"), max_length=120)
    reason_en = forms.CharField(label=_("Reason in English"), max_length=120)

    def __init__(self, *args: Any, place: Location, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        floors = [(f"floor:{floor.id}", floor.name) for floor in place.floors.all()]
        spaces = Space.objects.filter(location=place).order_by("name").values_list("id", "name")
        choices: list[Any] = [("", _("The whole location"))]
        if floors:
            choices.append((_("Floors"), floors))
        choices.append((_("Spaces"), [(f"space:{key}", name) for key, name in spaces]))
        self.fields["where"].choices = choices  # type: ignore[attr-defined]
        self.fields["where"].required = False

    def wish(self) -> ClosureWish:
        """The closure asked for, in wall times of the location."""
        data = self.cleaned_data
        kind, _sep, key = data["where"].partition(":")
        last = data["last_day"] or data["day"]
        ends: time = data["ends"]
        return ClosureWish(
            location_id=self.place.id,
            floor_id=key if kind == "floor" else None,
            space_id=key if kind == "space" else None,
            starts_local=datetime.combine(data["day"], data["starts"]),
            ends_local=datetime.combine(last, ends),
            reason_id=data["reason_id"],
            reason_en=data["reason_en"],
            recurrence=data["recurrence"],
            until=data["until"],
        )
