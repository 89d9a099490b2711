"""The messages about accounts and organisations: when each is still true, and what it shows.

Links are made here, when the mail is sent; the outbox row holds identifiers only. Each
message that comes to nothing in the meantime is not sent.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.links import VALID, Purpose, invitation_token, link_token
from accounts.models import Invitation, Membership, SessionRecord, User
from privacy import clock
from privacy.mail import render
from privacy.models import OutboxMessage
from privacy.outbox import Mail, Message, Template
from privacy.outbox import register as register_template

Category = OutboxMessage.Category
CATEGORIES: Final = {"invitation": Category.SERVICE, "support_access": Category.SUPPORT}


def register() -> None:
    """Tell the outbox how to build them."""
    for name, build in BUILDERS.items():
        category = CATEGORIES.get(name, Category.SECURITY)
        register_template(Template(name, category, build, TITLES[name]))


def _verify_address(message: Message) -> Mail | None:
    user = _user(message)
    if user is None or user.is_verified_address:
        return None
    url = _link("verify-address", link_token(Purpose.VERIFY, user))
    return render(message, {"url": url, "days": VALID[Purpose.VERIFY].days})


def _account_exists(message: Message) -> Mail | None:
    user = _user(message)
    if user is None:
        return None
    reset = _page("password-reset")
    return render(message, {"url": _page("sign-in"), "reset_url": reset, "email": user.email})


def _reset_password(message: Message) -> Mail | None:
    user = _user(message)
    # Somebody who asked an hour ago and got no mail has given up or asked again.
    if user is None or clock.now() - message.created_at > VALID[Purpose.RESET]:
        return None
    url = _link("password-new", link_token(Purpose.RESET, user))
    minutes = int(VALID[Purpose.RESET].total_seconds() // 60)
    return render(message, {"url": url, "minutes": minutes})


def _password_changed(message: Message) -> Mail | None:
    return render(message, {"url": _page("password-reset")}) if _user(message) else None


def _confirm_address(message: Message) -> Mail | None:
    user = _user(message)
    if user is None or str(user.pending_contact_id) != message.data["contact"]:
        return None
    url = _link("confirm-address", link_token(Purpose.ADDRESS, user))
    hours = int(VALID[Purpose.ADDRESS].total_seconds() // 3600)
    return render(message, {"url": url, "hours": hours, "email": message.address.email})


def _address_changed(message: Message) -> Mail | None:
    user = _user(message)
    if user is None or user.previous_contact_id != message.contact_id:
        return None
    return render(message, {"email": message.address.email})


def _new_device(message: Message) -> Mail | None:
    record = SessionRecord.objects.filter(id=str(message.data["session"])).first()
    if record is None:
        return None
    context = {"device": record.device, "moment": _moment(record.created_at, message)}
    return render(message, {**context, "url": _page("security")})


def _invitation(message: Message) -> Mail | None:
    invitation = (
        Invitation.objects.select_related("organisation", "invited_by")
        .filter(id=str(message.data["invitation"]), accepted_at=None, revoked_at=None)
        .first()
    )
    if invitation is None or invitation.expires_at <= clock.now():
        return None
    context: dict[str, Any] = {
        "url": _link("invitation", invitation_token(invitation)),
        "organisation": invitation.organisation.name,
        "inviter": invitation.invited_by.name,
        "moment": _moment(invitation.expires_at, message),
    }
    return render(message, context)


def _support_access(message: Message) -> Mail | None:
    membership = (
        Membership.objects.select_related("organisation")
        .filter(
            organisation=UUID(str(message.data["organisation"])),
            user__subject=message.recipient_id,
            role=Membership.Role.OWNER,
        )
        .first()
    )
    if membership is None:
        return None
    organisation = membership.organisation
    path = reverse("frontend:organisation", args=[organisation.id])
    url = f"{settings.SITE_URL}{path}#access"
    return render(message, {"organisation": organisation.name, "url": url})


BUILDERS: Final[dict[str, Callable[[Message], Mail | None]]] = {
    "verify_address": _verify_address,
    "account_exists": _account_exists,
    "reset_password": _reset_password,
    "password_changed": _password_changed,
    "confirm_address": _confirm_address,
    "address_changed": _address_changed,
    "new_device": _new_device,
    "invitation": _invitation,
    "support_access": _support_access,
}

#: Each kind in words, for the list of what was sent to a person.
TITLES: Final = {
    "verify_address": _("Confirm your e-mail address"),
    "account_exists": _("You already have an account"),
    "reset_password": _("Choose a new password"),
    "password_changed": _("Your password was changed"),
    "confirm_address": _("Confirm your new e-mail address"),
    "address_changed": _("Your account has a new e-mail address"),
    "new_device": _("New sign-in to your account"),
    "invitation": _("Invitation to an organisation"),
    "support_access": _("Customer service asks for access"),
}


def _user(message: Message) -> User | None:
    return User.objects.filter(subject=message.recipient_id, is_active=True).first()


def _moment(instant: datetime, message: Message) -> str:
    """25 November 2026, 14.00 (WIB), on the recipient's clock."""
    locale = Locale(message.address.language)
    zone = ZoneInfo(message.address.time_zone)
    return format_datetime(instant, "d MMMM y, HH.mm (z)", tzinfo=zone, locale=locale)


def _page(name: str) -> str:
    return settings.SITE_URL + reverse(f"frontend:{name}")


def _link(name: str, token: str) -> str:
    return settings.SITE_URL + reverse(f"frontend:{name}", args=[token])
