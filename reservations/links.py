"""Addresses of pages, for messages and calendars: these reach people outside a request."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

GUEST_SALT = "reservations.guest"


def reservation_url(reservation_id: UUID) -> str:
    """The page of one reservation, for those who may see it."""
    return settings.SITE_URL + reverse("frontend:reservation", args=[reservation_id])


def guest_url(guest_id: UUID) -> str:
    """Where a guest sees what is held about them and takes themselves off; no sign-in."""
    return settings.SITE_URL + reverse("frontend:guest", args=[guest_token(guest_id)])


def guest_token(guest_id: UUID) -> str:
    """Proof of having got the guest's mail. Does not expire: the right it serves does not."""
    return signing.Signer(salt=GUEST_SALT).sign_object(str(guest_id))


def guest_of_token(token: str) -> UUID | None:
    """The guest's id, or None for a token that is not ours."""
    try:
        return UUID(signing.Signer(salt=GUEST_SALT).unsign_object(token))
    except (signing.BadSignature, ValueError, TypeError):
        return None
