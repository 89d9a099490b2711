"""What every write of this app shares: its transaction, its event, the lock on a person."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AccountEvent, Organisation, User
from privacy.errors import NotFound


def act() -> AbstractContextManager[None]:
    """The transaction of one act; the outermost, so that leaving it is the commit."""
    return transaction.atomic(durable=True)


def event_add(
    verb: str,
    *,
    subject_id: UUID,
    actor: User | None,
    organisation: Organisation | None = None,
    data: Mapping[str, str] | None = None,
) -> None:
    """Record what happened; `data` holds identifiers and codes only, never names."""
    AccountEvent.objects.create(
        subject_id=subject_id,
        actor_id=actor.subject_id if actor else None,
        organisation=organisation,
        verb=verb,
        data=dict(data or {}),
    )


def user_lock(user_id: UUID) -> User:
    """The person's row, locked until the act ends; raises NotFound once it is gone."""
    rows = User.objects.select_for_update(of=("self",), no_key=True).select_related("subject")
    user = rows.filter(id=user_id).first()
    if user is None:
        raise NotFound(_("This account does not exist any more."))
    return user


def user_change(user: User, **values: Any) -> None:
    """Write these fields and count the change."""
    for name, value in values.items():
        setattr(user, name, value)
    user.version += 1
    user.save(update_fields=[*values, "version"])
