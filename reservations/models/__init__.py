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
    EVERY_DAY,
    GridRevision,
    Guest,
    Occupancy,
    Reservation,
    ReservationEvent,
)

__all__ = [
    "EVERY_DAY",
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
