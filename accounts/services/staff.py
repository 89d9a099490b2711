"""Who works for the operator, and as what."""

from collections.abc import Iterable
from uuid import UUID

from axes.utils import reset as lockout_reset
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.backends import lockout_key
from accounts.errors import InputRefused
from accounts.models import User
from accounts.roles import Role
from accounts.services.common import act, event_add, user_change, user_lock
from accounts.services.sessions import sessions_delete
from privacy.errors import Broken, NotAllowed


def user_set_roles(*, actor: User, user_id: UUID, roles: Iterable[str]) -> User:
    """Give a person exactly these staff roles; administrators only.

    Each role given or taken leaves an event. The person's sessions end, so that no page
    still open acts with the former rights. Administrators cannot take the role from
    themselves, so that one always remains.
    """
    _require_administrator(actor)
    wanted = _checked(roles)
    # Not durable: the back office's form has opened a transaction of its own.
    with transaction.atomic():
        user = user_lock(user_id)
        held = set(user.roles)
        if user.id == actor.id and Role.ADMINISTRATOR not in wanted:
            raise NotAllowed(_("Another administrator has to take this role from you."))
        if wanted == held:
            return user
        user_change(user, roles=sorted(wanted))
        for role in sorted(wanted ^ held):
            verb = "role_granted" if role in wanted else "role_withdrawn"
            event_add(verb, subject_id=user.subject_id, actor=actor, data={"role": role})
        if user.id != actor.id:
            sessions_delete(user)
    return user


def user_sign_out(*, actor: User, user_id: UUID) -> int:
    """End every session of a person; administrators only. Returns how many ended."""
    _require_administrator(actor)
    with act():
        user = user_lock(user_id)
        count = sessions_delete(user)
        event_add("sessions_ended", subject_id=user.subject_id, actor=actor)
    return count


def lockout_clear(*, actor: User, user_id: UUID) -> None:
    """Let a person who mistyped too often try again at once; administrators only."""
    _require_administrator(actor)
    with act():
        user = user_lock(user_id)
        lockout_reset(username=lockout_key(user.email))
        event_add("lockout_cleared", subject_id=user.subject_id, actor=actor)


def _require_administrator(actor: User) -> None:
    if not actor.may("accounts.manage_roles"):
        raise NotAllowed(_("Only an administrator may do this."))


def _checked(roles: Iterable[str]) -> set[str]:
    wanted = set(roles)
    if wanted - set(Role.values):
        raise InputRefused([Broken("role", _("There is no such role."), "roles")])
    return wanted
