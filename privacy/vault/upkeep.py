"""Rewraps keys for a new master key, and sweeps keys that lead to nobody."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.db import transaction

from privacy import clock
from privacy.models import Subject
from privacy.vault import keys
from privacy.vault.kms import Wrapped, kms
from privacy.vault.models import IndexKey, SubjectKey
from privacy.vault.router import ALIAS

logger = logging.getLogger(__name__)

BATCH: Final = 500
#: A key this young may belong to a transaction that is still open.
YOUNG: Final = timedelta(days=1)
#: So long a key has to lead to nobody before it is deleted: a main database that was
#: restored to the wrong moment is noticed, and restored again, within that time.
ORPHANED: Final = timedelta(days=7)


def keys_rotate(*, batch: int = BATCH) -> Iterator[int]:
    """Rewrap every key that the present master key does not wrap; yields how many so far.

    Each batch is one transaction, so it may be ended and started again at any time, with
    servers running: they unwrap with the former keys too. Raises WrongMaster for a key
    whose master key is not at hand.
    """
    done = 0
    while count := _rewrap(batch):
        done += count
        yield done
    with transaction.atomic(using=ALIAS):
        rows = IndexKey.objects.using(ALIAS).select_for_update()
        row = rows.exclude(master_id=kms().current).first()
        if row is not None:
            secret = keys.index_key_unwrap(row)
            wrapped = kms().wrap(secret, keys.index_context(row.id))
            rows.filter(id=row.id).update(master_id=wrapped.master_id, wrapped=wrapped.blob)


def _rewrap(batch: int) -> int:
    with transaction.atomic(using=ALIAS):
        rows = list(
            SubjectKey.objects.using(ALIAS)
            .select_for_update()
            .exclude(master_id=kms().current)
            .exclude(wrapped=None)
            .order_by("subject_id")[:batch]
        )
        for row in rows:
            context = keys.subject_context(row.subject_id, row.version)
            secret = kms().unwrap(Wrapped(row.master_id, bytes(row.wrapped or b"")), context)
            wrapped = kms().wrap(secret, context)
            row.master_id, row.wrapped = wrapped.master_id, wrapped.blob
        SubjectKey.objects.using(ALIAS).bulk_update(rows, ["master_id", "wrapped"])
    return len(rows)


def orphans_sweep(*, batch: int = 5000) -> int:
    """Note the keys that lead to nobody, delete those that have done so for a week.

    Such keys are left by transactions that were rolled back after the key was committed.
    Returns how many were deleted.
    """
    now = clock.now()
    rows = SubjectKey.objects.using(ALIAS).exclude(wrapped=None)
    last = None
    while True:
        page = rows.filter(created_at__lt=now - YOUNG).order_by("subject_id")
        ids = list(
            (page.filter(subject_id__gt=last) if last else page).values_list(
                "subject_id", flat=True
            )[:batch]
        )
        if not ids:
            break
        last = ids[-1]
        held = set(Subject.objects.filter(id__in=ids).values_list("id", flat=True))
        rows.filter(subject_id__in=set(ids) - held, orphan_since=None).update(orphan_since=now)
        rows.filter(subject_id__in=held).exclude(orphan_since=None).update(orphan_since=None)
    deleted, _models = rows.filter(orphan_since__lt=now - ORPHANED).delete()
    if deleted:
        logger.info("%d keys that led to nobody were deleted.", deleted)
    return deleted
