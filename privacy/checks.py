"""Start-up checks of the data map: nothing personal without a declaration."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.models import Model

from privacy import datamap


@register()
def datamap_is_complete(**_: Any) -> list[CheckMessage]:
    """Every concrete field of every installed model is declared, and every declaration exists."""
    models = {m._meta.label_lower: m for m in apps.get_models(include_auto_created=True)}
    errors = [e for label, model in models.items() for e in _model_errors(label, model)]
    for label, entry in datamap.entries().items():
        if label not in models:
            errors.append(Error(f"The data map declares {entry.model}, which is not installed."))
    return errors


def _model_errors(label: str, model: type[Model]) -> Iterator[CheckMessage]:
    if model._meta.proxy or not model._meta.managed:
        return
    entry = datamap.entries().get(label)
    where = f"{model._meta.app_config.name}/personal_data.py"
    if not _ours(model):
        where = "privacy/personal_data.py"
    names = {field.name for field in model._meta.local_concrete_fields}
    if entry is None:
        yield Error(
            f"{model._meta.label} is not in the data map.",
            hint=f'Add declare("{model._meta.label}", fields={{…}}) to {where} with: '
            f"{', '.join(sorted(names))}.",
            id="privacy.E001",
        )
        return
    for name in sorted(names - set(entry.fields)):
        yield Error(
            f"{model._meta.label}.{name} is not in the data map.",
            hint=f'Add "{name}": NEUTRAL or personal(…) to {entry.model} in {where}.',
            id="privacy.E002",
        )
    for name in sorted(set(entry.fields) - names):
        yield Error(
            f"The data map declares {entry.model}.{name}, which does not exist.",
            hint=f"Remove it from {where}.",
            id="privacy.E003",
        )
    yield from _field_errors(entry, where)


def _field_errors(entry: datamap.Entry, where: str) -> Iterator[CheckMessage]:
    personal = {n: f for n, f in entry.fields.items() if isinstance(f, datamap.Personal)}
    if personal and not entry.subject and not (entry.finder and entry.max_age_days):
        yield Error(
            f"{entry.model} holds personal data of nobody.",
            hint=f"Name `subject`, or `finder` and `max_age_days`, in {where}.",
            id="privacy.E004",
        )
    for name, field in personal.items():
        for purpose in field.purposes:
            if purpose not in datamap.PURPOSES:
                yield Error(
                    f"{entry.model}.{name}: the purpose {purpose!r} is not registered.",
                    hint="Use one of " + ", ".join(sorted(datamap.PURPOSES)) + ".",
                    id="privacy.E005",
                )
        if not field.purposes or field.retention not in datamap.RETENTIONS:
            yield Error(
                f"{entry.model}.{name}: a personal field needs a purpose and a retention.",
                hint="Retention is one of " + ", ".join(sorted(datamap.RETENTIONS)) + ".",
                id="privacy.E006",
            )


def _ours(model: type[Model]) -> bool:
    return model._meta.app_label in {"privacy", "accounts", "billing", "reservations", "frontend"}
