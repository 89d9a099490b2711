"""A person's own hold on a period, so that their sheet can go on where it was."""

from datetime import datetime

from accounts.models import User
from reservations.models import Reservation, Space


def hold_of(
    *, actor: User, space: Space, starts_at: datetime, ends_at: datetime, now: datetime
) -> Reservation | None:
    """The actor's running hold that overlaps the period in this space, or None."""
    return (
        Reservation.objects.filter(
            holder=actor.subject_id,
            space=space,
            state=Reservation.State.HELD,
            expires_at__gt=now,
            starts_at__lt=ends_at,
            ends_at__gt=starts_at,
        )
        .order_by("expires_at")
        .last()
    )
