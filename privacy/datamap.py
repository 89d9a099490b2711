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
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Literal

from django.apps import apps

Basis = Literal["consent", "contract", "legal_obligation", "legitimate_interest", "vital_interest"]
Erasure = Literal["delete", "blank", "pseudonymise", "keep"]

#: Why personal data is used at all. Closed: a purpose not named here cannot be declared.
PURPOSES: Final = {
    "account": "Let a person sign in and keep the account safe",
    "booking": "Reserve rooms and receive the people who come",
    "communication": "Send the messages a person's own acts call for",
    "security": "Notice and stop misuse",
    "billing": "Price, invoice and collect what is owed",
}

#: How long, in days, after the named event; the sweeps of the retention engine read it.
RETENTIONS: Final = {
    "account": ("the account ends", 14),
    "booking": ("the reservation ends", 730),
    "message": ("the message was sent", 365),
    "security": ("the event", 90),
    "session": ("the session ends", 14),
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


@dataclass(frozen=True)
class Neutral:
    """A field that says nothing about a person."""


@dataclass(frozen=True)
class Entry:
    """One model of the map. `subject` is the path to privacy.Subject, or "" where nobody's.

    A table with personal data and no path (sessions, axes) names a `finder` and a maximum
    age in days instead.
    """

    model: str
    fields: Mapping[str, Personal | Neutral]
    subject: str = ""
    finder: str = ""
    max_age_days: int = 0


NEUTRAL: Final = Neutral()
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
) -> Personal:
    """Declare one personal field; `roles` besides the person may see it."""
    return Personal(category, purposes, basis, roles, retention, erasure, sealed)


def declare(
    model: str,
    *,
    fields: Mapping[str, Personal | Neutral],
    subject: str = "",
    finder: str = "",
    max_age_days: int = 0,
) -> None:
    """Declare every field of `model` ("app_label.Model"), once."""
    if model.lower() in _entries:
        raise ValueError(f"{model} is declared twice in the data map.")
    _entries[model.lower()] = Entry(model, dict(fields), subject, finder, max_age_days)


def neutral_model(model: str, *names: str) -> None:
    """Declare a model all of whose named fields are neutral."""
    declare(model, fields=dict.fromkeys(names, NEUTRAL))


def load() -> None:
    """Import every installed app's personal_data module."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.personal_data"):
            import_module(f"{config.name}.personal_data")


def entries() -> Mapping[str, Entry]:
    """All declarations, by lower-case model label."""
    return _entries
