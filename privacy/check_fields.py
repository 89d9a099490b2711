"""What the start-up check asks of a single field: category, ground, JSON keys, free text."""

from collections.abc import Iterator

from django.core.checks import CheckMessage, Error
from django.db.models import JSONField, Model, TextField

from privacy.categories import CATEGORIES
from privacy.datamap import Neutral, Personal
from privacy.fields import SealedJSONField
from privacy.json_fields import MappedJSONField
from privacy.purposes import PURPOSES


def kind_faults(
    model: type[Model], name: str, declared: Personal | Neutral, file: str, *, ours: bool
) -> Iterator[CheckMessage]:
    """Faults of one declared field; `ours` is False for tables of third-party apps."""
    full = f"{model._meta.label}.{name}"
    column = model._meta.get_field(name)
    if isinstance(declared, Personal):
        yield from _personal_faults(full, declared, file)
    if isinstance(column, JSONField | SealedJSONField):
        yield from _json_faults(full, column, declared, file, ours=ours)
    elif _is_free_text(column) and isinstance(declared, Neutral) and not declared.text:
        yield Error(
            f"{full} is free text, so people may write about people into it.",
            hint=f'Write "{name}": personal("free_text", …), or neutral_text("who writes it, '
            f'about what"), in {file}.',
            id="privacy.E015",
        )


def _personal_faults(full: str, declared: Personal, file: str) -> Iterator[CheckMessage]:
    if declared.category not in CATEGORIES:
        yield Error(
            f"{full}: there is no category {declared.category!r}.",
            hint=f"Use one of {', '.join(sorted(CATEGORIES))} in {file}, or add one with its "
            "words to privacy/categories.py.",
            id="privacy.E014",
        )
    purposes = [PURPOSES[code] for code in declared.purposes if code in PURPOSES]
    grounds = sorted({ground for purpose in purposes for ground in purpose.grounds})
    if purposes and declared.basis not in grounds:
        yield Error(
            f"{full}: its legal basis {declared.basis!r} is the ground of none of its purposes.",
            hint=f"Write {' or '.join(map(repr, grounds))} in {file}, or another purpose.",
            id="privacy.E016",
        )
    elif declared.basis == "consent" and not all(purpose.by_consent for purpose in purposes):
        yield Error(
            f"{full}: it is kept by consent, but not all of its purposes are.",
            hint=f"In {file}, leave out the purposes that need no consent, or name their ground: "
            "data that is needed anyway is not asked for.",
            id="privacy.E016",
        )


def _json_faults(
    full: str,
    column: JSONField | SealedJSONField,
    declared: Personal | Neutral,
    file: str,
    *,
    ours: bool,
) -> Iterator[CheckMessage]:
    name = column.name
    if not declared.keys and (ours or isinstance(declared, Neutral)):
        yield Error(
            f"{full} is JSON, and the data map does not say what it may hold.",
            hint=f'Write "{name}": neutral_json("key", …) or personal(…, keys=("key", …)) '
            f'in {file}; "[]" for lists without keys.',
            id="privacy.E009",
        )
    if ours and not isinstance(column, MappedJSONField | SealedJSONField):
        yield Error(
            f"{full} is JSON, and nothing checks the keys that are written into it.",
            hint="Make it a MappedJSONField (privacy/json_fields.py) in the model; its column "
            "stays as it is.",
            id="privacy.E017",
        )


def _is_free_text(column: object) -> bool:
    return isinstance(column, TextField) and not column.choices
