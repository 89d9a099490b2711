"""Rate plans with effective-dated tariffs, and effective-dated taxes.

Amounts are integers in the currency's minor unit; the rupiah is used without decimals
(billing/money.py). Nothing here is changed in place once it was in force: a new price or
tax is a new row with its own first day.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.ids import uuid7


class TaxRate(models.Model):
    """A tax as it is computed from `valid_from` on.

    Tax = price x percent/100 x base_numerator/base_denominator, half up to the minor unit.
    PPN today is 12 % of 11/12 of the price (PMK 131/2024).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(
        _("code"), max_length=20, help_text=_("The same code in every period, e.g. ppn.")
    )
    name = models.CharField(_("name"), max_length=80)
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=3)
    base_numerator = models.PositiveIntegerField(_("part of the price, numerator"), default=1)
    base_denominator = models.PositiveIntegerField(_("part of the price, denominator"), default=1)
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("tax")
        verbose_name_plural = _("taxes")
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="billing_tax_from"),
            models.CheckConstraint(
                name="billing_tax_positive",
                condition=models.Q(percent__gte=0, percent__lte=100, base_denominator__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from})"


class RatePlan(models.Model):
    """What a kind of space costs; several spaces may share one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    currency = models.CharField(_("currency"), max_length=3, default="IDR")
    tax_code = models.CharField(_("tax"), max_length=20, default="ppn")
    tax_included = models.BooleanField(_("prices include tax"), default=False)

    class Meta:
        verbose_name = _("rate plan")
        verbose_name_plural = _("rate plans")

    def __str__(self) -> str:
        return self.name


class Tariff(models.Model):
    """A plan's prices from `valid_from` on, in minor units: hour, half day (4 h), day (8 h)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(
        RatePlan, models.CASCADE, related_name="tariffs", verbose_name=_("rate plan")
    )
    valid_from = models.DateField(_("valid from"))
    hour_amount = models.PositiveBigIntegerField(_("an hour"))
    half_day_amount = models.PositiveBigIntegerField(_("half a day"), null=True, blank=True)
    day_amount = models.PositiveBigIntegerField(_("a day"), null=True, blank=True)

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        constraints = [
            models.UniqueConstraint(fields=["plan", "valid_from"], name="billing_tariff_from")
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.valid_from}"
