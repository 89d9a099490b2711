"""Prices: explained, never dearer for less time, tax half up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.money import half_up
from billing.quotes import PriceBasis, quote_compute

PPN = {"tax_name": "PPN", "tax_percent": Fraction(12), "tax_base": Fraction(11, 12)}


def basis(
    hour: int = 150_000,
    half: int | None = 500_000,
    day: int | None = 900_000,
    *,
    included: bool = False,
) -> PriceBasis:
    """A rupiah tariff with PPN."""
    return PriceBasis(
        currency="IDR",
        hour_amount=hour,
        half_day_amount=half,
        day_amount=day,
        tax_included=included,
        **PPN,
    )


@pytest.mark.parametrize(
    ("minutes", "net", "units"),
    [
        (90, 225_000, ["hour"]),
        (210, 500_000, ["half_day"]),
        (300, 650_000, ["half_day", "hour"]),
        (420, 900_000, ["day"]),
        (480, 900_000, ["day"]),
        (600, 1_200_000, ["day", "hour"]),
        (960, 1_800_000, ["day"]),
    ],
)
def test_cheapest_combination_is_charged(minutes: int, net: int, units: list[str]) -> None:
    quote = quote_compute(basis(), minutes)

    assert (quote.net, [line.unit for line in quote.lines]) == (net, units)


def test_effective_ppn_is_eleven_percent() -> None:
    quote = quote_compute(basis(), 90)

    assert (quote.net, quote.base, quote.tax, quote.total) == (225_000, 206_250, 24_750, 249_750)


def test_included_tax_adds_up_to_the_price_shown() -> None:
    """Rounded apart, 55,000 becomes 49,550 + 5,451 (facts of the tax office's rounding)."""
    quote = quote_compute(basis(55_000, None, None, included=True), 60)

    assert (quote.net, quote.tax, quote.total) == (49_550, 5_450, 55_000)


@pytest.mark.parametrize(
    ("value", "rounded"), [(Fraction(1, 2), 1), (Fraction(-1, 2), -1), (Fraction(249, 100), 2)]
)
def test_halves_go_away_from_zero(value: Fraction, rounded: int) -> None:
    assert half_up(value) == rounded


@given(
    st.integers(1, 10**7),
    st.none() | st.integers(0, 10**8),
    st.none() | st.integers(0, 10**8),
    st.integers(1, 10_000),
    st.booleans(),
)
def test_sums_always_agree(
    hour: int, half: int | None, day: int | None, minutes: int, included: bool
) -> None:
    quote = quote_compute(basis(hour, half, day, included=included), minutes)

    assert quote.net + quote.tax == quote.total
    assert sum(line.minutes for line in quote.lines) == minutes
    amount = sum(line.amount for line in quote.lines)
    assert amount == (quote.total if included else quote.net)
