"""The log of staff reads in words, for the person it is about: when, role, what, why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from privacy import datamap
from privacy.access import OCCASIONS, access_log_of
from privacy.categories import field_words
from privacy.datamap import Personal
from privacy.models import AccessEntry
from privacy.purposes import PURPOSES
from privacy.words import role_words

#: Entries of one page.
PAGE = 30


@dataclass(frozen=True)
class Seen:
    """One look, in the active language; the role, never the name, of who looked."""

    id: UUID
    at: datetime
    role: str
    role_words: str
    fields: tuple[str, ...]
    fields_words: str
    purpose: str
    purpose_words: str


@dataclass(frozen=True)
class Page:
    """Some looks, the latest first, and the cursor of the next page or ""."""

    rows: Sequence[Seen]
    cursor: str


def access_page(subject_id: UUID, *, cursor: str = "", limit: int = PAGE) -> Page:
    """A page of who looked at this person's data; one statement. A cursor nobody gave is none."""
    found = access_log_of(subject_id, after=_read(cursor), limit=limit + 1)
    shown = found[:limit]
    more = str(shown[-1].id) if len(found) > limit else ""
    return Page([seen_of(entry) for entry in shown], more)


def seen_of(entry: AccessEntry) -> Seen:
    """An entry in words. A table or field that is gone by now is called by its name."""
    return Seen(
        id=entry.id,
        at=entry.at,
        role=entry.role,
        role_words=role_words(entry.role),
        fields=tuple(f"{entry.model}.{name}" for name in entry.fields),
        fields_words=_fields(entry.model, entry.fields),
        purpose=entry.purpose,
        purpose_words=_purpose(entry.purpose),
    )


def _fields(model: str, names: Iterable[str]) -> str:
    entry = datamap.entries().get(model.lower())
    by_category: dict[str, list[str]] = {}
    for name in names:
        declared = entry.fields.get(name) if entry else None
        category = declared.category if isinstance(declared, Personal) else "account"
        by_category.setdefault(category, []).append(name)
    parts = [field_words(category, found) for category, found in by_category.items()]
    return ", ".join(dict.fromkeys(", ".join(parts).split(", ")))


def _purpose(code: str) -> str:
    if code in OCCASIONS:
        return str(OCCASIONS[code].words)
    return str(PURPOSES[code].words) if code in PURPOSES else code


def _read(cursor: str) -> UUID | None:
    try:
        return UUID(cursor)
    except ValueError:
        return None
