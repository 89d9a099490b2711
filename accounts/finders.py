"""Finds a person's rows in tables that have no foreign key to them (data map, `finder`)."""

from typing import Any
from uuid import UUID

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from social_django.models import Code, Partial

from accounts.backends import lockout_key
from accounts.models import SessionRecord, User
from privacy.fields import is_erased


def sessions(subject_id: UUID) -> QuerySet[Session]:
    """The signed-in browsers of a person, by the list accounts keeps of them."""
    keys = SessionRecord.objects.filter(user__subject=subject_id).values("session_key")
    return Session.objects.filter(session_key__in=keys)


def attempts(subject_id: UUID) -> QuerySet[Any]:
    """Failed sign-ins with the person's address."""
    rows: QuerySet[Any] = AccessAttempt.objects.filter(_named(subject_id))
    return rows


def failures(subject_id: UUID) -> QuerySet[Any]:
    """The log of failed sign-ins; switched off, so empty."""
    rows: QuerySet[Any] = AccessFailureLog.objects.filter(_named(subject_id))
    return rows


def accesses(subject_id: UUID) -> QuerySet[Any]:
    """The log of sign-ins; switched off, so empty."""
    rows: QuerySet[Any] = AccessLog.objects.filter(_named(subject_id))
    return rows


def social_codes(subject_id: UUID) -> QuerySet[Any]:
    """Mail validations of social sign-in; no step of ours makes one."""
    return Code.objects.filter(email__in=_addresses(subject_id))


def social_partials(subject_id: UUID) -> QuerySet[Any]:
    """Interrupted social sign-ins that carry the person's address; no step of ours makes one."""
    found = Q(pk__in=[])
    for address in _addresses(subject_id):
        found |= Q(data__icontains=address)
    return Partial.objects.filter(found)


def _addresses(subject_id: UUID) -> list[str]:
    found = (user.email for user in User.objects.filter(subject=subject_id))
    return [address for address in found if not is_erased(address)]


def _named(subject_id: UUID) -> Q:
    # Failures are counted by a keyed digest of the address, never by the address itself.
    return Q(username__in=[lockout_key(address) for address in _addresses(subject_id)])
