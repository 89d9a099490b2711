"""`manage.py datamap`: what every field of every table holds."""

import csv
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from privacy import datamap
from privacy.purposes import PURPOSES

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
    "json_keys",
)


class Command(BaseCommand):
    """Prints the data map."""

    help = "Print what every field of every table holds, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        """--format json (the default) or csv."""
        parser.add_argument("--format", choices=["json", "csv"], default="json")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write to standard output."""
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
            "fields": rows,
        }
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def rows_of(entry: datamap.Entry) -> list[dict[str, Any]]:
    """One row a field, in the order of the declaration."""
    way = entry.subject or (f"{entry.finder}()" if entry.finder else "")
    return [_row(entry.model, name, field, way) for name, field in entry.fields.items()]


def _row(
    model: str, name: str, field: datamap.Personal | datamap.Neutral, way: str
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
        "subject": way,
        "json_keys": [],
    }


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(value) if isinstance(value, list) else str(value)
