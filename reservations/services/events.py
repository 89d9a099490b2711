"""Every change of a reservation leaves an event row: who, when, from, to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from privacy.rows import row_insert
from reservations.models import Reservation, ReservationEvent


def event_add(
    reservation: Reservation,
    verb: str,
    *,
    actor: User | None,
    now: datetime,
    from_state: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Record a change just made; `changes` holds [old, new] instants and identifiers only."""
    row_insert(
        ReservationEvent(
            reservation_id=reservation.id,
            actor_id=actor.subject_id if actor else None,
            verb=verb,
            from_state=from_state,
            to_state=reservation.state,
            version=reservation.version,
            changes=_plain(changes or {}),
            at=now,
        )
    )


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: [_value(item) for item in pair] if isinstance(pair, list) else _value(pair)
        for key, pair in changes.items()
    }


def _value(item: Any) -> Any:
    if isinstance(item, datetime):
        return item.isoformat()
    return str(item) if isinstance(item, UUID) else item
