"""Deletes what has served its time: ended sessions, old keys, traces of guessing."""

from datetime import timedelta
from typing import Final

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from social_django.models import Association, Nonce, Partial

from accounts.models import IdempotencyKey, SessionRecord, User
from accounts.services.common import act
from privacy import clock
from privacy.models import Contact

IDEMPOTENCY: Final = timedelta(hours=24)
GUESSING: Final = timedelta(days=90)
PENDING_ADDRESS: Final = timedelta(days=2)
PREVIOUS_ADDRESS: Final = timedelta(days=30)


def tidy() -> None:
    """Each kind in a transaction of its own, so that one that is busy holds up no other."""
    for step in (_sessions, _idempotency_keys, _google_leftovers, _guessing, _addresses):
        with act():
            step()


def _sessions() -> None:
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    alive = Session.objects.values("session_key")
    # A record is younger than its session's first save by at most one request.
    old = clock.now() - timedelta(minutes=10)
    SessionRecord.objects.filter(created_at__lt=old).exclude(session_key__in=alive).delete()


def _idempotency_keys() -> None:
    IdempotencyKey.objects.filter(created_at__lt=clock.now() - IDEMPOTENCY).delete()


def _google_leftovers() -> None:
    """Nonces of sign-ins that were never finished; an hour is longer than any takes."""
    hour_ago = int((clock.now() - timedelta(hours=1)).timestamp())
    Association.objects.filter(issued__lt=hour_ago).delete()
    Nonce.objects.filter(timestamp__lt=hour_ago).delete()
    Partial.objects.all().delete()


def _guessing() -> None:
    AccessAttempt.objects.filter(attempt_time__lt=clock.now() - GUESSING).delete()


def _addresses() -> None:
    """Addresses asked for and never confirmed, and those left behind a month ago."""
    now = clock.now()
    pending = User.objects.filter(pending_contact__created_at__lt=now - PENDING_ADDRESS)
    previous = User.objects.filter(previous_contact__created_at__lt=now - PREVIOUS_ADDRESS)
    gone = [
        *pending.values_list("pending_contact", flat=True),
        *previous.values_list("previous_contact", flat=True),
    ]
    Contact.objects.filter(id__in=gone).delete()
