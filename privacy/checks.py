"""Start-up checks of the data map: nothing personal without a declaration.

`manage.py check` runs them, and so do the entry points of server and worker, which
Django leaves unchecked: a field nobody declared never meets a person's data.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model, UUIDField

from privacy import datamap
from privacy.check_fields import kind_faults
from privacy.check_stores import store_faults
from privacy.models import Subject
from privacy.policy_checks import policies_are_usable
from privacy.purposes import PURPOSES
from privacy.stores import stores

OURS = frozenset({"privacy", "vault", "accounts", "billing", "reservations", "support", "frontend"})


def require_complete() -> None:
    """Raise SystemExit with every fault and its remedy, unless map and policies are complete."""
    faults = [*datamap_is_complete(), *policies_are_usable()]
    if faults:
        lines = "\n".join(f"- {fault.msg}\n  {fault.hint}" for fault in faults)
        raise SystemExit(f"Data map or policy is not complete, so nothing was started:\n{lines}")


@register()
def datamap_is_complete(**_: Any) -> list[CheckMessage]:
    """Every concrete field of every installed model is declared, and every declaration holds."""
    models = apps.get_models(include_auto_created=True)
    return [*faults_of(models, datamap.entries()), *store_faults(models, stores())]


def faults_of(
    models: Iterable[type[Model]], entries: Mapping[str, datamap.Entry]
) -> Iterator[CheckMessage]:
    """What is wrong between these models and these declarations."""
    by_label = {model._meta.label_lower: model for model in models}
    for label, model in by_label.items():
        if model._meta.managed and not model._meta.proxy:
            yield from _model_faults(model, entries.get(label))
    for label, entry in entries.items():
        if label not in by_label:
            yield Error(
                f"The data map declares {entry.model}, which is not installed.",
                hint="Remove its declaration.",
                id="privacy.E000",
            )


def where(model: type[Model]) -> str:
    """The file in which the model is declared."""
    app = model._meta.app_label
    if app == "vault":
        return "privacy/vault/personal_data.py"
    if app == "privacy":
        return "the module of its area in privacy/personal_data/"
    return f"{app}/personal_data.py" if app in OURS else "privacy/personal_data/third_party.py"


def _model_faults(model: type[Model], entry: datamap.Entry | None) -> Iterator[CheckMessage]:
    names = {field.name for field in model._meta.local_concrete_fields}
    if entry is None:
        yield Error(
            f"{model._meta.label} is not in the data map.",
            hint=f'Add declare("{model._meta.label}", fields={{…}}) to {where(model)} with: '
            f"{', '.join(sorted(names))}.",
            id="privacy.E001",
        )
        return
    for name in sorted(names - set(entry.fields)):
        yield Error(
            f"{model._meta.label}.{name} is not in the data map.",
            hint=f'Add "{name}": NEUTRAL or personal(…) to {entry.model} in {where(model)}.',
            id="privacy.E002",
        )
    for name in sorted(set(entry.fields) - names):
        yield Error(
            f"The data map declares {entry.model}.{name}, which does not exist.",
            hint=f"Remove it from {where(model)}.",
            id="privacy.E003",
        )
    yield from _person_faults(model, entry)
    for name in sorted(names & set(entry.fields)):
        yield from _field_faults(model, name, entry.fields[name])


def _person_faults(model: type[Model], entry: datamap.Entry) -> Iterator[CheckMessage]:
    personal = any(isinstance(field, datamap.Personal) for field in entry.fields.values())
    if personal and not entry.subject and not (entry.finder and entry.max_age_days):
        yield Error(
            f"{entry.model} holds personal data of nobody.",
            hint="Name `subject`, the path to privacy.Subject, or `finder` and `max_age_days`, "
            f"in {where(model)}.",
            id="privacy.E004",
        )
    sealed = any(isinstance(f, datamap.Personal) and f.sealed for f in entry.fields.values())
    if sealed and not entry.subject:
        yield Error(
            f"{entry.model} has a sealed field and leads to no person, so there is no key.",
            hint=f"Name `subject`, the path to privacy.Subject, in {where(model)}.",
            id="privacy.E013",
        )
    for path in filter(None, (entry.subject, *entry.others)):
        if end_of(model, path) is not Subject:
            yield Error(
                f"{entry.model}: the path {path!r} does not lead to privacy.Subject.",
                hint=f"Write the foreign keys from {model._meta.label} to it with dots, e.g. "
                f'"contact.subject", in {where(model)}.',
                id="privacy.E007",
            )
    if entry.finder and not _is_callable(entry.finder):
        yield Error(
            f"{entry.model}: there is no function {entry.finder!r}.",
            hint=f"Name one that takes a subject's id and returns rows, in {where(model)}.",
            id="privacy.E008",
        )


def end_of(model: type[Model], path: str) -> type[Model] | None:
    """The model at the end of a dotted path of foreign keys; None when it breaks off."""
    if path == datamap.SELF:
        return model
    for name in path.split("."):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        if not isinstance(field, ForeignKey):
            return None
        model = field.related_model
    return model


def _is_callable(dotted: str) -> bool:
    module, _sep, name = dotted.rpartition(".")
    try:
        return callable(getattr(import_module(module), name, None))
    except (ImportError, ValueError):
        return False


def _field_faults(
    model: type[Model], name: str, field: datamap.Personal | datamap.Neutral
) -> Iterator[CheckMessage]:
    full = f"{model._meta.label}.{name}"
    yield from _seal_faults(model, name, field)
    if isinstance(field, datamap.Personal):
        yield from _personal_faults(full, field, where(model))
    yield from kind_faults(model, name, field, where(model), ours=model._meta.app_label in OURS)


def _seal_faults(
    model: type[Model], name: str, field: datamap.Personal | datamap.Neutral
) -> Iterator[CheckMessage]:
    full, file = f"{model._meta.label}.{name}", where(model)
    declared = isinstance(field, datamap.Personal) and field.sealed
    sealed = bool(getattr(model._meta.get_field(name), "sealed", False))
    if declared and not sealed:
        yield Error(
            f"{full} is declared as sealed, but its column is plain.",
            hint="Make it a SealedTextField, SealedEmailField, SealedJSONField or "
            f"SealedFileField (privacy/fields.py), or remove sealed=True in {file}.",
            id="privacy.E011",
        )
    if sealed and not declared:
        yield Error(
            f"{full} is a sealed field, but the data map does not say so.",
            hint=f'Write "{name}": personal(…, sealed=True) in {file}.',
            id="privacy.E011",
        )
    if sealed and not (isinstance(model._meta.pk, UUIDField) and model._meta.pk.has_default()):
        yield Error(
            f"{full} is sealed, but its row has no identifier before it is written.",
            hint="Give the model `id = models.UUIDField(primary_key=True, default=uuid7)`: "
            "the ciphertext is bound to it.",
            id="privacy.E012",
        )


def _personal_faults(full: str, field: datamap.Personal, file: str) -> Iterator[CheckMessage]:
    for purpose in field.purposes:
        if purpose not in PURPOSES:
            yield Error(
                f"{full}: the purpose {purpose!r} is not registered.",
                hint=f"Use one of {', '.join(sorted(PURPOSES))}, in {file}.",
                id="privacy.E005",
            )
    if not field.purposes or field.retention not in datamap.RETENTIONS:
        yield Error(
            f"{full}: a personal field needs a purpose and a retention.",
            hint=f"Retention is one of {', '.join(sorted(datamap.RETENTIONS))}, in {file}.",
            id="privacy.E006",
        )
    for role in sorted(set(field.roles) - datamap.ROLES):
        yield Error(
            f"{full}: there is no role {role!r}.",
            hint=f"Roles are {', '.join(sorted(datamap.ROLES))}, in {file}.",
            id="privacy.E010",
        )
