"""Holds and pendings end by themselves, swept or not; past reservations are completed."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from privacy.outbox import outbox_put
from reservations.models import Reservation
from reservations.services.guests import guests_tell
from reservations.services.locks import grid_touch

# One statement expires and records: the event rows come from the rows as they were.
# SKIP LOCKED is for the sweep only: a booking must wait for a row it has to expire.
_EXPIRE = """
WITH overdue AS (
    SELECT r.id, r.state, r.space_id, r.starts_at, r.ends_at, r.turnover_minutes, r.holder_id
    FROM reservations_reservation r
    WHERE r.state IN ('held', 'pending') AND {condition}
    ORDER BY r.id {limit} FOR UPDATE OF r {skip}
), done AS (
    UPDATE reservations_reservation r
    SET state = 'expired', expires_at = NULL, version = r.version + 1
    FROM overdue WHERE r.id = overdue.id
    RETURNING r.id, r.version
), noted AS (
    INSERT INTO reservations_reservationevent
        (id, reservation_id, verb, from_state, to_state, version, changes, at)
    SELECT gen_random_uuid(), done.id, 'expired', overdue.state, 'expired', done.version,
           '{{}}', %(now)s
    FROM done JOIN overdue ON overdue.id = done.id
)
SELECT overdue.id, overdue.state, overdue.holder_id, s.location_id, l.time_zone,
       overdue.starts_at, overdue.ends_at + overdue.turnover_minutes * interval '1 minute'
FROM overdue
JOIN reservations_space s ON s.id = overdue.space_id
JOIN reservations_location l ON l.id = s.location_id
"""

_OVERLAPPING = _EXPIRE.format(
    condition="""(r.expires_at <= %(now)s OR (r.state = 'held' AND r.holder_id = %(holder)s
        AND r.id IS DISTINCT FROM %(keep)s))
        AND r.id IN (SELECT o.reservation_id FROM reservations_occupancy o
                     WHERE o.part_id = ANY(%(parts)s)
                     AND o.period && tstzrange(%(starts)s, %(ends)s))""",
    limit="",
    skip="",
)
_DUE = _EXPIRE.format(
    condition="r.expires_at <= %(now)s", limit="LIMIT %(limit)s", skip="SKIP LOCKED"
)


def overdue_expire(
    *,
    parts: list[UUID],
    starts: datetime,
    ends: datetime,
    holder_id: UUID,
    now: datetime,
    keep: UUID | None = None,
) -> None:
    """Under the parts' locks: expire what overlaps and is overdue, or is the holder's own hold.

    An own hold in the way is taken over by the booking that follows; `keep` is the
    reservation being changed, which must not expire itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _OVERLAPPING,
            {
                "now": now,
                "holder": holder_id,
                "keep": keep,
                "parts": parts,
                "starts": starts,
                "ends": ends,
            },
        )
        rows = cursor.fetchall()
    _tell(rows)


def reservations_expire_due(*, now: datetime, limit: int = 200) -> int:
    """One batch of the sweep: expire what is overdue; returns how many."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(_DUE, {"now": now, "limit": limit})
            rows = cursor.fetchall()
        _tell(rows)
        _touch(rows)
    return len(rows)


def reservations_complete_due(*, now: datetime, limit: int = 200) -> int:
    """One batch: reservations whose period and turnover are over become completed.

    Not before the turnover is over: a completed one blocks no longer, and the next
    person must not walk into the cleaning.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH past AS (
                SELECT id, state FROM reservations_reservation
                WHERE state IN ('confirmed', 'checked_in') AND ends_at <= %(now)s
                  AND ends_at + turnover_minutes * interval '1 minute' <= %(now)s
                ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
            ), done AS (
                UPDATE reservations_reservation r
                SET state = 'completed', version = r.version + 1
                FROM past WHERE r.id = past.id RETURNING r.id, r.version
            )
            INSERT INTO reservations_reservationevent
                (id, reservation_id, verb, from_state, to_state, version, changes, at)
            SELECT gen_random_uuid(), done.id, 'completed', past.state, 'completed',
                   done.version, '{}', %(now)s
            FROM done JOIN past ON past.id = done.id
            """,
            {"now": now, "limit": limit},
        )
        return int(cursor.rowcount)


#: reservation, former state, holder, location, zone, start, end with turnover
Expired = tuple[UUID, str, UUID, UUID, str, datetime, datetime]


def _tell(rows: list[Expired]) -> None:
    """Tell the holder of an expired request, and guests invited before it was moved."""
    pending = [row[0] for row in rows if row[1] == Reservation.State.PENDING]
    if not pending:
        return
    for reservation in Reservation.objects.filter(id__in=pending).order_by("id"):
        outbox_put(
            template="reservation_expired",
            recipient=reservation.holder_id,
            contact=reservation.contact_id,
            data={"reservation": str(reservation.id)},
            dedupe_key=f"expired:{reservation.id}",
        )
        guests_tell(reservation, "guest_cancelled")


def _touch(rows: list[Expired]) -> None:
    places: dict[UUID, set[date]] = {}
    for row in rows:
        zone = ZoneInfo(row[4])
        days = places.setdefault(row[3], set())
        days |= {row[5].astimezone(zone).date(), row[6].astimezone(zone).date()}
    for location_id in sorted(places):
        grid_touch(location_id, places[location_id])
