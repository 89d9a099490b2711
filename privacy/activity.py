"""The activity record (promise P8): which pages a person opened and for how long.

Nothing is written without the person's consent for `insight`, checked again in the
transaction that writes. After 30 days entries become counts without a person.
"""

from datetime import UTC, date, datetime, time, timedelta
from ipaddress import ip_address, ip_network
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from privacy import clock
from privacy.answers import answer_record
from privacy.consent import purpose_allowed, purpose_refusal, purpose_require, purposes_allowed
from privacy.models import ActivityCount, ActivityEntry
from privacy.services import subjects_lock

PURPOSE: Final = "insight"
KEPT: Final = timedelta(days=30)
#: A page open for longer was left open, not read.
LONGEST: Final = timedelta(minutes=30)
#: No count says anything about fewer people than this (promise P31).
FEWEST: Final = 10
BROWSERS: Final = (
    # Order matters: Edge and Opera also call themselves Chrome, Chrome also Safari.
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)


def activity_note(
    *, subject_id: UUID, visit: UUID | None, route: str, address: str, user_agent: str
) -> UUID:
    """Record that a page was opened; ends the one before it in the visit. Returns the visit.

    `route` is the name of a route, `address` and `user_agent` are shortened before they
    are stored. Raises PurposeRefused without consent, SubjectGone for who is leaving.
    """
    now = clock.now()
    with transaction.atomic():
        subjects_lock([subject_id])
        purpose_require(subject_id, PURPOSE)
        if visit is not None and not _close(subject_id, visit, now):
            # A visit of somebody else, or of a record that was deleted: a new one begins.
            visit = None
        entry = ActivityEntry.objects.create(
            subject_id=subject_id,
            visit=visit or uuid4(),
            route=route[:80],
            opened_at=now,
            network=network_of(address),
            browser=family_of(user_agent),
        )
    return entry.visit


def _close(subject_id: UUID, visit: UUID, now: datetime) -> bool:
    """Write how long the visit's last page was open; False when there is no such visit."""
    last = ActivityEntry.objects.filter(subject=subject_id, visit=visit).order_by("-opened_at")
    entry = last.values("id", "opened_at", "seconds").first()
    if entry is None:
        return False
    seconds = int(min(now - entry["opened_at"], LONGEST).total_seconds())
    if entry["seconds"] is None:
        ActivityEntry.objects.filter(id=entry["id"]).update(seconds=max(seconds, 0))
    return True


def activity_of(subject_id: UUID) -> QuerySet[ActivityEntry]:
    """What is recorded about a person, newest first."""
    return ActivityEntry.objects.filter(subject=subject_id).order_by("-opened_at", "-id")


def activity_clear(*, subject_id: UUID) -> int:
    """Delete a person's record at once; how many entries it had."""
    deleted, _models = ActivityEntry.objects.filter(subject=subject_id).delete()
    return deleted


def activity_switch(
    *,
    subject_id: UUID,
    on: bool,
    policy_version: int,
    policy_hash: str,
    language: str,
    form: str,
) -> None:
    """Record the person's yes or no; a no deletes what was recorded, in the same transaction.

    Raises PolicyOutdated for a yes under another policy than the one in force.
    """
    with transaction.atomic():
        answer_record(
            subject_id=subject_id,
            purpose=PURPOSE,
            on=on,
            policy_version=policy_version,
            policy_hash=policy_hash,
            language=language,
            form=form,
        )
        if not on:
            activity_clear(subject_id=subject_id)


def activity_roll_up() -> int:
    """Turn entries of days that ended 30 days ago into counts; delete those without consent.

    A beat job. Each day is one transaction, so it may be killed anywhere and run twice.
    Returns how many entries are gone.
    """
    gone = _clear_withdrawn()
    # Whole days only, so that a day is counted once and by everybody who was there.
    end = datetime.combine((clock.now() - KEPT).date(), time.min, UTC)
    old = ActivityEntry.objects.filter(opened_at__lt=end)
    days = set(old.values_list(TruncDate("opened_at", tzinfo=UTC), flat=True))
    return gone + sum(_roll_up_day(day) for day in sorted(days))


def _roll_up_day(day: date) -> int:
    start = datetime.combine(day, time.min, UTC)
    with transaction.atomic():
        entries = ActivityEntry.objects.filter(
            opened_at__gte=start, opened_at__lt=start + timedelta(days=1)
        )
        ids = list(entries.select_for_update().values_list("id", flat=True))
        counts = [ActivityCount(day=day, **cell) for cell in _cells(ids)]
        ActivityCount.objects.bulk_create(counts, ignore_conflicts=True)
        deleted, _models = ActivityEntry.objects.filter(id__in=ids).delete()
    return deleted


def _cells(ids: list[UUID]) -> list[dict[str, Any]]:
    """The counts that may be kept: each of ten people or more, the small ones together."""
    chosen = ActivityEntry.objects.filter(id__in=ids)
    sums: dict[str, Any] = {
        "views": Count("id"),
        "timed": Count("id", filter=Q(seconds__isnull=False)),
        "seconds": Sum("seconds", default=0),
        "people": Count("subject", distinct=True),
    }
    by_route = [dict[str, Any](cell) for cell in chosen.values("route").annotate(**sums)]
    kept = [cell for cell in by_route if cell["people"] >= FEWEST]
    small = [cell["route"] for cell in by_route if cell["people"] < FEWEST]
    rest: dict[str, Any] = {"route": "", **chosen.filter(route__in=small).aggregate(**sums)}
    kept += [rest] if rest["people"] >= FEWEST else []
    return [{k: v for k, v in cell.items() if k != "people"} for cell in kept]


def _clear_withdrawn() -> int:
    """Delete the record of whoever no longer consents, wherever that was said.

    Who is restricted keeps it: restriction forbids use, and deletion as well.
    """
    people = set(ActivityEntry.objects.values_list("subject", flat=True).distinct())
    withdrawn = [
        subject_id
        for subject_id in people - purposes_allowed(people, PURPOSE)
        if not purpose_refusal(subject_id, PURPOSE).startswith("subject_")
    ]
    return sum(activity_clear(subject_id=subject_id) for subject_id in withdrawn)


def activity_allowed(subject_id: UUID) -> bool:
    """Whether the person's pages are recorded now."""
    return purpose_allowed(subject_id, PURPOSE)


def counts_of(since: date) -> QuerySet[ActivityCount, Any]:
    """What is left of old entries: views, length, by route, the most opened first."""
    rows = ActivityCount.objects.filter(day__gte=since).values("route")
    return rows.annotate(total=Sum("views"), measured=Sum("timed"), length=Sum("seconds")).order_by(
        F("total").desc(), "route"
    )


def network_of(address: str) -> str:
    """The network of an address, /24 or /48; empty for what is none."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    bits = 24 if found.version == 4 else 48
    return str(ip_network(f"{found}/{bits}", strict=False))


def family_of(user_agent: str) -> str:
    """ "Firefox"; empty for what is not known."""
    return next((name for mark, name in BROWSERS if mark in user_agent), "")
