"""How amounts of money are written, in Indonesian and in English."""

from typing import Final

from billing.money import digits
from privacy.formats import language

SYMBOLS: Final = {"IDR": "Rp", "EUR": "€", "USD": "US$", "GBP": "£", "JPY": "¥", "SGD": "S$"}


def money(amount: int, currency: str) -> str:
    """Rp249.750 / Rp249,750; €12,50 / €12.50. `amount` is in minor units."""
    places = digits(currency)
    whole, part = divmod(abs(amount), 10**places)
    thousands, decimal = (".", ",") if language() == "id" else (",", ".")
    text = f"{whole:,}".replace(",", thousands)
    if places:
        text += f"{decimal}{part:0{places}d}"
    sign = "−" if amount < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{text}"
