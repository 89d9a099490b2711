"""What the demo's spaces cost: plans, tariffs since January, and PPN."""

from datetime import date
from decimal import Decimal
from typing import Final

from billing.models import RatePlan, Tariff, TaxRate

#: name: (hour, half day, day) in rupiah before PPN; None where the plan has no such unit.
PLANS: Final[dict[str, tuple[int, int | None, int | None]]] = {
    "Ruang rapat kecil": (95_000, 330_000, 600_000),
    "Ruang rapat": (150_000, 520_000, 950_000),
    "Ruang rapat besar": (240_000, 840_000, 1_500_000),
    "Ruang rapat daerah": (110_000, 380_000, 690_000),
    "Kantor pribadi": (125_000, 420_000, 700_000),
    "Kantor pribadi besar": (210_000, 720_000, 1_250_000),
    "Meja kerja": (25_000, 80_000, 130_000),
    "Aula": (750_000, 2_600_000, 4_500_000),
    "Aula, satu bagian": (400_000, 1_400_000, 2_500_000),
}
SINCE: Final = date(2024, 1, 1)
#: Each January's prices, in percent of today's; each is a row of its own, none is changed.
STEPS: Final = ((SINCE, 90), (date(2025, 1, 1), 95), (date(2026, 1, 1), 100))
#: PPN: 11 % of the price until the end of 2024 (UU 7/2021, article 7), since then 12 % of
#: 11/12 of it (PMK 131/2024, article 3).
TAXES: Final = (
    (date(2022, 4, 1), "PPN 11%", Decimal(11), 1, 1),
    (date(2025, 1, 1), "PPN 12% × 11/12", Decimal(12), 11, 12),
)


def rates_load() -> None:
    """Write the taxes and plans that are missing."""
    for valid_from, name, percent, numerator, denominator in TAXES:
        TaxRate.objects.get_or_create(
            code="ppn",
            valid_from=valid_from,
            defaults={
                "name": name,
                "percent": percent,
                "base_numerator": numerator,
                "base_denominator": denominator,
            },
        )
    for name, amounts in PLANS.items():
        plan, made = RatePlan.objects.get_or_create(name=name)
        if made:
            Tariff.objects.bulk_create(_tariffs(plan, amounts))


def _tariffs(plan: RatePlan, amounts: tuple[int, int | None, int | None]) -> list[Tariff]:
    return [
        Tariff(
            plan=plan,
            valid_from=first,
            hour_amount=_step(amounts[0], percent) or 0,
            half_day_amount=_step(amounts[1], percent),
            day_amount=_step(amounts[2], percent),
        )
        for first, percent in STEPS
    ]


def _step(amount: int | None, percent: int) -> int | None:
    """A share of an amount, rounded to a thousand rupiah as prices on a list are."""
    return None if amount is None else round(amount * percent / 100_000) * 1_000
