"""What a period costs, explained line by line: pure computation, no database.

A day is 8 hours and a half day 4: after whole days, the rest is priced the cheapest way
the plan offers, so that nobody pays more for less time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from billing.money import half_up

DAY_MINUTES = 480
HALF_DAY_MINUTES = 240


@dataclass(frozen=True)
class PriceBasis:
    """The tariff and tax in force on one day. Amounts in minor units of `currency`.

    `tax_rate` is the effective fraction of the price: PPN of 12 % on 11/12 is 11/100.
    """

    currency: str
    hour_amount: int
    half_day_amount: int | None
    day_amount: int | None
    tax_included: bool
    tax_name: str
    tax_percent: Fraction
    tax_base: Fraction

    @property
    def tax_rate(self) -> Fraction:
        """The effective rate as a fraction of the price before tax."""
        return self.tax_percent / 100 * self.tax_base


@dataclass(frozen=True)
class Line:
    """`unit` is day, half_day or hour; `minutes` is how much time the line covers."""

    unit: str
    minutes: int
    unit_amount: int
    amount: int


@dataclass(frozen=True)
class Quote:
    """A price: `net + tax = total`; `base` is what the tax was computed on."""

    lines: tuple[Line, ...]
    net: int
    base: int
    tax: int
    total: int
    currency: str
    tax_name: str
    tax_percent: Fraction
    tax_base: Fraction

    def as_json(self) -> list[dict[str, object]]:
        """The lines as they are stored with a reservation."""
        return [
            {"unit": x.unit, "minutes": x.minutes, "unit_amount": x.unit_amount, "amount": x.amount}
            for x in self.lines
        ]


def quote_compute(basis: PriceBasis, minutes: int) -> Quote:
    """The price of `minutes` (> 0) under `basis`."""
    lines = tuple(_lines(basis, minutes))
    amount = sum(line.amount for line in lines)
    if basis.tax_included:
        net = half_up(amount / (1 + basis.tax_rate))
        tax = amount - net
    else:
        net = amount
        tax = half_up(amount * basis.tax_rate)
    return Quote(
        lines=lines,
        net=net,
        base=half_up(net * basis.tax_base),
        tax=tax,
        total=net + tax,
        currency=basis.currency,
        tax_name=basis.tax_name,
        tax_percent=basis.tax_percent,
        tax_base=basis.tax_base,
    )


def _lines(basis: PriceBasis, minutes: int) -> Iterator[Line]:
    days, rest = divmod(minutes, DAY_MINUTES) if basis.day_amount is not None else (0, minutes)
    best = min(_rest_options(basis, rest), key=_sum) if rest else []
    if best and best[0].unit == "day":
        days, best = days + 1, []
    if days and basis.day_amount is not None:
        covered = min(minutes, days * DAY_MINUTES)
        yield Line("day", covered, basis.day_amount, days * basis.day_amount)
    yield from best


def _rest_options(basis: PriceBasis, rest: int) -> Iterator[list[Line]]:
    """The ways to price less than a day (or any length, where the plan has no day)."""
    yield [_hours(basis, rest)]
    half, day = basis.half_day_amount, basis.day_amount
    if half is not None:
        if rest <= HALF_DAY_MINUTES:
            yield [Line("half_day", rest, half, half)]
        else:
            halves, over = divmod(rest, HALF_DAY_MINUTES)
            first = Line("half_day", halves * HALF_DAY_MINUTES, half, halves * half)
            yield [first, _hours(basis, over)] if over else [first]
    if day is not None:
        yield [Line("day", rest, day, day)]


def _hours(basis: PriceBasis, minutes: int) -> Line:
    amount = half_up(Fraction(basis.hour_amount * minutes, 60))
    return Line("hour", minutes, basis.hour_amount, amount)


def _sum(lines: list[Line]) -> int:
    return sum(line.amount for line in lines)
