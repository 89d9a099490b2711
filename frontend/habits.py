"""Suggestions from a person's own bookings: learnt after a booking, used by the search."""

import logging

from django.db import DatabaseError
from django.http import QueryDict

from accounts.models import User
from frontend.asking import hhmm
from frontend.formats import wall
from privacy.errors import DomainError
from privacy.preferences import Choice, choice_note, choices_of, profile_allowed, suggestion_of
from reservations.models import Reservation

logger = logging.getLogger("frontend.habits")


def booked(actor: User, row: Reservation) -> None:
    """Learn from a booking of somebody who consents; trouble with it never spoils the booking."""
    try:
        if profile_allowed(actor.subject_id):
            choice_note(subject_id=actor.subject_id, choice=choice_of(row))
    except DomainError:
        return
    except DatabaseError as error:
        logger.warning("A booking was not learnt from: %s", type(error).__name__)


def choice_of(row: Reservation) -> Choice:
    """What a booking says about habits: the building's wall time, no date, no room."""
    place = row.space.location
    start = wall(row.starts_at, place.time_zone)
    return Choice(
        where=place.slug,
        kind=row.space.kind,
        people=row.people,
        minutes=int((row.ends_at - row.starts_at).total_seconds()) // 60,
        start=hhmm(start.hour * 60 + start.minute),
    )


def suggested(actor: User | None) -> QueryDict | None:
    """The search that a person's habits suggest, or None without any."""
    if actor is None:
        return None
    habit = suggestion_of(choices_of(actor.subject_id))
    pairs = {
        "where": habit.where,
        "kind": habit.kind,
        "people": habit.people,
        "length": habit.minutes,
        "start": habit.start,
    }
    found = QueryDict(mutable=True)
    found.update({name: str(value) for name, value in pairs.items() if value})
    return found or None
