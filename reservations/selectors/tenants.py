"""A tenant's coming bookings, for customer service with a grant (promise P33)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from accounts.models import User
from accounts.tenants import grant_require
from privacy import clock
from privacy.access import access_note
from reservations.models import Reservation

MOST: Final = 100


def tenant_reservations(actor: User, organisation_id: UUID) -> Sequence[Reservation]:
    """The organisation's open reservations, soonest first; GrantMissing without a grant.

    The look is logged for every holder.
    """
    grant_require(actor, organisation_id)
    rows = list(
        Reservation.objects.filter(
            organisation=organisation_id, ends_at__gt=clock.now(), state__in=Reservation.OPEN
        )
        .select_related("space__location", "space__floor")
        .order_by("starts_at", "id")[:MOST]
    )
    access_note(
        actor,
        subject_ids=[row.holder_id for row in rows],
        purpose="question",
        model="reservations.Reservation",
        fields=("state", "starts_at", "ends_at"),
    )
    return rows
