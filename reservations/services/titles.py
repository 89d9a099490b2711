"""What a reservation is called: its holder may change it as long as it is not over."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import line_clean
from privacy import clock
from privacy.errors import NotFound
from reservations.errors import WrongState
from reservations.models import Reservation
from reservations.selectors.reservations import may_change, version_check
from reservations.services.events import event_add
from reservations.services.locks import act, reservation_lock


def reservation_title_set(
    *, actor: User, reservation_id: UUID, title: str, expected_version: int | None = None
) -> Reservation:
    """Give a reservation another title; the event says that it changed, never the words.

    Nobody is written to: time and place are what they were. The same title again changes
    nothing. Raises Stale (412), WrongState once it is over, NotFound.
    """
    now = clock.now()
    clean = line_clean(title, field="title")
    with act():
        reservation = reservation_lock(actor, reservation_id)
        if not may_change(actor, reservation):
            raise NotFound(_("There is no such reservation."))
        version_check(reservation, expected_version)
        if reservation.state not in Reservation.OPEN or reservation.ends_at <= now:
            raise WrongState(_("This reservation can no longer be changed."))
        if clean != reservation.title:
            reservation.title = clean
            reservation.version += 1
            reservation.save(update_fields=["title", "version"])
            event_add(
                reservation, "retitled", actor=actor, now=now, from_state=reservation.state,
                changes={"title": True},
            )  # fmt: skip
    return reservation
