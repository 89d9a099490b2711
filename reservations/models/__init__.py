"""The tables of the booking core."""

from reservations.models.calendar import CalendarFeed
from reservations.models.places import (
    Amenity,
    Closure,
    ClosurePeriod,
    Floor,
    Location,
    Space,
    SpacePicture,
)
from reservations.models.reservation import (
    GridRevision,
    Guest,
    Occupancy,
    Reservation,
    ReservationEvent,
)

__all__ = [
    "Amenity",
    "CalendarFeed",
    "Closure",
    "ClosurePeriod",
    "Floor",
    "GridRevision",
    "Guest",
    "Location",
    "Occupancy",
    "Reservation",
    "ReservationEvent",
    "Space",
    "SpacePicture",
]
