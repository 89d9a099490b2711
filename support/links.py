"""The link by which somebody without an account reads and writes one conversation.

It is in the mail to the address that was given, so whoever follows it has that mailbox.
Nothing of it is stored.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from privacy.errors import NotFound
from support.errors import LinkExpired

SALT: Final = "support.conversation"
VALID: Final = timedelta(days=90)


def conversation_token(conversation_id: UUID) -> str:
    """Proof of having got a mail about the conversation, good for 90 days."""
    return signing.TimestampSigner(salt=SALT).sign_object(str(conversation_id))


def conversation_of_token(token: str, *, expired_too: bool = False) -> UUID:
    """The conversation's id. Raises NotFound for a token that is not ours, LinkExpired."""
    age = None if expired_too else VALID
    try:
        return UUID(signing.TimestampSigner(salt=SALT).unsign_object(token, max_age=age))
    except signing.SignatureExpired:
        raise LinkExpired(_("This link is no longer valid: its time is over.")) from None
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound(_("This link is not complete, or not one of ours.")) from None


def link_url(conversation_id: UUID) -> str:
    """The page for somebody without an account."""
    token = conversation_token(conversation_id)
    return settings.SITE_URL + reverse("frontend:support-link", args=[token])


def account_url(conversation_id: UUID) -> str:
    """The page for the signed-in person."""
    return settings.SITE_URL + reverse("frontend:support-conversation", args=[conversation_id])


def staff_url(conversation_id: UUID) -> str:
    """The page for staff."""
    return settings.SITE_URL + reverse("frontend:staff-conversation", args=[conversation_id])
