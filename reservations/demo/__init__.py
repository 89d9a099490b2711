"""A believable world to try the product in: places, prices, people's reservations."""

from datetime import datetime

from django.db import transaction

from accounts.demo import load_people
from billing.models import RatePlan
from reservations.demo.bookings import bookings_load
from reservations.demo.places import amenities_load, locations_load, spaces_load
from reservations.demo.rates import rates_load
from reservations.models import Location, Reservation
from reservations.services.holidays import holidays_load
from reservations.services.prices import prices_refresh


def demo_load(*, now: datetime) -> bool:
    """Load everything, once: False where the demo was whole already.

    The rows are written in one go and not by the booking services, which would tell each
    holder of each reservation by mail: nobody asked for these, so nobody is told. Each
    step does only what is missing, so that a run that was cut off is taken up again.
    """
    load_people()
    with transaction.atomic():
        rates_load()
        amenities_load()
        if locations_load():
            spaces_load(dict(RatePlan.objects.in_bulk(field_name="name")))
    # Services with transactions of their own: holidays shut days, so bookings come after.
    prices_refresh(now=now)
    holidays_load(now=now)
    if Reservation.objects.exists():
        return False
    with transaction.atomic():
        bookings_load(now=now)
    return True


def is_empty() -> bool:
    """Whether no location exists: neither the demo's nor a real one."""
    return not Location.objects.exists()
