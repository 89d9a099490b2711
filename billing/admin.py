"""Back office of prices: what is in force stays; a new price or tax is a new row."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from billing.models import RatePlan, Tariff, TaxRate


class DatedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row with a first day: shut once it is in force, and never dated back."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if in_force(self.instance):
            for shown in self.fields.values():
                shown.disabled = True

    def clean_valid_from(self) -> Any:
        """Today at the earliest: what was sold keeps the price it was sold at."""
        first = self.cleaned_data["valid_from"]
        if not in_force(self.instance) and first < timezone.localdate():
            raise ValidationError(_("Prices and taxes begin today at the earliest."))
        return first


class TariffForm(DatedForm):
    """A plan's prices from a day on."""

    class Meta:
        model = Tariff
        fields = ("valid_from", "hour_amount", "half_day_amount", "day_amount")


class TaxRateForm(DatedForm):
    """A tax from a day on."""

    class Meta:
        model = TaxRate
        fields = ("code", "name", "percent", "base_numerator", "base_denominator", "valid_from")


class TariffInline(TabularInline):  # type: ignore[misc]
    """The plan's tariffs, newest first."""

    model = Tariff
    form = TariffForm
    extra = 0
    can_delete = False
    ordering = ("-valid_from",)


@admin.register(RatePlan)
class RatePlanAdmin(ModelAdmin):  # type: ignore[misc]
    """Rate plans with their tariffs."""

    list_display = ("name", "currency", "tax_code", "tax_included")
    search_fields = ("name",)
    inlines = (TariffInline,)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        """How a plan counts stays; another currency or tax is another plan."""
        return ("currency", "tax_code", "tax_included") if obj else ()

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody: spaces and what was booked at its price point to it."""
        return False


@admin.register(TaxRate)
class TaxRateAdmin(ModelAdmin):  # type: ignore[misc]
    """Taxes by their first day."""

    form = TaxRateForm
    list_display = ("code", "name", "percent", "base_numerator", "base_denominator", "valid_from")
    ordering = ("code", "-valid_from")

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Only what has not begun may go."""
        allowed = super().has_delete_permission(request, obj)
        return bool(allowed and obj is not None and not in_force(obj))


def in_force(row: Any) -> bool:
    """Whether a saved row's first day, as it is stored, has come."""
    if row._state.adding:
        return False
    stored = type(row).objects.filter(pk=row.pk).values_list("valid_from", flat=True).first()
    return bool(stored and stored <= timezone.localdate())
