"""What one reservation's page shows beside the reservation: its guests and its history."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Count, Min

from reservations.models import Guest, Location, Reservation, ReservationEvent, Space


def guests_of(reservation: Reservation) -> Sequence[Guest]:
    """The guests still invited, in the order they were; one statement.

    Callers have got the reservation from a selector that knows the actor.
    """
    return list(
        Guest.objects.filter(reservation=reservation, removed_at=None)
        .select_related("contact")
        .order_by("invited_at", "id")
    )


def events_of(reservation: Reservation) -> Sequence[ReservationEvent]:
    """Every change of the reservation, the latest first; one statement."""
    return list(ReservationEvent.objects.filter(reservation=reservation).order_by("-at", "-id"))


def kinds_at(location: Location) -> list[tuple[str, int, int, str]]:
    """(kind, how many, lowest hour price, its currency) of a location's spaces; one statement."""
    rows = (
        Space.objects.filter(location=location, is_active=True, whole=None)
        .exclude(access=Space.Access.ORGANISATIONS)
        .values_list("kind", "rate_plan__currency")
        .annotate(count=Count("id"), least=Min("hour_amount"))
        .order_by("kind")
    )
    return [(kind, count, least, currency) for kind, currency, count, least in rows]


def counts_by_location() -> dict[object, dict[str, int]]:
    """{location: {kind: how many}} of what everyone may book; one statement."""
    rows = (
        Space.objects.filter(is_active=True, whole=None)
        .exclude(access=Space.Access.ORGANISATIONS)
        .values_list("location_id", "kind")
        .annotate(count=Count("id"))
    )
    found: dict[object, dict[str, int]] = {}
    for location_id, kind, count in rows:
        found.setdefault(location_id, {})[kind] = count
    return found


def space_names(events: Iterable[ReservationEvent]) -> dict[UUID, str]:
    """The names of the spaces a reservation was moved between; no statement when it was not."""
    ids = {key for event in events for key in event.changes.get("space", ())}
    if not ids:
        return {}
    return dict(Space.objects.filter(id__in=ids).values_list("id", "name"))
