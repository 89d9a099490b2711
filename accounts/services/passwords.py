"""Forgotten and changed passwords."""

from axes.utils import reset as lockout_reset
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from accounts.backends import lockout_key
from accounts.errors import InputRefused, LinkUsed, WrongPassword
from accounts.links import Purpose, link_check, link_read
from accounts.models import User
from accounts.services.common import act, event_add, user_change, user_lock
from accounts.services.registration import password_check
from accounts.services.sessions import sessions_delete
from privacy import clock
from privacy.outbox import outbox_put


def password_reset_ask(*, email: str) -> None:
    """Send a link to this address if it has an open account; answers the same either way.

    At most one message in five minutes, so that the form cannot be used to pester.
    """
    user = User.objects.by_email(email.strip()).select_related("subject").first()
    if user is None or not user.can_sign_in:
        return
    window = int(clock.now().timestamp()) // 300
    with act():
        outbox_put(
            template="reset_password",
            recipient=user.subject_id,
            data={},
            dedupe_key=f"reset:{user.id}:{window}",
        )


def password_reset(*, token: str, password: str) -> User:
    """Set the password by a link from the mail. Proves the address and ends every session.

    Raises LinkExpired, LinkUsed, LinkRefused, or InputRefused for an unfit password (the
    link then still works).
    """
    user_id = link_read(Purpose.RESET, token)
    hashed = _hashed(password, User.objects.filter(id=user_id).first())
    with act():
        user = user_lock(user_id)
        link_check(Purpose.RESET, token, user)
        proved = user.email_verified_at or clock.now()
        user_change(user, password=hashed, email_verified_at=proved)
        sessions_delete(user)
        event_add("password_reset", subject_id=user.subject_id, actor=user)
        outbox_put(template="password_changed", recipient=user.subject_id, data={})
    lockout_reset(username=lockout_key(user.email))
    return user


def password_change(*, actor: User, current: str, password: str, session_key: str) -> None:
    """Replace the password; every other session ends. `session_key` is the one to keep.

    Raises WrongPassword, or InputRefused for an unfit new one. Afterwards the page calls
    update_session_auth_hash.
    """
    password_confirm(actor, current)
    hashed = _hashed(password, actor)
    with act():
        user = user_lock(actor.id)
        user_change(user, password=hashed)
        sessions_delete(user, keep=session_key)
        event_add("password_changed", subject_id=user.subject_id, actor=actor)
        outbox_put(template="password_changed", recipient=user.subject_id, data={})
    actor.password, actor.version = user.password, user.version


def password_confirm(actor: User, current: str) -> None:
    """Ask for the password again before a delicate change; raises WrongPassword."""
    if not actor.check_password(current):
        raise WrongPassword(_("This is not your present password."))


def _hashed(password: str, user: User | None) -> str:
    """The hash, made before any lock is taken: Argon2 is slow on purpose."""
    if user is None:
        raise LinkUsed(_("This account does not exist any more."))
    broken = password_check(password, user)
    if broken:
        raise InputRefused(broken)
    return make_password(password)
