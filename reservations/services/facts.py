"""What the rules need to know, read under the locks with as few statements as the space asks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.translation import get_language

from accounts.models import Membership, User
from reservations.models import Reservation, Space
from reservations.rules import Facts, Wish


def facts_gather(
    space: Space,
    wish: Wish,
    *,
    actor: User,
    holder_id: UUID,
    now: datetime,
    excluding: UUID | None = None,
    keeps_start: bool = False,
) -> Facts:
    """The facts of a wish. One statement for closures; more only where the space sets a rule."""
    for_other = holder_id != actor.subject_id and actor.may("reservations.book_for_others")
    return Facts(
        now=now,
        may_use=for_other or actor_may_use(actor, space),
        verified=actor.email_verified_at is not None,
        closures=closure_reasons(space, wish.starts_at, wish.ends_at),
        open_here=_open_here(space, holder_id, now, excluding),
        keeps_start=keeps_start,
    )


def actor_may_use(actor: User, space: Space) -> bool:
    """Whether the space's access rule admits this person."""
    if space.access == Space.Access.EVERYONE or actor.may("reservations.manage_spaces"):
        return True
    memberships = Membership.objects.filter(user=actor)
    if space.access == Space.Access.ORGANISATIONS:
        memberships = memberships.filter(organisation__in=space.organisations.all())
    return memberships.exists()


def closure_reasons(space: Space, starts: datetime, ends: datetime) -> Sequence[str]:
    """Why the space is shut in the period, in the current language; empty when it is not.

    A closure of a part shuts the whole, and one of the whole shuts its parts.
    """
    column = "reason_id" if get_language() == "id" else "reason_en"
    family = [key for key in (space.id, space.whole_id) if key]
    with connection.cursor() as cursor:
        cursor.execute(
            _CLOSURES[column], [space.location_id, starts, ends, space.floor_id, family, space.id]
        )
        return [row[0] for row in cursor.fetchall()]


_CLOSURES = {
    column: f"""
SELECT DISTINCT closure.{column}
FROM reservations_closureperiod shut
JOIN reservations_closure closure ON closure.id = shut.closure_id
LEFT JOIN reservations_space part ON part.id = shut.space_id
WHERE shut.location_id = %s AND shut.period && tstzrange(%s, %s)
  AND (shut.floor_id IS NULL OR shut.floor_id = %s)
  AND (shut.space_id IS NULL OR shut.space_id = ANY(%s) OR part.whole_id = %s)
"""  # noqa: S608 - the names are ours
    for column in ("reason_id", "reason_en")
}


def _open_here(space: Space, holder_id: UUID, now: datetime, excluding: UUID | None) -> int | None:
    if space.location.max_open_reservations is None:
        return None
    others = Q(id=excluding) if excluding else Q(pk__in=[])
    return Reservation.objects.filter(
        ~others,
        holder=holder_id,
        space__location=space.location_id,
        state__in=Reservation.OPEN,
        ends_at__gt=now,
    ).count()
