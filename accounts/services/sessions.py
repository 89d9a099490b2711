"""The signed-in browsers of a person: begun, seen, ended."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib.sessions.models import Session
from django.utils.translation import gettext as _

from accounts.devices import device_label
from accounts.models import AccountEvent, SessionRecord, User
from accounts.services.common import act, event_add
from privacy import clock
from privacy.alerts import Kind, alert_raise
from privacy.errors import NotFound
from privacy.outbox import outbox_put

#: A session's row is touched at most this often, so that reading pages writes nothing.
SEEN_EVERY: Final = timedelta(minutes=5)


def session_start(
    *, actor: User, session_key: str, user_agent: str, known_device: bool
) -> SessionRecord:
    """Record a new sign-in; tells the person by mail when the browser was not seen before.

    Nobody is told of their very first sign-in. A new browser of the staff is an alert too.
    """
    with act():
        tell = not known_device and _has_history(actor)
        record, _made = SessionRecord.objects.get_or_create(
            session_key=session_key,
            defaults={"user": actor, "device": device_label(user_agent)},
        )
        event_add("signed_in", subject_id=actor.subject_id, actor=actor)
        if tell:
            outbox_put(
                template="new_device",
                recipient=actor.subject_id,
                data={"session": record.id},
            )
            event_add("new_device", subject_id=actor.subject_id, actor=actor)
            if actor.roles:
                alert_raise(kind=Kind.NEW_DEVICE, subject_id=actor.subject_id)
    return record


def lockout_watch(*, email: str) -> None:
    """Call when sign-in was closed for guessing at this address; whose it is learns of it."""
    owner = None if "\x00" in email else User.objects.by_email(email[:254]).first()
    alert_raise(kind=Kind.MANY_FAILURES, subject_id=owner.subject_id if owner else None)


def session_seen(*, session_key: str) -> None:
    """Note that the session is in use."""
    SessionRecord.objects.filter(session_key=session_key).update(seen_at=clock.now())


def session_move(*, former: str, session_key: str) -> None:
    """The session got a new key (after more rights or a new password); it is the same browser."""
    SessionRecord.objects.filter(session_key=former).update(session_key=session_key)


def session_forget(*, session_key: str) -> None:
    """The person signed out here: the record ends with the session."""
    SessionRecord.objects.filter(session_key=session_key).delete()


def session_end(*, actor: User, session_id: UUID) -> None:
    """Sign one other browser of the actor out. Raises NotFound for anybody else's."""
    with act():
        record = SessionRecord.objects.filter(user=actor, id=session_id).first()
        if record is None:
            raise NotFound(_("This session has ended already."))
        Session.objects.filter(session_key=record.session_key).delete()
        record.delete()
        event_add("session_ended", subject_id=actor.subject_id, actor=actor)


def sessions_end(*, actor: User, keep: str | None = None) -> int:
    """Sign out everywhere, except the session `keep` when given. Returns how many ended."""
    with act():
        count = sessions_delete(actor, keep=keep)
        event_add("sessions_ended", subject_id=actor.subject_id, actor=actor)
    return count


def sessions_delete(user: User, *, keep: str | None = None) -> int:
    """Delete the person's sessions, in the caller's transaction.

    The session rows go, so no request needs to ask whether its session was revoked; one
    that runs meanwhile cannot save it back (Django refuses an update that finds no row).
    """
    records = SessionRecord.objects.filter(user=user).exclude(session_key=keep or "")
    keys = list(records.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    SessionRecord.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _has_history(user: User) -> bool:
    """Whether the person has signed in before; events are kept for a limited time only."""
    if user.date_joined < clock.now() - timedelta(days=1):
        return True
    return AccountEvent.objects.filter(subject=user.subject_id, verb="signed_in").exists()
