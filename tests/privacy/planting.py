"""Markers in every personal field that can carry one, and where they turned up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models, transaction

from privacy import datamap
from privacy.append_only import erasing
from privacy.datamap import Personal

#: Instants that decide whether a row is shown at all, so they stay as they are.
CLOCKS = frozenset(
    {"starts_at", "ends_at", "expires_at", "cancel_free_until", "revoked_at", "removed_at"}
)
#: Texts that are codes which the code looks up.
CODES = frozenset({"language", "time_zone", "price_currency", "verb", "password", "session_key"})
SERIALS = count(1)
#: A column shorter than this holds a code.
SHORTEST = 12


@dataclass
class Planted:
    """Which pattern betrays which (model, field)."""

    patterns: dict[tuple[str, str], re.Pattern[str]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def found_in(self, text: str) -> set[tuple[str, str]]:
        """The fields whose marker stands in a text."""
        return {key for key, pattern in self.patterns.items() if pattern.search(text)}


def plant(people: set[Any]) -> Planted:
    """Write a marker into each personal field of every row of these subjects."""
    planted = Planted()
    with transaction.atomic(), erasing():  # ledgers too, which nothing else may change
        _write(planted, people)
    return planted


def _write(planted: Planted, people: set[Any]) -> None:
    for number, (entry, column) in enumerate(columns()):
        way = "pk" if entry.subject == datamap.SELF else entry.subject.replace(".", "__")
        key = (entry.model, column.name)
        for row in apps.get_model(entry.model).objects.filter(**{f"{way}__in": people}):
            value, pattern = marker(column, number, key in planted.patterns)
            if value is None:
                break
            setattr(row, column.name, value)
            row.save(update_fields=[column.name])
            planted.patterns.setdefault(key, pattern)
            planted.texts.setdefault(key, str(value))


def columns() -> Iterator[tuple[datamap.Entry, Any]]:
    """Every personal column that a person's path leads to and a marker fits into."""
    for _label, entry in sorted(datamap.entries().items()):
        if not entry.subject:
            continue
        model = apps.get_model(entry.model)
        for name, declared in entry.fields.items():
            if isinstance(declared, Personal) and name not in CLOCKS | CODES:
                yield entry, model._meta.get_field(name)


def marker(column: Any, number: int, again: bool) -> tuple[Any, Any]:
    """A value nobody else has, and the pattern that finds it; (None, None) where none fits.

    `again`: a second row gets another value under the same pattern, for unique columns.
    """
    serial = str(next(SERIALS)) if again else ""
    if column.max_length and column.max_length < SHORTEST:
        return None, None
    kind = type(column).__name__
    if column.choices or column.is_relation or isinstance(column, models.FileField):
        return None, None
    if "Email" in kind:
        return f"zq{number}x{serial}@marker.test", re.compile(rf"zq{number}x\d*@marker\.test")
    if kind in {"CharField", "TextField", "SealedTextField"}:
        return f"zq{number}x{serial}", re.compile(rf"zq{number}x\d*\b(?!@)")
    if isinstance(column, models.DateTimeField):
        year = 1800 + number
        return datetime(year, 3, 4, 5, 6, tzinfo=UTC), re.compile(rf"(?<![\w-]){year}(?!\w)")
    if isinstance(column, models.IntegerField) and "Small" not in kind:
        amount = 700_000_000 + number * 1_000
        shown = f"{amount:,}"
        either = re.escape(shown).replace(",", "[.,]")
        return amount, re.compile(rf"(?<!\d)(?:{amount}|{either})(?!\d)")
    return None, None
