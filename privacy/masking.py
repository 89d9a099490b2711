"""What each role may see of each table, read from the data map (promise P45).

A field that the map does not open to a role is not shown to it: not in a page, not in
the API, not in the back office nor its exports. Nobody gets more by being an
administrator; a role sees what its work needs and the map names.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from privacy import datamap

T = TypeVar("T")


def visible_fields(roles: Iterable[str], model_label: str) -> frozenset[str]:
    """The fields of "app.Model" that one of the staff roles may see of other people's rows.

    Neutral fields are among them. Raises KeyError for a table the map does not know.
    """
    return _visible(frozenset(map(str, roles)), model_label.lower())


def may_see(roles: Iterable[str], model_label: str, field: str) -> bool:
    """Whether one of the roles may see this field of other people's rows."""
    return field in visible_fields(roles, model_label)


def not_shown() -> str:
    """What stands in the place of a field that the role may not see."""
    return _("Not shown to your role")


def mask(roles: Iterable[str], model_label: str, field: str, value: T) -> T | str:
    """The value, or the sentence that says that it is not shown."""
    return value if may_see(roles, model_label, field) else not_shown()


def masked(
    roles: Iterable[str], model_label: str, values: Mapping[str, Any], *, hidden: Any = None
) -> dict[str, Any]:
    """The values by field name, each that the roles may not see replaced by `hidden`.

    For the API: null says "not for you" without a sentence that programs would store.
    """
    visible = visible_fields(roles, model_label)
    return {name: value if name in visible else hidden for name, value in values.items()}


def role_that_sees(roles: Iterable[str], model_label: str, fields: Iterable[str]) -> str:
    """Which of the roles opens most of these fields: the one an access-log entry names.

    "" when there are no roles at all.
    """
    wanted = set(fields)
    ranked = sorted(map(str, roles))
    return max(
        ranked, key=lambda role: len(wanted & visible_fields([role], model_label)), default=""
    )


def forget_answers() -> None:
    """Read the map anew, for a test that changes it."""
    _visible.cache_clear()


@lru_cache(maxsize=4096)
def _visible(roles: frozenset[str], label: str) -> frozenset[str]:
    return frozenset(
        name
        for name, field in datamap.entries()[label].fields.items()
        if not isinstance(field, datamap.Personal) or roles & set(field.roles)
    )
