"""Where data lies outside the tables: files, caches, broker, logs, mail, backups, browsers.

Each such place is declared with what it may hold and for how long. A check refuses
start-up when a file field, a cache, a storage, a database, the broker, the mail server or
the log is configured and no store covers it. Example, in `accounts/personal_data.py`:

    store(
        "pictures",
        title=_("Photographs of people"),
        holds=("contact",),
        what=_("The picture a person uploaded, scaled, without its metadata."),
        keeps=_("Until the person replaces or removes it, or is erased."),
        covers=("file:accounts.User.picture",),
    )
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import FileField, Model

#: What a setting of this name is called in the sentence of a fault.
KINDS: Final = {
    "CACHES": "cache",
    "STORAGES": "storage",
    "DATABASES": "database",
}


@dataclass(frozen=True)
class Store:
    """One place. `days` is the longest any content stays there, None when `keeps` says it all.

    `holds` names categories of privacy/categories.py; none means: nothing personal may be
    there, and `what` says how that is held. `covers` names what of the configuration it is:
    "file:app.Model.field", "settings:CACHES.default", "settings:LOGGING" and so on.
    """

    code: str
    title: Any
    holds: tuple[str, ...]
    what: Any
    keeps: Any
    days: int | None
    covers: tuple[str, ...]


_stores: dict[str, Store] = {}


def store(
    code: str,
    *,
    title: Any,
    what: Any,
    keeps: Any,
    holds: tuple[str, ...] = (),
    days: int | None = None,
    covers: tuple[str, ...] = (),
) -> None:
    """Declare one place, once."""
    if code in _stores:
        raise ValueError(f"The store {code!r} is declared twice in the data map.")
    _stores[code] = Store(code, title, holds, what, keeps, days, covers)


def stores() -> Mapping[str, Store]:
    """All declared places, by code."""
    return _stores


def needed(models: Iterable[type[Model]], configured: Any = settings) -> Iterator[tuple[str, str]]:
    """(what must be covered, how to call it in a sentence), from models and settings."""
    for model in models:
        for field in model._meta.local_concrete_fields:
            if isinstance(field, FileField):
                full = f"{model._meta.label}.{field.name}"
                yield f"file:{full}", f"The files of {full}"
    for name, kind in KINDS.items():
        for alias in getattr(configured, name):
            yield f"settings:{name}.{alias}", f"The {kind} {alias!r} of {name}"
    yield "settings:LOGGING", "The log"
    for name, words in (
        ("CELERY_BROKER_URL", "The broker"),
        ("CELERY_RESULT_BACKEND", "The store of task results"),
        ("EMAIL_HOST", "The mail server"),
    ):
        if getattr(configured, name, None):
            yield f"settings:{name}", f"{words} of {name}"
