"""What the rules need to know, read under the locks with as few statements as the space asks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language

from accounts.models import Membership, User
from reservations.models import ClosurePeriod, Reservation, Space
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
    family = Q(space=space.id) | Q(space__whole=space.id)
    if space.whole_id:
        family |= Q(space=space.whole_id)
    column = "closure__reason_id" if get_language() == "id" else "closure__reason_en"
    return list(
        ClosurePeriod.objects.filter(
            Q(space=None) | family,
            Q(floor=None) | Q(floor=space.floor_id),
            location=space.location_id,
            period__overlap=(starts, ends),
        )
        .values_list(column, flat=True)
        .distinct()
    )


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
