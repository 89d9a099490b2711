"""Spaces a person may see, and what a search asks of them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from privacy.errors import NotFound
from reservations.models import Location, Space


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What is asked of a space; empty means anything will do."""

    location_id: UUID | None = None
    kind: str = ""
    people: int | None = None
    amenities: tuple[str, ...] = ()
    text: str = ""


def spaces_visible(actor: User | None) -> QuerySet[Space]:
    """Spaces `actor` may see: those of named organisations are seen by them and staff alone."""
    spaces = Space.objects.filter(is_active=True, location__is_active=True)
    everyones = ~Q(access=Space.Access.ORGANISATIONS)
    if actor is None:
        return spaces.filter(everyones)
    if actor.is_staff:
        return spaces
    theirs = Membership.objects.filter(user=actor).values("organisation")
    allowed = Space.organisations.through.objects.filter(organisation__in=theirs).values("space")
    return spaces.filter(everyones | Q(id__in=allowed))


def spaces_filtered(spaces: QuerySet[Space], filters: Filters) -> QuerySet[Space]:
    """Narrow by what does not depend on the period."""
    if filters.location_id:
        spaces = spaces.filter(location=filters.location_id)
    if filters.kind:
        spaces = spaces.filter(kind=filters.kind)
    if filters.people:
        spaces = spaces.filter(capacity__gte=filters.people)
    if filters.amenities:
        spaces = spaces.filter(amenities__contains=list(filters.amenities))
    if filters.text:
        spaces = spaces.filter(name__icontains=filters.text)
    return spaces


def space_get(*, actor: User | None, space_id: UUID | None = None, slug: str = "") -> Space:
    """One space with its location and floor, by id or slug; NotFound when not visible."""
    wanted = Q(id=space_id) if space_id else Q(slug=slug)
    found = (
        spaces_visible(actor)
        .select_related("location", "floor", "whole", "rate_plan")
        .filter(wanted)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such space."))
    return found


def locations_list() -> list[Location]:
    """Locations open for booking, in their order; the same for everyone."""
    return list(Location.objects.filter(is_active=True))


def location_get(*, slug: str) -> Location:
    """One location by slug; NotFound when there is none."""
    found = Location.objects.filter(is_active=True, slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such location."))
    return found
