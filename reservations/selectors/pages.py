"""Lists of unbounded length, page by page, each page from an index in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import organisations_of
from privacy.errors import NotFound
from reservations.models import Location, Reservation, Space
from reservations.selectors.availability import Mark
from reservations.selectors.reservations import in_time
from reservations.selectors.spaces import Filters, spaces_filtered, spaces_visible

When = Literal["upcoming", "past"]


def location_by_id(location_id: UUID) -> Location:
    """One location open for booking; NotFound when there is none."""
    found = Location.objects.filter(is_active=True, id=location_id).first()
    if found is None:
        raise NotFound(_("There is no such location."))
    return found


@dataclass(frozen=True)
class SpacePage:
    """A page of spaces, the atomic parts of the divided ones, and the next page's cursor."""

    spaces: list[Space]
    parts: dict[UUID, list[UUID]]
    cursor: str


def spaces_page(*, actor: User | None, filters: Filters, cursor: str, limit: int) -> SpacePage:
    """Spaces by capacity, then price; two statements."""
    rows = spaces_filtered(spaces_visible(actor), filters).select_related("location", "rate_plan")
    mark = Mark.decode(cursor)
    if mark.key:
        capacity, amount, space_id = mark.key
        rows = rows.filter(
            Q(capacity__gt=capacity)
            | Q(capacity=capacity, hour_amount__gt=amount)
            | Q(capacity=capacity, hour_amount=amount, id__gt=space_id),
            capacity__gte=capacity,
        )
    found = list(rows.order_by("capacity", "hour_amount", "id")[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    parts: dict[UUID, list[UUID]] = {}
    of_these = spaces_visible(actor).filter(whole__in=[space.id for space in found])
    for whole_id, part_id in of_these.order_by("id").values_list("whole_id", "id"):
        parts.setdefault(whole_id, []).append(part_id)
    last = found[-1] if more else None
    key = (last.capacity, last.hour_amount, last.id) if last else None
    return SpacePage(found, parts, Mark(key=key).encode() if key else "")


def reservations_page(
    *,
    actor: User,
    when: When,
    now: datetime,
    mine: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Reservation]:
    """The actor's reservations and, unless `mine`, those of their organisations.

    Upcoming soonest first, past latest first; `after` is the (starts_at, id) of the last
    row before. The organisations are asked for first, in a statement of their own: as a
    subquery inside an OR they would keep PostgreSQL from using either index.
    """
    whose = Q(holder=actor.subject_id)
    if not mine:
        ids = [membership.organisation_id for membership in organisations_of(actor)]
        whose |= Q(organisation__in=ids)
    rows = Reservation.objects.filter(whose).select_related("space__location")
    return list(in_time(rows, when, now, after)[:limit])
