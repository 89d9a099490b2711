"""`manage.py datamap`: what every field of every table holds."""

import csv
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from privacy import datamap
from privacy.categories import CATEGORIES
from privacy.purposes import PURPOSES
from privacy.record import people_of, record_jsonld
from privacy.stores import Store, stores

COLUMNS = (
    "table",
    "field",
    "personal",
    "category",
    "purposes",
    "basis",
    "roles",
    "retention",
    "erasure",
    "sealed",
    "subject",
    "people",
    "json_keys",
)


class Command(BaseCommand):
    """Prints the data map."""

    help = "Print what every field of every table holds, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        """--format json (the default), csv (the fields), or jsonld (the record, W3C DPV)."""
        parser.add_argument("--format", choices=["json", "csv", "jsonld"], default="json")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write to standard output."""
        if options["format"] == "jsonld":
            self.stdout.write(json.dumps(record_jsonld(), indent=2, ensure_ascii=False))
            return
        rows = [
            row for _label, entry in sorted(datamap.entries().items()) for row in rows_of(entry)
        ]
        if options["format"] == "csv":
            writer = csv.DictWriter(self.stdout, COLUMNS)
            writer.writeheader()
            for row in rows:
                plain = {key: _cell(value) for key, value in row.items()}
                writer.writerow(plain)
            return
        document = {
            "purposes": {code: purpose.basis for code, purpose in PURPOSES.items()},
            "retentions": {
                name: {"after": event, "days": days}
                for name, (event, days) in datamap.RETENTIONS.items()
            },
            "categories": {
                code: {"title": str(category.title), "what": str(category.what)}
                for code, category in CATEGORIES.items()
            },
            "fields": rows,
            "stores": [_store_row(store) for store in stores().values()],
        }
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def rows_of(entry: datamap.Entry) -> list[dict[str, Any]]:
    """One row a field, in the order of the declaration."""
    way = entry.subject or (f"{entry.finder}()" if entry.finder else "")
    people = people_of(entry)
    return [
        _row(entry.model, name, field, {"subject": way, "people": people})
        for name, field in entry.fields.items()
    ]


def _store_row(store: Store) -> dict[str, Any]:
    return {
        "store": store.code,
        "title": str(store.title),
        "holds": list(store.holds),
        "what": str(store.what),
        "keeps": str(store.keeps),
        "days": store.days,
        "covers": list(store.covers),
    }


def _row(
    model: str, name: str, field: datamap.Personal | datamap.Neutral, whose: dict[str, str]
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    row |= {"table": model, "field": name, "personal": isinstance(field, datamap.Personal)}
    if isinstance(field, datamap.Neutral):
        return row | {"json_keys": list(field.keys)}
    return row | {
        "category": field.category,
        "purposes": list(field.purposes),
        "basis": field.basis,
        "roles": list(field.roles),
        "retention": field.retention,
        "erasure": field.erasure,
        "sealed": field.sealed,
        **whose,
        "json_keys": list(field.keys),
    }


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, list) else str(value)
