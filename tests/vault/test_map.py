"""The data map and the columns say the same about what is sealed."""

from dataclasses import replace
from typing import Any

import pytest

from privacy import datamap
from privacy.checks import faults_of
from privacy.datamap import NEUTRAL, Entry
from privacy.fields import SealedField
from privacy.models import Contact


def faults(card: Any, **changes: Any) -> list[tuple[str, str, str]]:
    """(id, message, hint) of what is wrong with the card, after these changes to its fields."""
    entry = datamap.entries()["reservations.card"]
    fields = {**entry.fields, **changes.pop("fields", {})}
    entry = Entry(entry.model, fields, changes.pop("subject", "subject"), **changes)
    found = faults_of([card], {"reservations.card": entry})
    return [(str(fault.id), str(fault.msg), str(fault.hint)) for fault in found]


def test_a_sound_declaration_has_no_fault(card: Any) -> None:
    assert faults(card) == []


def test_a_plain_column_declared_as_sealed_is_refused(card: Any) -> None:
    sealed = datamap.entries()["reservations.card"].fields["phone"]
    [(code, words, hint)] = faults(card, fields={"shade": sealed})

    assert (code, words) == (
        "privacy.E011",
        "reservations.Card.shade is declared as sealed, but its column is plain.",
    )
    assert "SealedTextField" in hint
    assert "reservations/personal_data.py" in hint


@pytest.mark.parametrize("neutral", [True, False])
def test_a_sealed_column_that_is_not_declared_so_is_refused(card: Any, neutral: bool) -> None:
    declared = datamap.entries()["reservations.card"].fields["phone"]
    plain = NEUTRAL if neutral else replace(declared, sealed=False)  # type: ignore[type-var]
    [(code, words, hint)] = faults(card, fields={"phone": plain})

    assert code == "privacy.E011"
    assert "reservations.Card.phone is a sealed field" in words
    assert "sealed=True" in hint


def test_a_sealed_field_of_nobody_is_refused(card: Any) -> None:
    found = faults(card, subject="", finder="accounts.finders.sessions", max_age_days=1)

    assert [(code, "subject" in hint) for code, _words, hint in found] == [("privacy.E013", True)]


def test_identifiers_of_sealed_fields_outlive_a_new_name(
    card: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert datamap.field_id("privacy.contact", "email") == "privacy.contact.email"
    entry = datamap.entries()["reservations.card"]
    renamed = replace(entry, ids={"phone": "reservations.formercard.number"})
    monkeypatch.setitem(datamap._entries, "reservations.card", renamed)

    assert card._meta.get_field("phone").map_id() == "reservations.formercard.number"
    assert card._meta.get_field("email").map_id() == "reservations.card.email"


def test_no_two_sealed_fields_share_an_identifier() -> None:
    ids = [
        datamap.field_id(label, name)
        for label, entry in datamap.entries().items()
        for name, field in entry.fields.items()
        if isinstance(field, datamap.Personal) and field.sealed
    ]
    assert "privacy.contact.email" in ids
    assert isinstance(Contact._meta.get_field("email"), SealedField)
    assert len(ids) == len(set(ids))
