"""The lists of the one-line question, written as options once per list and choice."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from frontend import formats
from frontend.asking import ANYWHERE, LENGTHS, Ask, hhmm
from frontend.reference import Reference
from reservations.models import Space

DAYS_SHOWN = 92
SELECTED = SafeString(" selected")


class Questions:
    """The choices of the form for one question."""

    def __init__(self, ask: Ask, known: Reference, now: datetime) -> None:
        self.ask, self.known = ask, known
        self.today = formats.wall(now, ask.places[0].time_zone).date()
        self.language = formats.language()

    def places(self) -> SafeString:
        """Where; all of them at once comes last."""
        found = [(place.slug, f"{place.name}, {place.city}") for place in self.known.locations]
        if len(found) > 1:
            found.append((ANYWHERE, _("All locations")))
        return options(found, self.ask.where)

    def days(self) -> SafeString:
        """The next three months, and the asked day if it lies elsewhere."""
        return _days(self.today, self.ask.day, self.language)

    def starts(self) -> SafeString:
        """Now, the half hours of the day, and the asked one."""
        return _starts(self.ask.start, self.ask.now, self.language)

    def lengths(self) -> SafeString:
        """The usual lengths, and the asked one."""
        return _lengths(self.ask.minutes, self.language)

    def kinds(self) -> SafeString:
        """What kinds of space there are."""
        return _kinds(self.ask.kind, self.language)


def options(pairs: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """The <option> elements, escaped, with the chosen one marked."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((v, SELECTED if v == chosen else "", label) for v, label in pairs),
    )


def day_options(today: date, asked: str) -> SafeString:
    """Three months of days and the asked one, for forms beside the search."""
    try:
        return _days(today, date.fromisoformat(asked), formats.language())
    except ValueError:
        return _days(today, today, formats.language())


def time_options(step: int, asked: str) -> SafeString:
    """The times of a day in steps of at least a quarter, and the asked one."""
    minutes = [hhmm(m) for m in range(0, 24 * 60 + 1, max(step, 15))]
    found = sorted({*minutes, asked}) if asked else minutes
    return options([(text, text.replace(":", ".")) for text in found], asked)


# The language is part of the key: the labels are read in the active one.
@lru_cache(maxsize=128)
def _days(today: date, asked: date, language: str) -> SafeString:
    days = [today + timedelta(days=n) for n in range(DAYS_SHOWN)]
    if asked not in days:
        days = sorted([*days, asked])
    labels = [(day.isoformat(), formats.day_short(day)) for day in days]
    labels = [(v, _("Today") if v == today.isoformat() else label) for v, label in labels]
    return options(labels, asked.isoformat())


@lru_cache(maxsize=512)
def _starts(start: int, moving: bool, language: str) -> SafeString:
    minutes = sorted({*range(0, 24 * 60, 30), start})
    pairs = [("now", _("Now")), *((hhmm(m), formats.clock_minute(m)) for m in minutes)]
    return options(pairs, "now" if moving else hhmm(start))


@lru_cache(maxsize=128)
def _lengths(asked: int, language: str) -> SafeString:
    pairs = [(str(m), formats.duration(m)) for m in sorted({*LENGTHS, asked})]
    return options(pairs, str(asked))


@lru_cache(maxsize=32)
def _kinds(asked: str, language: str) -> SafeString:
    pairs = [("", _("Any kind")), *((kind.value, str(kind.label)) for kind in Space.Kind)]
    return options(pairs, asked)
