"""Reads of prices: the tariff and tax in force on a day."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import connection

from billing.quotes import PriceBasis

# One statement: the newest tariff and the newest tax rate that had begun on the day.
_BASIS = """
SELECT plan.id, plan.currency, tariff.hour_amount, tariff.half_day_amount, tariff.day_amount,
       plan.tax_included, tax.name, tax.percent, tax.base_numerator, tax.base_denominator
FROM billing_rateplan AS plan
CROSS JOIN LATERAL (
    SELECT hour_amount, half_day_amount, day_amount FROM billing_tariff
    WHERE plan_id = plan.id AND valid_from <= %(day)s ORDER BY valid_from DESC LIMIT 1
) AS tariff
LEFT JOIN LATERAL (
    SELECT name, percent, base_numerator, base_denominator FROM billing_taxrate
    WHERE code = plan.tax_code AND valid_from <= %(day)s ORDER BY valid_from DESC LIMIT 1
) AS tax ON true
WHERE plan.id = ANY(%(plans)s)
"""


def price_bases(plan_ids: Iterable[UUID], on: date) -> dict[UUID, PriceBasis]:
    """The basis of each plan on a day, in one query; plans without a tariff are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_BASIS, {"plans": list(set(plan_ids)), "day": on})
        return {row[0]: _basis(row) for row in cursor.fetchall()}


def _basis(row: tuple[Any, ...]) -> PriceBasis:
    return PriceBasis(
        currency=row[1],
        hour_amount=row[2],
        half_day_amount=row[3],
        day_amount=row[4],
        tax_included=row[5],
        tax_name=row[6] or "",
        tax_percent=Fraction(row[7] if row[7] is not None else Decimal(0)),
        tax_base=Fraction(row[8], row[9]) if row[9] else Fraction(1),
    )
