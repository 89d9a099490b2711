"""Amounts: integers in the currency's minor unit, rounded half up."""

from decimal import Decimal
from fractions import Fraction

#: Decimals in use; the rupiah's sen exist in law only, nobody pays them.
DIGITS = {"IDR": 0, "JPY": 0, "KRW": 0, "VND": 0, "BHD": 3, "KWD": 3}


def digits(currency: str) -> int:
    """How many decimals amounts of this currency carry here (2 unless known otherwise)."""
    return DIGITS.get(currency, 2)


def to_decimal(amount: int, currency: str) -> Decimal:
    """249750 IDR -> Decimal("249750"); 1250 EUR -> Decimal("12.50")."""
    return Decimal(amount).scaleb(-digits(currency))


def half_up(value: Fraction) -> int:
    """The nearest integer; a half goes away from zero, as the tax office rounds."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return size if value >= 0 else -size
