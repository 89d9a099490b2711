"""What a person says about themselves."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts import rules
from accounts.errors import InputRefused, LinkUsed
from accounts.links import Purpose, link_check, link_read
from accounts.models import User
from accounts.services.common import act, event_add, user_change, user_lock
from accounts.services.passwords import password_confirm
from privacy import clock
from privacy.errors import Broken, Stale
from privacy.models import Contact
from privacy.outbox import outbox_put

_CLEAN: Final = {
    "full_name": lambda value: rules.line_clean(value, field="full_name", required=True),
    "institution": lambda value: rules.line_clean(value, field="institution"),
    "phone": rules.phone_clean,
    "language": rules.language_clean,
    "time_zone": rules.zone_clean,
}


def user_profile_change(
    *, actor: User, changes: Mapping[str, str], expected_version: int | None = None
) -> User:
    """Change full_name, phone, institution, language or time_zone; returns the changed person.

    Raises InputRefused with every unfit value, and Stale with the difference when the
    profile is no longer at `expected_version`.
    """
    wanted = _cleaned(changes)
    with act():
        user = user_lock(actor.id)
        if expected_version not in {None, user.version}:
            raise stale(wanted, user)
        news = {name: value for name, value in wanted.items() if getattr(user, name) != value}
        if news:
            user_change(user, **news)
            event_add(
                "profile_changed",
                subject_id=user.subject_id,
                actor=actor,
                data=dict.fromkeys(news, "changed"),
            )
    return user


def user_set_language(*, actor: User, language: str) -> None:
    """Show pages and mails in this language from now on."""
    user_profile_change(actor=actor, changes={"language": language})
    actor.language = language


def email_change_ask(*, actor: User, email: str, password: str | None) -> None:
    """Send a confirmation to the new address; the old one stays until it is followed.

    Asks for the password, where the account has one. Answers the same when the address
    belongs to another account: then its owner is told, by mail.
    """
    if actor.has_usable_password():
        password_confirm(actor, password or "")
    address = rules.email_clean(email)
    if address.lower() == actor.email.lower():
        detail = _("This is your present address.")
        raise InputRefused([Broken("unchanged", detail, "email")])
    with act():
        user = user_lock(actor.id)
        owner = User.objects.by_email(address).first()
        _pending_drop(user)
        if owner is not None:
            outbox_put(template="account_exists", recipient=owner.subject_id, data={})
            return
        contact = Contact.objects.create(
            subject=user.subject, name=user.full_name, email=address, language=user.language
        )
        user_change(user, pending_contact=contact)
        event_add("address_asked", subject_id=user.subject_id, actor=actor)
        outbox_put(
            template="confirm_address",
            recipient=user.subject_id,
            contact=contact.id,
            data={"contact": contact.id},
        )


def email_change_confirm(*, token: str) -> User:
    """Make the confirmed address the account's, and tell the old one."""
    user_id = link_read(Purpose.ADDRESS, token)
    try:
        with act():
            user = user_lock(user_id)
            link_check(Purpose.ADDRESS, token, user)
            _address_replace(user)
    except IntegrityError:
        raise LinkUsed(_("This address belongs to another account by now.")) from None
    return user


def email_change_cancel(*, actor: User) -> None:
    """Give the change up; the link in the mail stops working."""
    with act():
        user = user_lock(actor.id)
        _pending_drop(user)


def stale(wanted: Mapping[str, Any], row: Any) -> Stale:
    """The refusal of an outdated edit: per field, what was sent and what stands there now."""
    difference = {
        name: {"sent": value, "current": getattr(row, name)}
        for name, value in wanted.items()
        if getattr(row, name) != value
    }
    return Stale(
        _("This was changed in the meantime. Nothing was overwritten."),
        extra={"difference": difference, "version": row.version},
    )


def _address_replace(user: User) -> None:
    pending, former = user.pending_contact, user.previous_contact
    if pending is None:
        raise LinkUsed(_("This link was used already, or a newer one replaced it."))
    previous = Contact.objects.create(
        subject=user.subject, name=user.full_name, email=user.email, language=user.language
    )
    user_change(
        user,
        email=pending.email,
        email_verified_at=clock.now(),
        pending_contact=None,
        previous_contact=previous,
    )
    pending.delete()
    if former is not None:
        former.delete()
    event_add("address_changed", subject_id=user.subject_id, actor=user)
    outbox_put(template="address_changed", recipient=user.subject_id, contact=previous.id, data={})


def _pending_drop(user: User) -> None:
    pending = user.pending_contact
    if pending is not None:
        user_change(user, pending_contact=None)
        pending.delete()


def _cleaned(changes: Mapping[str, str]) -> dict[str, str]:
    broken: list[Broken] = []
    wanted: dict[str, str] = {}
    for name, value in changes.items():
        try:
            wanted[name] = _CLEAN[name](value)
        except InputRefused as error:
            broken += error.broken
    if broken:
        raise InputRefused(broken)
    return wanted
