"""Links in messages: signed, expiring, each good for one act.

Nothing of a link is stored. It is made when its message is sent, from the person's
present state, and it stops working when the act (or a later one) changes that state.
"""

import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.errors import LinkExpired, LinkRefused, LinkUsed
from accounts.models import Invitation, User


class Purpose(StrEnum):
    """What a link does; one cannot stand in for another."""

    VERIFY = "verify"
    RESET = "reset"
    ADDRESS = "address"


#: How long a link works after its message was sent.
VALID: Final = {
    Purpose.VERIFY: timedelta(days=3),
    Purpose.RESET: timedelta(hours=1),
    Purpose.ADDRESS: timedelta(days=1),
}


def link_token(purpose: Purpose, user: User) -> str:
    """A token for the act, bound to what the act will change."""
    return signing.dumps([str(user.id), _state(purpose, user)], salt=_salt(purpose), compress=False)


def link_read(purpose: Purpose, token: str) -> UUID:
    """Whose link it is; raises LinkExpired or LinkRefused. Whether it is used, ask `link_check`."""
    return UUID(_load(purpose, token)[0])


def link_check(purpose: Purpose, token: str, user: User) -> None:
    """Raise LinkUsed when the person's state is no longer the one the link was made for.

    Call it on the locked row: of two requests with one link, the second finds it used.
    """
    if not hmac.compare_digest(_load(purpose, token)[1], _state(purpose, user)):
        raise LinkUsed(_("This link was used already, or a newer one replaced it."))


def invitation_secret(invitation_id: UUID) -> str:
    """The secret of an invitation's link, derived and never stored: 43 URL-safe characters."""
    return _derive(settings.SECRET_KEY, invitation_id)


def invitation_token(invitation: Invitation) -> str:
    """The secret that fits the stored digest, under the present key or one of the former."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        secret = _derive(key, invitation.id)
        if digest_of(secret) == bytes(invitation.digest):
            return secret
    raise LinkRefused(_("This invitation can no longer be sent; please make a new one."))


def digest_of(secret: str) -> bytes:
    """What is stored in place of a secret: SHA-256, 32 bytes."""
    return hashlib.sha256(secret.encode()).digest()


def _derive(key: str, invitation_id: UUID) -> str:
    mac = salted_hmac("accounts.invitation", str(invitation_id), secret=key, algorithm="sha256")
    return signing.b64_encode(mac.digest()).decode()


def _load(purpose: Purpose, token: str) -> list[Any]:
    try:
        content = signing.loads(token, salt=_salt(purpose), max_age=VALID[purpose])
        return [str(UUID(content[0])), str(content[1])]
    except signing.SignatureExpired:
        raise LinkExpired(_("This link is no longer valid: its time is over.")) from None
    except (signing.BadSignature, ValueError, TypeError, KeyError, IndexError):
        raise LinkRefused(_("This link is not complete, or not one of ours.")) from None


def _salt(purpose: Purpose) -> str:
    return f"accounts.links.{purpose}"


def _state(purpose: Purpose, user: User) -> str:
    parts: list[object] = [user.id, user.email.lower()]
    if purpose == Purpose.VERIFY:
        parts += [user.email_verified_at]
    elif purpose == Purpose.RESET:
        parts += [user.password, user.last_login]
    else:
        parts += [user.pending_contact_id]
    value = "|".join(str(part) for part in parts)
    return salted_hmac(_salt(purpose), value, algorithm="sha256").hexdigest()[:32]
