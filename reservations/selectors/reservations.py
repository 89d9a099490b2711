"""Reservations a person may see: own, the organisation's, and staff at the desk."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from privacy.errors import NotFound, Stale
from reservations.models import Reservation, ReservationEvent


def reservations_visible(actor: User) -> QuerySet[Reservation]:
    """What `actor` may see, as a query to narrow further."""
    if actor.may("reservations.see_desk"):
        return Reservation.objects.all()
    organisations = Membership.objects.filter(user=actor).values("organisation")
    return Reservation.objects.filter(
        Q(holder=actor.subject_id) | Q(organisation__in=organisations)
    )


def reservation_get(*, actor: User, reservation_id: UUID) -> Reservation:
    """One reservation with its space and location; NotFound for somebody else's."""
    found = (
        reservations_visible(actor)
        .select_related("space__location", "space__floor")
        .filter(id=reservation_id)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such reservation."))
    return found


def may_change(actor: User, reservation: Reservation) -> bool:
    """Whether the actor may move, extend, end, cancel: the holder, the owner, the desk."""
    if reservation.holder_id == actor.subject_id or actor.may("reservations.change_others"):
        return True
    return (
        reservation.organisation_id is not None
        and Membership.objects.filter(
            user=actor, organisation=reservation.organisation_id, role=Membership.Role.OWNER
        ).exists()
    )


def roles_over(actor: User, reservation: Reservation) -> tuple[str, ...] | None:
    """By which staff roles the actor sees it, or None: as its holder or their organisation.

    Whoever it belongs to sees all of it; staff see what the data map opens to their roles
    (privacy/masking.py). One statement at most, none for people without a role.
    """
    if not actor.working_roles or reservation.holder_id == actor.subject_id:
        return None
    ours = Membership.objects.filter(user=actor, organisation=reservation.organisation_id)
    if reservation.organisation_id is not None and ours.exists():
        return None
    return tuple(actor.working_roles)


def reservations_list(
    *,
    actor: User,
    when: Literal["upcoming", "past"],
    now: datetime,
    mine: bool = True,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 20,
) -> list[Reservation]:
    """A page of reservations: upcoming soonest first, past latest first.

    `mine` leaves out what others booked for a shared organisation; `after` is the
    (starts_at, id) of the last row of the page before.
    """
    rows = reservations_visible(actor).select_related("space__location", "space__floor")
    if mine:
        rows = rows.filter(holder=actor.subject_id)
    return list(in_time(rows, when, now, after)[:limit])


def in_time(
    rows: QuerySet[Reservation],
    when: Literal["upcoming", "past"],
    now: datetime,
    after: tuple[datetime, UUID] | None,
) -> QuerySet[Reservation]:
    """The rows of one of the two lists in its order, from behind `after` on.

    Upcoming is what still blocks time, soonest first; past is the rest, latest first.
    """
    upcoming = Q(ends_at__gt=now, state__in=Reservation.OPEN)
    if when == "upcoming":
        rows = rows.filter(upcoming).order_by("starts_at", "id")
        if after:
            rows = rows.filter(Q(starts_at__gt=after[0]) | Q(starts_at=after[0], id__gt=after[1]))
    else:
        rows = rows.exclude(upcoming).order_by("-starts_at", "-id")
        if after:
            rows = rows.filter(Q(starts_at__lt=after[0]) | Q(starts_at=after[0], id__lt=after[1]))
    return rows


def version_check(reservation: Reservation, expected: int | None) -> None:
    """Raise Stale, with what changed since, when the actor looked at an older version."""
    if expected is None or expected == reservation.version:
        return
    raise Stale(
        _("Somebody changed this reservation in the meantime. Look at it, then decide again."),
        extra={
            "difference": difference_since(reservation, expected),
            "version": reservation.version,
        },
    )


def difference_since(reservation: Reservation, version: int) -> dict[str, Any]:
    """{field: [then, now]} over every event after `version`.

    Events hold no words, so of a title that changed only the present one can be told.
    """
    events = ReservationEvent.objects.filter(reservation=reservation, version__gt=version).order_by(
        "version", "id"
    )
    found: dict[str, Any] = {}
    for event in events:
        changes = dict(event.changes)
        if event.from_state and event.from_state != event.to_state:
            changes["state"] = [event.from_state, event.to_state]
        if changes.get("title") is True:
            found["title"] = [None, reservation.title]
        for field, pair in changes.items():
            if isinstance(pair, list) and len(pair) == 2:
                found[field] = [found.get(field, pair)[0], pair[1]]
    return found
