"""The record of processing and the table of what is held: the map, in words (promises L1, P65)."""

import csv
import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from accounts.roles import Role
from privacy import datamap, words
from privacy.categories import CATEGORIES, FIELD_WORDS, field_words
from privacy.datamap import Personal
from privacy.held import held_table, personal_fields
from privacy.purposes import PURPOSES
from privacy.record import COLUMNS, PURPOSE_TERMS, activities, people_of, record_jsonld, record_rows
from privacy.stores import stores


def pairs() -> set[tuple[str, str, str]]:
    """(purpose, category, table) of every personal field, straight from the map."""
    return {
        (purpose, field.category, entry.model)
        for entry, _name, field in personal_fields()
        for purpose in field.purposes
    }


@pytest.mark.promise("L1")
def test_the_record_holds_every_purpose_category_and_table_of_the_map() -> None:
    recorded = {
        (activity.purpose, part.category, table)
        for activity in activities()
        for part in activity.parts
        for table in part.tables
    }

    assert recorded == pairs()
    assert len(recorded) > 30


@pytest.mark.promise("L1")
def test_a_new_field_is_in_the_record_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    field = datamap.personal(
        "identity", ("billing",), "legal_obligation", ("billing_clerk",),
        retention="invoice", erasure="keep", sealed=True,
    )  # fmt: skip
    entry = datamap.Entry("billing.Payer", {"tax_number": field}, subject="user.subject")
    monkeypatch.setitem(datamap._entries, "billing.payer", entry)

    [row] = [row for row in record_rows() if "billing.Payer" in row["tables"]]
    assert row["purpose"] == "billing"
    assert row["roles"] == words.role_words("billing_clerk")
    assert row["retention"] == words.retention_words("invoice")
    assert row["sealed"] == "yes"
    held = {row.code: row for row in held_table("en")}
    assert held["identity"].how_long == ("10 years after the invoice was issued",)
    assert held["identity"].sealed


@pytest.mark.promise("L1")
@pytest.mark.parametrize(
    ("language", "ground", "retention"),
    [
        ("id", "kontrak dengan Anda", "14 hari setelah akun berakhir"),
        ("en", "the contract with you", "14 days after the account ends"),
    ],
)
def test_rows_are_in_words_of_the_language(language: str, ground: str, retention: str) -> None:
    with translation.override(language):
        rows = record_rows()

    assert set(rows[0]) == set(COLUMNS)
    assert any(row["ground"] == ground for row in rows)
    assert any(row["retention"] == retention for row in rows)
    assert all(row["retention"] and row["people"] and row["ground"] for row in rows)


@pytest.mark.promise("L1")
def test_json_ld_speaks_dpv() -> None:
    document = json.loads(json.dumps(record_jsonld()))

    assert document["@type"] == "dpv:RecordsOfActivities"
    assert document["@context"]["dpv"] == "https://w3id.org/dpv#"
    by_purpose = {
        process["dpv:hasPurpose"]["@id"].removeprefix("_:purpose-"): process
        for process in document["dpv:hasProcess"]
    }
    assert set(by_purpose) == {activity.purpose for activity in activities()}
    booking = by_purpose["booking"]
    assert booking["@type"] == "dpv:Process"
    assert booking["dpv:hasPurpose"]["@type"] == "dpv:RequestedServiceProvision"
    assert "dpv:Contract" in booking["dpv:hasLegalBasis"]
    contact = next(d for d in booking["dpv:hasPersonalData"] if d["@type"] == "pd:Contact")
    titles = [who["dct:title"] for who in contact["dpv:hasRecipient"]]
    assert words.role_words("front_desk") in titles
    assert contact["dpv:hasStorageCondition"][0]["dpv:hasDuration"]["@type"] == (
        "dpv:TemporalDuration"
    )
    assert len(document["dpv:hasStorageCondition"]) == len(stores())


def test_every_term_stands_in_a_declared_namespace() -> None:
    document = record_jsonld()
    known = set(document["@context"])

    def prefixes(value: Any) -> set[str]:
        if isinstance(value, dict):
            found = {key.partition(":")[0] for key in value if ":" in key}
            kind = value.get("@type")
            found |= {kind.partition(":")[0]} if isinstance(kind, str) else set()
            return found.union(*map(prefixes, value.values()), set())
        return set().union(*map(prefixes, value)) if isinstance(value, list) else set()

    document.pop("@context")
    assert prefixes(document) <= known


def test_every_purpose_has_its_term_or_is_plain() -> None:
    assert set(PURPOSE_TERMS) <= set(PURPOSES)


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("accounts.User", "user"),
        ("accounts.Invitation", "contact"),
        ("sessions.Session", "user"),
        ("privacy.Contact", "contact"),
        ("reservations.Guest", "contact"),
        ("privacy.OutboxMessage", "anyone"),
        ("privacy.Subject", "anyone"),
    ],
)
def test_the_record_says_whose_data_it_is(table: str, kind: str) -> None:
    assert people_of(datamap.entries()[table.lower()]) == kind


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_table_of_what_is_held_names_every_category_of_the_map(language: str) -> None:
    rows = held_table(language)

    held = {field.category for _entry, _name, field in personal_fields()}
    assert [row.code for row in rows] == [code for code in CATEGORIES if code in held]
    for row in rows:
        fields = [f for _e, _n, f in personal_fields() if f.category == row.code]
        assert len(row.why) == len({purpose for field in fields for purpose in field.purposes})
        assert len(row.who) == len({role for field in fields for role in field.roles})
        assert row.ground
        assert row.how_long
        assert row.what


def test_the_two_languages_differ_in_every_word() -> None:
    indonesian, english = held_table("id"), held_table("en")

    for one, other in zip(indonesian, english, strict=True):
        assert one.code == other.code
        assert (one.what, one.why, one.ground) != (other.what, other.why, other.ground)
        assert one.what != other.what


def test_words_of_roles_and_events_are_those_of_the_registries() -> None:
    assert {str(role): str(role.label) for role in Role} == {
        code: str(text) for code, text in words.ROLES.items()
    }
    assert set(words.EVENTS) == set(datamap.RETENTIONS)
    assert words.role_words("") == words.role_words("nobody")


def test_fields_are_said_in_words_once() -> None:
    with translation.override("en"):
        assert field_words("contact", ["full_name", "phone"]) == "name, telephone number"
        assert field_words("booking", ["people", "created_at"]) == "Bookings"
    assert set(CATEGORIES) >= {f.category for _e, _n, f in personal_fields()}
    assert set(FIELD_WORDS)


def test_the_command_prints_the_record_as_json_ld_and_the_stores_as_json() -> None:
    out = io.StringIO()
    call_command("datamap", "--format", "jsonld", stdout=out)
    assert json.loads(out.getvalue())["@type"] == "dpv:RecordsOfActivities"

    out = io.StringIO()
    call_command("datamap", stdout=out)
    document = json.loads(out.getvalue())
    assert {row["store"] for row in document["stores"]} == set(stores())
    assert set(document["categories"]) == set(CATEGORIES)
    email = next(
        r for r in document["fields"] if (r["table"], r["field"]) == ("accounts.User", "email")
    )
    assert email["people"] == "user"

    out = io.StringIO()
    call_command("datamap", "--format", "csv", stdout=out)
    lines = next(
        row for row in csv.DictReader(io.StringIO(out.getvalue())) if row["field"] == "price_lines"
    )
    assert lines["json_keys"] == "unit minutes unit_amount amount"
    assert any(isinstance(field, Personal) for _e, _n, field in personal_fields())
