"""What the start-up check asks of places outside the tables (privacy/stores.py)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db.models import Model

from privacy.categories import CATEGORIES
from privacy.stores import Store, needed


def store_faults(
    models: Iterable[type[Model]], stores: Mapping[str, Store], configured: Any = settings
) -> Iterator[CheckMessage]:
    """Places that are configured and not declared, and declarations that are not true."""
    wanted = dict(needed(models, configured))
    covered = {token for store in stores.values() for token in store.covers}
    for token, words in wanted.items():
        if token not in covered:
            yield Error(
                f"{words} is not in the data map.",
                hint=f'Write store("name", …, covers=("{token}",)) in {_where(token)}: what it '
                "may hold, and for how long.",
                id="privacy.E018",
            )
    for code, store in stores.items():
        yield from _declaration_faults(code, store, wanted)


def _declaration_faults(
    code: str, store: Store, wanted: Mapping[str, str]
) -> Iterator[CheckMessage]:
    for category in sorted(set(store.holds) - set(CATEGORIES)):
        yield Error(
            f"The store {code!r}: there is no category {category!r}.",
            hint=f"Use one of {', '.join(sorted(CATEGORIES))}.",
            id="privacy.E014",
        )
    for token in store.covers:
        if token.startswith("file:") and token not in wanted:
            yield Error(
                f"The store {code!r} covers {token.removeprefix('file:')}, which does not exist.",
                hint=f"Remove it from {_where(token)}.",
                id="privacy.E019",
            )


def _where(token: str) -> str:
    app = token.removeprefix("file:").partition(".")[0]
    if token.startswith("file:") and app != "privacy":
        return f"{app}/personal_data.py"
    return "privacy/personal_data/stores.py"
