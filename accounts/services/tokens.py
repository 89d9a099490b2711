"""Keys for programs."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts import rules
from accounts.errors import InputRefused
from accounts.links import digest_of
from accounts.models import ApiToken, User
from accounts.services.common import act, event_add
from privacy import clock
from privacy.errors import Broken, NotFound

PREFIX: Final = "ruang_"
MOST: Final = 20
#: How long a key may live, in days; a key for ever is a key forgotten.
MOST_DAYS: Final = 366


def token_create(
    *, actor: User, name: str, scopes: Sequence[str], days: int = 90
) -> tuple[ApiToken, str]:
    """A new key and its secret, which is returned here and nowhere else, ever.

    Raises InputRefused for a missing name, an unknown scope, or too many keys.
    """
    clean = rules.line_clean(name, field="name", required=True, most=80)
    broken = _scopes_broken(scopes)
    if not 1 <= days <= MOST_DAYS:
        detail = _("A key lives between 1 and 366 days.")
        broken.append(Broken("days", detail, "days"))
    if broken:
        raise InputRefused(broken)
    secret = PREFIX + secrets.token_urlsafe(32)
    with act():
        _check_room(actor)
        token = ApiToken.objects.create(
            user=actor,
            name=clean,
            digest=digest_of(secret),
            scopes=sorted(set(scopes)),
            expires_at=clock.now() + timedelta(days=days),
        )
        event_add(
            "token_created", subject_id=actor.subject_id, actor=actor, data={"token": str(token.id)}
        )
    return token, secret


def token_revoke(*, actor: User, token_id: UUID) -> None:
    """Make a key of the actor useless from this moment."""
    with act():
        mine = ApiToken.objects.filter(user=actor, id=token_id, revoked_at=None)
        if not mine.update(revoked_at=clock.now()):
            raise NotFound(_("There is no such key."))
        event_add(
            "token_revoked", subject_id=actor.subject_id, actor=actor, data={"token": str(token_id)}
        )


def token_used(token: ApiToken, now: datetime) -> None:
    """Note the day of use; at most one write a day."""
    if token.used_on != now.date():
        ApiToken.objects.filter(id=token.id).update(used_on=now.date())


def _scopes_broken(scopes: Sequence[str]) -> list[Broken]:
    unknown = set(scopes) - set(ApiToken.Scope.values)
    if scopes and not unknown:
        return []
    return [Broken("scopes", _("Choose at least one of: read, book, account."), "scopes")]


def _check_room(actor: User) -> None:
    now = clock.now()
    live = ApiToken.objects.filter(user=actor, revoked_at=None, expires_at__gt=now)
    if live.count() >= MOST:
        detail = _("You have 20 keys. Revoke one first.")
        raise InputRefused([Broken("too_many", detail, "name")])
