"""Rows read and written by statements that are composed once, for the few paths where it counts.

Django composes the SQL of a query anew each time it is asked. On the way of a booking this
took longer than PostgreSQL took to answer (docs/performance.md), so its statements are
written by hand; the objects and the values are still the models' own, field by field.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Field, Model

M = TypeVar("M", bound=Model)


class Columns(Generic[M]):
    """All columns of a model under an alias: `sql` selects them, `read` makes the object."""

    def __init__(self, model: type[M], alias: str) -> None:
        self.model = model
        self.alias = alias

    @cached_property
    def fields(self) -> tuple["Field[Any, Any]", ...]:
        """The model's columns in their order."""
        return tuple(self.model._meta.concrete_fields)

    @cached_property
    def sql(self) -> str:
        """`alias."id", alias."name", …` for a SELECT."""
        return ", ".join(f'{self.alias}."{field.column}"' for field in self.fields)

    @cached_property
    def _names(self) -> list[str]:
        return [field.attname for field in self.fields]

    @cached_property
    def _converters(self) -> list[tuple[int, Any]]:
        """(place, converter) of the columns whose values are not what the driver returns."""
        return [
            (place, converter)
            for place, field in enumerate(self.fields)
            for converter in field.get_db_converters(connection)
        ]

    def read(self, values: Sequence[Any]) -> M:
        """The object of a row, as a query set would have made it."""
        row = list(values)
        for place, converter in self._converters:
            row[place] = converter(row[place], None, connection)
        return self.model.from_db(connection.alias, self._names, row)

    def split(self, values: Sequence[Any]) -> tuple[M, Sequence[Any]]:
        """The object of the first columns of a row, and the rest of the row."""
        count = len(self.fields)
        return self.read(values[:count]), values[count:]


_inserts: dict[type[Model], tuple[str, tuple["Field[Any, Any]", ...]]] = {}


def row_insert(row: Model) -> None:
    """INSERT a new object; what `save(force_insert=True)` does for a model without parents.

    Sends no signals, which the house does not use. Raises IntegrityError as save does.
    """
    model = type(row)
    if model not in _inserts:
        fields = tuple(model._meta.concrete_fields)
        names = ", ".join(f'"{field.column}"' for field in fields)
        places = ", ".join(["%s"] * len(fields))
        _inserts[model] = (
            f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})',  # noqa: S608
            fields,
        )
    sql, fields = _inserts[model]
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    row._state.adding = False
    row._state.db = connection.alias
