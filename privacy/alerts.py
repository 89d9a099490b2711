"""Suspicious activity: noticed where it happens, told to officers and to the person (P46)."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from privacy import clock
from privacy.errors import DomainError, NotFound
from privacy.ids import uuid7
from privacy.models import AccessEntry, SecurityAlert
from privacy.outbox import outbox_put
from privacy.staff import staff_tell

Kind = SecurityAlert.Kind
OFFICER: Final = "privacy_officer"
#: How long closed alerts stay on the officers' page; the rows end by the data map.
SHOWN_DAYS: Final = 90
MOST_SHOWN: Final = 200
#: So many different people within the time: more than a busy desk receives in an hour.
MANY_READS: Final = 300
READS_WITHIN: Final = timedelta(hours=1)

UPSERT: Final = """
INSERT INTO privacy_securityalert (id, kind, subject_id, times, raised_at, last_at, outcome)
VALUES (%s, %s, %s, 1, %s, %s, '')
ON CONFLICT (kind, subject_id) WHERE closed_at IS NULL
DO UPDATE SET times = privacy_securityalert.times + 1, last_at = EXCLUDED.last_at
RETURNING id, times
"""


_new_browsers: list[Callable[[UUID], bool]] = []


def register_new_browser(source: Callable[[UUID], bool]) -> None:
    """Tell who signed in from a new browser of late (filled in by `accounts`)."""
    if source not in _new_browsers:
        _new_browsers.append(source)


class AlertClosed(DomainError):
    """Somebody else closed the alert first."""

    code = "alert_closed"
    status = 409


def alert_raise(*, kind: str, subject_id: UUID | None) -> UUID:
    """Note one more occurrence and return the open alert's id.

    A first occurrence tells every privacy officer; the person whose account it concerns is
    told too, at most once a day and kind. Runs in the caller's transaction or its own.
    """
    now = clock.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(UPSERT, [uuid7(), Kind(kind).value, subject_id, now, now])
            alert_id, times = cursor.fetchone()
        if times == 1:
            staff_tell(OFFICER, template="security_alert", data={"alert": alert_id})
        if subject_id is not None and kind != Kind.NEW_DEVICE:
            # A new browser has a message of its own (accounts, new_device).
            outbox_put(
                template="account_watch",
                recipient=subject_id,
                data={"alert": alert_id},
                dedupe_key=f"watch:{kind}:{subject_id}:{now:%Y-%m-%d}",
            )
    return UUID(str(alert_id))


def tampering_tell(subject_id: UUID) -> None:
    """A sealed value of this person did not open (privacy/fields.py)."""
    alert_raise(kind=Kind.TAMPERED, subject_id=subject_id)


def reads_watch() -> int:
    """Raise an alert for each member of staff who read unusually many people's data.

    Looks at the access log of the last hour; returns how many stood out.
    """
    since = clock.now() - READS_WITHIN
    busy = (
        AccessEntry.objects.filter(at__gte=since)
        .values("actor")
        .annotate(people=Count("subject", distinct=True))
        .filter(people__gte=MANY_READS)
        .order_by("actor")
    )
    # An hour's reads count once, however often this looks.
    noted = SecurityAlert.objects.filter(kind=Kind.MANY_READS, last_at__gte=since)
    found = [row["actor"] for row in busy.exclude(actor__in=noted.values("subject"))]
    for actor_id in found:
        alert_raise(kind=Kind.MANY_READS, subject_id=actor_id)
    return len(found)


def export_note(subject_id: UUID) -> None:
    """Call when somebody exports personal data: an alert when a new browser came just before."""
    if any(is_new(subject_id) for is_new in _new_browsers):
        alert_raise(kind=Kind.EXPORT_NEW_DEVICE, subject_id=subject_id)


def alert_close(*, officer_id: UUID, alert_id: UUID, outcome: str) -> None:
    """Say what it turned out to be. Raises NotFound, AlertClosed, ValueError for the outcome."""
    values = {
        "closed_at": clock.now(),
        "closed_by": officer_id,
        "outcome": SecurityAlert.Outcome(outcome).value,
    }
    with transaction.atomic(durable=True):
        if SecurityAlert.objects.filter(id=alert_id, closed_at=None).update(**values):
            return
        if SecurityAlert.objects.filter(id=alert_id).exists():
            raise AlertClosed(_("Somebody closed this alert already."))
        raise NotFound(_("There is no such alert."))


def alerts_shown() -> tuple[Sequence[SecurityAlert], Sequence[SecurityAlert]]:
    """For officers: the open alerts, oldest first, and those closed of late, newest first."""
    since = clock.now() - timedelta(days=SHOWN_DAYS)
    rows = SecurityAlert.objects.all()
    opened = rows.filter(closed_at=None).order_by("raised_at", "id")[:MOST_SHOWN]
    closed = rows.filter(closed_at__gte=since).order_by("-closed_at", "-id")[:MOST_SHOWN]
    return list(opened), list(closed)
