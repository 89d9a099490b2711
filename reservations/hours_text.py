"""Opening hours as people write them: "08.00–12.00, 13.00–20.00". Pure functions."""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PAIR: Final = re.compile(
    r"\s*(\d{1,2})[.:](\d{2})\s*(?:-|–|—)\s*(\d{1,2})[.:](\d{2})\s*"  # noqa: RUF001 - dashes typed
)


def hours_text(day: list[list[int]]) -> str:
    """One day's [opens, closes] minutes in writing; empty when shut."""
    return ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in day)


def hours_parse(text: str) -> list[list[int]]:
    """The minutes of one day's writing; [] when empty. Raises ValidationError."""
    if not text.strip():
        return []
    return [_pair(part) for part in re.split(r"[,;]", text)]


def _pair(part: str) -> list[int]:
    found = PAIR.fullmatch(part)
    if found is None:
        raise ValidationError(_("Write times like 08.00–20.00; leave it empty when shut."))
    hours = [int(number) for number in found.groups()]
    if hours[1] > 59 or hours[3] > 59:
        raise ValidationError(_("An hour has 60 minutes."))
    opens, closes = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if not opens < closes <= 24 * 60:
        raise ValidationError(_("It must close after it opens, by 24.00."))
    return [opens, closes]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}.{minutes % 60:02d}"
