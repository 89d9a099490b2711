"""The table "what we hold about you, and why", made from the data map (promise P65).

The policy shows it, and so does the privacy centre: nobody writes it by hand, so it cannot
say less than the tables hold.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.utils.module_loading import import_string
from django.utils.translation import override

from privacy import datamap
from privacy.categories import CATEGORIES
from privacy.datamap import Personal
from privacy.purposes import PURPOSES
from privacy.words import (
    GROUNDS,
    category_words,
    purpose_words,
    retention_words,
    role_words,
)


@dataclass(frozen=True)
class Held:
    """One kind of data, in words of one language.

    `who` are the roles of staff that may see some of it besides the person; `sealed` says
    whether some of it is stored under the person's own key.
    """

    code: str
    category: str
    what: str
    why: tuple[str, ...]
    ground: tuple[str, ...]
    how_long: tuple[str, ...]
    who: tuple[str, ...]
    sealed: bool


def personal_fields() -> Iterator[tuple[datamap.Entry, str, Personal]]:
    """Every personal field of the map with its table."""
    for _label, entry in sorted(datamap.entries().items()):
        for name, field in entry.fields.items():
            if isinstance(field, Personal):
                yield entry, name, field


def held_table(language: str) -> list[Held]:
    """One row a category that any table holds, in the registry's order; "id" or "en"."""
    by_category: dict[str, list[Personal]] = {}
    for _entry, _name, field in personal_fields():
        by_category.setdefault(field.category, []).append(field)
    with override(language):
        return [_row(code, by_category[code]) for code in CATEGORIES if code in by_category]


def held_counts(subject_id: UUID) -> dict[str, int]:
    """{category: rows about this person}; one statement a table that leads to people.

    Rows of tables without a path (sessions, failed sign-ins) are found by their finder.
    """
    counts: dict[str, int] = {}
    for entry in datamap.entries().values():
        categories = {f.category for f in entry.fields.values() if isinstance(f, Personal)}
        if not categories:
            continue
        number = _rows_about(entry, subject_id)
        for category in categories:
            counts[category] = counts.get(category, 0) + number
    return counts


def _rows_about(entry: datamap.Entry, subject_id: UUID) -> int:
    if entry.finder:
        return int(import_string(entry.finder)(subject_id).count())
    if not entry.subject:
        return 0
    way = "pk" if entry.subject == datamap.SELF else entry.subject.replace(".", "__")
    rows = apps.get_model(entry.model)._default_manager
    return int(rows.filter(**{way: subject_id}).count())


def _row(code: str, fields: list[Personal]) -> Held:
    purposes = _in_order(PURPOSES, (p for f in fields for p in f.purposes))
    grounds = _in_order(GROUNDS, (field.basis for field in fields))
    retentions = _in_order(datamap.RETENTIONS, (field.retention for field in fields))
    roles = sorted({role for field in fields for role in field.roles})
    return Held(
        code=code,
        category=category_words(code),
        what=str(CATEGORIES[code].what),
        why=tuple(purpose_words(purpose) for purpose in purposes),
        ground=tuple(str(GROUNDS[ground]) for ground in grounds),
        how_long=tuple(retention_words(retention) for retention in retentions),
        who=tuple(role_words(role) for role in roles),
        sealed=any(field.sealed for field in fields),
    )


def _in_order(order: Iterable[str], wanted: Iterable[str]) -> list[str]:
    chosen = set(wanted)
    return [code for code in order if code in chosen]
