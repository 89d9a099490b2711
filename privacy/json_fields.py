"""JSON columns that hold the declared keys and nothing else.

A JSON column says nothing about what is put into it, so the data map names its keys
(`neutral_json("reservation", …)`, `personal(…, keys=(…))`), and this field refuses a
value with any other key when it is written, whichever way the row is saved.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import JSONField

from privacy import datamap


class UndeclaredKey(ValueError):
    """Somebody wrote a key into a JSON column that the data map does not name."""


class MappedJSONField(JSONField):
    """A JSONField that stores only what the data map declares; same column, no migration."""

    def deconstruct(self) -> Any:
        """To migrations it is the plain JSONField whose column it has."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Raise UndeclaredKey, which names the key and never its value."""
        keys_check(self.model._meta.label, self.name, value)
        return super().get_db_prep_save(value, connection)


def keys_check(model: str, name: str, value: Any) -> None:
    """Raise UndeclaredKey when `value` has a key, at any depth, that the map does not name."""
    entry = datamap.entries().get(model.lower())
    if entry is None or value is None or hasattr(value, "as_sql"):
        return
    allowed = set(entry.fields[name].keys)
    foreign = sorted(set(keys_of(value)) - allowed)
    if foreign:
        raise UndeclaredKey(
            f"{model}.{name} may not hold {', '.join(map(repr, foreign))}. Add the key to its "
            "declaration in the data map, or do not write it."
        )


def keys_of(value: Any) -> Iterator[str]:
    """Every key of every object in a JSON value, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from keys_of(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from keys_of(inner)
