"""For data migrations: seals what a plain column holds into a new one, in batches.

Rerunnable: rows that were done are passed over, each batch commits by itself.
"""

import unicodedata
from collections.abc import Collection
from typing import Any, Final

from django.db import transaction

from privacy.vault.columns import blind_index, column_of
from privacy.vault.ring import ring

BATCH: Final = 500


def normalise(value: str) -> str:
    """What two texts that count as equal have in common: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", value).strip().lower()


def seal_rows(
    model: Any,
    plain: str,
    sealed: str,
    *,
    field_id: str,
    indexed: bool,
    database: str,
    batch: int = BATCH,
) -> int:
    """Seal the texts of column `plain` into `sealed`, and say how many rows it did.

    `model` is a historical one with `subject_id`; `field_id` is what the map will call the
    field ("privacy.contact.email"). `plain` is left as it is; a later migration drops it.
    """
    waiting = model.objects.using(database).filter(**{sealed: b""}).exclude(**{plain: ""})
    done = 0
    while rows := list(waiting.order_by("pk")[:batch]):
        ring().prepare({row.subject_id for row in rows})
        for row in rows:
            text = getattr(row, plain)
            before = blind_index(field_id, normalise(text)) if indexed else b""
            content = column_of(field_id, row.pk, row.subject_id, text.encode(), before)
            setattr(row, sealed, content)
        with transaction.atomic(using=database):
            model.objects.using(database).bulk_update(rows, [sealed])
        done += len(rows)
    return done


def seal_all(apps: Any, editor: Any, label: str, fields: Collection[tuple[str, bool]]) -> None:
    """Seal `name` into `name_sealed` for each (name, has a blind index) of a model."""
    model = apps.get_model(label)
    for name, indexed in fields:
        seal_rows(
            model,
            name,
            f"{name}_sealed",
            field_id=f"{label.lower()}.{name}",
            indexed=indexed,
            database=editor.connection.alias,
        )
