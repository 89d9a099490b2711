"""To whom announcements may go, as far as reservations know: who books at a location."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from privacy import clock
from privacy.audiences import MOST, Audience, register_audience
from privacy.models import Subject
from reservations.models import Location, Reservation

State = Reservation.State
#: Who has not been there for a year is no booker of the place any more.
RECENT: Final = timedelta(days=365)
CAME_TO_NOTHING: Final = (State.CANCELLED, State.DECLINED, State.EXPIRED)


def register() -> None:
    """Tell the ground floor."""
    register_audience(
        Audience("bookers", _("Who books or booked at a location"), _bookers, _locations)
    )


def _bookers(ref: UUID | None) -> QuerySet[Subject]:
    booked = Reservation.objects.filter(
        holder=OuterRef("pk"), space__location=ref, ends_at__gte=clock.now() - RECENT
    ).exclude(state__in=CAME_TO_NOTHING)
    return Subject.objects.filter(Exists(booked), user__is_active=True)


def _locations() -> Sequence[tuple[UUID, str]]:
    return list(Location.objects.order_by("name", "id").values_list("id", "name")[:MOST])
