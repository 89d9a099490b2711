"""The data map: what every field of every table holds (design, decision 6).

Each app's `personal_data.py` declares each field of each of its models as personal or
neutral; privacy's own declares the models of third-party apps. A check refuses start-up
on a field nobody declared. Example, in `reservations/personal_data.py`:

    declare(
        "reservations.Guest",
        subject="contact.subject",
        fields={
            "id": NEUTRAL,
            "name": personal("contact", ("booking",), "contract", ("front_desk",),
                             retention="booking", erasure="blank"),
        },
    )

Neutral means: says nothing about a person, also not together with the rest of the row. A
JSON field is declared with its keys (`neutral_json`, `personal(…, keys=…)`), since a column
says nothing about what is put into it, and a free text is personal unless `neutral_text`
says who writes it. What lies outside the tables (files, caches, broker, logs, backups) is
declared with `store` (privacy/stores.py). How to add a field: docs/privacy.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Literal

from django.apps import apps

from privacy.purposes import Basis

Erasure = Literal["delete", "blank", "pseudonymise", "keep"]

#: The roles that may be named beside the person (accounts/roles.py; a test compares).
ROLES: Final = frozenset(
    {
        "front_desk",
        "space_manager",
        "billing_clerk",
        "customer_service",
        "privacy_officer",
        "administrator",
    }
)

#: How long, in days, after the named event; the sweeps of the retention engine read it.
RETENTIONS: Final = {
    "account": ("the account ends", 14),
    "booking": ("the reservation ends", 730),
    "message": ("the message was sent", 365),
    "security": ("the event", 90),
    "audit": ("the audit", 1827),
    "session": ("the session ends", 14),
    "activity": ("the page was opened", 31),
    "access": ("the look", 365),
    "support": ("the conversation ends", 730),
    "webhook": ("it arrived", 14),
    "invoice": ("the invoice was issued", 3653),
}


@dataclass(frozen=True)
class Personal:
    """One personal field: category, purposes, ground, who may see it, how long, how it ends."""

    category: str
    purposes: tuple[str, ...]
    basis: Basis
    roles: tuple[str, ...]
    retention: str
    erasure: Erasure
    sealed: bool = False
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Neutral:
    """A field that says nothing about a person.

    For JSON, the keys it may hold; for a free text, `text` says why nobody occurs in it.
    """

    keys: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Entry:
    """One model of the map. `subject` is the path to privacy.Subject, or "" where nobody's.

    The path is written with dots ("contact.subject"); SELF is the subject's own row.
    `others` are paths to further people who occur in the row: an export for one of them
    must not show the rest. A table with personal data and no path (sessions, axes) names
    a `finder`, the dotted name of a function from subject id to rows, and a maximum age.
    """

    model: str
    fields: Mapping[str, Personal | Neutral]
    subject: str = ""
    others: tuple[str, ...] = ()
    finder: str = ""
    max_age_days: int = 0
    ids: Mapping[str, str] = field(default_factory=dict)


NEUTRAL: Final = Neutral()
SELF: Final = "self"
_entries: dict[str, Entry] = {}


def personal(
    category: str,
    purposes: tuple[str, ...],
    basis: Basis,
    roles: tuple[str, ...] = (),
    *,
    retention: str,
    erasure: Erasure,
    sealed: bool = False,
    keys: tuple[str, ...] = (),
) -> Personal:
    """Declare one personal field; `roles` besides the person may see it.

    `category` is one of privacy/categories.py; `keys` are those a JSON field may hold, at
    any depth, "[]" alone for lists without keys.
    """
    return Personal(category, purposes, basis, roles, retention, erasure, sealed, keys)


def declare(
    model: str,
    *,
    fields: Mapping[str, Personal | Neutral],
    subject: str = "",
    others: tuple[str, ...] = (),
    finder: str = "",
    max_age_days: int = 0,
    ids: Mapping[str, str] | None = None,
) -> None:
    """Declare every field of `model` ("app_label.Model"), once.

    `ids` keeps the stable identifier of a sealed field that was renamed or moved:
    {"present_name": "app.formermodel.former_name"}. Without it nothing sealed before opens.
    """
    if model.lower() in _entries:
        raise ValueError(f"{model} is declared twice in the data map.")
    _entries[model.lower()] = Entry(
        model, dict(fields), subject, others, finder, max_age_days, dict(ids or {})
    )


def neutral_json(*keys: str) -> Neutral:
    """A JSON field that holds identifiers, instants and codes under these keys only."""
    return Neutral(keys)


def neutral_text(why: str) -> Neutral:
    """A free text that names nobody, and why: who writes it, about what."""
    return Neutral(text=why)


def neutral(*names: str) -> dict[str, Neutral]:
    """Several neutral fields at once, to spread into `fields`."""
    return dict.fromkeys(names, NEUTRAL)


def neutral_model(model: str, *names: str) -> None:
    """Declare a model all of whose named fields are neutral."""
    declare(model, fields=dict.fromkeys(names, NEUTRAL))


def load() -> None:
    """Import every installed app's personal_data module."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.personal_data"):
            import_module(f"{config.name}.personal_data")


def field_id(label: str, name: str) -> str:
    """The stable identifier of a field, to which sealed values are bound.

    `label` is the model's, in lower case; the identifier is "app.model.field" as of the
    field's birth (see `declare`).
    """
    entry = _entries.get(label)
    return entry.ids.get(name, f"{label}.{name}") if entry else f"{label}.{name}"


def entries() -> Mapping[str, Entry]:
    """All declarations, by lower-case model label."""
    return _entries
