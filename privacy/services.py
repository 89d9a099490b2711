"""Writes of the ground floor that every floor above needs."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from privacy.errors import DomainError
from privacy.models import Subject


class SubjectGone(DomainError):
    """A person the row would hold is being erased, or has left: nothing may be written."""

    code = "subject_gone"
    status = 422


def subjects_lock(ids: Iterable[UUID]) -> None:
    """Lock the people a new row will hold, FOR SHARE and in key order, and check each is active.

    First in the one lock order (design, decision 2): without it a booking in flight
    commits after an erasure, since foreign keys are checked at commit.
    """
    wanted = set(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM privacy_subject WHERE id = ANY(%s) ORDER BY id FOR SHARE",
            [list(wanted)],
        )
        states = [row[0] for row in cursor.fetchall()]
    if len(states) != len(wanted) or any(state != Subject.State.ACTIVE for state in states):
        raise SubjectGone(_("This account is closed or being closed; nothing was booked."))
