"""Finds payment card numbers in text, so that none is ever stored (promise P32).

Card data never touches Ruang: payment happens on the provider's pages. People type their
numbers into the wrong box all the same, so every text that services take is looked at.
"""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: Thirteen to nineteen digits as cards print them: together, or in groups. Digits of any
#: script count, since int() reads them all.
CANDIDATE: Final = re.compile(r"(?<![\w+])\d(?:[ \u00a0.\-\u2010-\u2015]?\d){12,18}(?!\w)")
#: The ranges of the networks (ISO/IEC 7812): first digits, and the lengths in use.
RANGES: Final = (
    (re.compile(r"4"), {13, 16, 19}),  # Visa
    (re.compile(r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), {16}),  # Mastercard
    (re.compile(r"3[47]"), {15}),  # American Express
    (re.compile(r"3(?:0[0-5]|[689])"), {14}),  # Diners Club
    (re.compile(r"35(?:2[89]|[3-8])"), {16}),  # JCB
    (re.compile(r"62"), {16, 17, 18, 19}),  # UnionPay
    (re.compile(r"6(?:011|5|4[4-9])"), {16, 19}),  # Discover
)


def card_numbers(text: str) -> list[tuple[int, int]]:
    """Where card numbers stand in the text: (start, end) of each."""
    return [match.span() for match in CANDIDATE.finditer(text) if _is_card(match[0])]


def card_refuse(text: str) -> None:
    """A validator: raises ValidationError with code `card_number` when one is in the text."""
    if card_numbers(text):
        raise ValidationError(card_sentence(), code="card_number")


def card_sentence() -> str:
    """What to say to somebody who typed a card number."""
    return _(
        "This looks like a payment card number. We never store those; please take it out. "
        "You pay on the payment provider's page."
    )


def card_mask(text: str) -> str:
    """The text with all but the last four digits of each card number hidden.

    For words that arrive by themselves (a messenger, a mail) and cannot be handed back.
    """
    for start, end in reversed(card_numbers(text)):
        digits = [sign for sign in text[start:end] if sign.isdigit()]
        text = f"{text[:start]}•••• {''.join(digits[-4:])}{text[end:]}"
    return text


def _is_card(candidate: str) -> bool:
    digits = "".join(str(int(sign)) for sign in candidate if sign.isdigit())
    known = any(start.match(digits) and len(digits) in lengths for start, lengths in RANGES)
    return known and _luhn(digits)


def _luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1 annex B; a typed number has it, others rarely."""
    doubled = (int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
