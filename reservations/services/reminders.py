"""Reminds people of bookings made well ahead, once each, about a day before."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from privacy.outbox import outbox_put
from reservations.services.locks import act

# Due within 24 hours, and neither booked nor moved within these same 24 hours: whoever
# did that just now needs no reminder. The key holds the start, so that a booking moved to
# another day is announced again. A scheduler that rested is late, never double; after the
# start nothing is sent, and nothing to whom only a phone number is known.
DUE = """
SELECT r.id, r.holder_id, r.contact_id, extract(epoch FROM r.starts_at)::bigint
FROM reservations_reservation r LEFT JOIN privacy_contact c ON c.id = r.contact_id
WHERE r.state = 'confirmed' AND r.ends_at > %(now)s
  AND r.starts_at > %(now)s AND r.starts_at <= %(now)s + interval '24 hours'
  AND r.created_at < r.starts_at - interval '24 hours'
  AND (r.contact_id IS NULL OR length(c.email) > 0)
  AND NOT EXISTS (
      SELECT 1 FROM reservations_reservationevent e
      WHERE e.reservation_id = r.id AND e.verb IN ('moved', 'approved')
        AND e.at > r.starts_at - interval '24 hours')
  AND NOT EXISTS (
      SELECT 1 FROM privacy_outboxmessage o
      WHERE o.dedupe_key =
            'reminder:' || r.id || ':' || extract(epoch FROM r.starts_at)::bigint)
ORDER BY r.starts_at LIMIT %(limit)s FOR UPDATE OF r SKIP LOCKED
"""


def reminders_put(*, now: datetime, limit: int = 100) -> int:
    """One batch of the sweep: queue the reminders that are due; returns how many."""
    with act():
        with connection.cursor() as cursor:
            cursor.execute(DUE, {"now": now, "limit": limit})
            rows: list[tuple[UUID, UUID, UUID | None, int]] = cursor.fetchall()
        for reservation_id, holder_id, contact_id, epoch in rows:
            outbox_put(
                template="reservation_reminder",
                recipient=holder_id,
                contact=contact_id,
                data={"reservation": reservation_id},
                dedupe_key=f"reminder:{reservation_id}:{epoch}",
            )
    return len(rows)
