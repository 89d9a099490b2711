"""Repeated POSTs: one key, one thing made, whatever the network does.

The caller chooses the new row's id beforehand and passes the `Repeat` to its service,
which calls `idempotency_begin` first thing in its transaction. The key commits with the
thing it made, or not at all; a second request with the key waits for the first one's
commit (or, after the lock time-out, is answered 503 and may try again).

    with act():
        earlier = idempotency_begin(actor=actor, repeat=repeat, resource=new_id)
        if earlier is not None:
            return Thing.objects.get(id=earlier)
        ...
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from accounts.errors import IdempotencyMismatch, InputRefused
from accounts.models import User
from privacy import clock
from privacy.errors import Broken

KEY_LENGTH: Final = 200


@dataclass(frozen=True)
class Repeat:
    """An Idempotency-Key with what it was used for: the route and a digest of the body."""

    key: str
    route: str
    fingerprint: bytes


def repeat_of(key: str | None, route: str, body: Any) -> Repeat | None:
    """The Repeat of a request, or None without a key. `body` is JSON-ready.

    Raises InputRefused for a key that is empty, too long or not printable ASCII.
    """
    if key is None:
        return None
    if not 0 < len(key) <= KEY_LENGTH or not key.isascii() or not key.isprintable():
        detail = _("Idempotency-Key: 1 to 200 printable ASCII characters.")
        raise InputRefused([Broken("idempotency_key", detail, "Idempotency-Key")])
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return Repeat(key, route, hashlib.sha256(canonical.encode()).digest())


def idempotency_begin(*, actor: User, repeat: Repeat | None, resource: UUID) -> UUID | None:
    """None when this request is the first with its key (or has none), else the first's resource.

    One SQL statement with a key, none without; call it inside the act's transaction.
    Raises IdempotencyMismatch when the key was used with another route or body.
    """
    if repeat is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_idempotencykey"
            " (user_id, key, route, fingerprint, resource, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)"
            # The assignment changes nothing; it makes the statement wait for a request in
            # flight with the same key, and return what that one made.
            " ON CONFLICT (user_id, key) DO UPDATE SET key = EXCLUDED.key"
            " RETURNING resource, route, fingerprint",
            [actor.id, repeat.key, repeat.route, repeat.fingerprint, resource, clock.now()],
        )
        made, route, fingerprint = cursor.fetchone()
    if (route, bytes(fingerprint)) != (repeat.route, repeat.fingerprint):
        raise IdempotencyMismatch(
            _("This Idempotency-Key was used before for a different request.")
        )
    return None if made == resource else made
