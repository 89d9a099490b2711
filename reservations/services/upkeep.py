"""What must follow when reference data changes: versions, prices, and the cached grids.

The back office saves forms of its own, in a transaction of its own (the staff's pages use
reservations/services/spaces.py). These run inside that transaction and last in it: the
grid's counters are locked as briefly as can be.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from billing.selectors import price_bases
from privacy import clock
from reservations.models import Location, Space
from reservations.services.locks import grid_touch, spaces_lock

#: Days whose cached grid may show the place: nothing is bookable further ahead.
BEHIND, AHEAD = 31, 366


def space_save(*, space: Space) -> None:
    """Write a space that was made or changed, with today's hour price and a new version.

    A changed one is locked first, so that no booking is decided by rules half old."""
    if not space._state.adding:
        present = spaces_lock(space.id)[space.id].space
        space.version = present.version + 1
    space.hour_amount = _hour_amount(space)
    space.save()
    location_grid_touch(space.location)


def location_save(*, location: Location) -> None:
    """Write a location that was made or changed, with a new version."""
    if not location._state.adding:
        present = Location.objects.select_for_update(no_key=True).get(id=location.id)
        location.version = present.version + 1
    location.save()
    location_grid_touch(location)


def location_grid_touch(location: Location) -> None:
    """Count a change of every day on which the location's grid may be cached."""
    grid_touch(location.id, _days(location))


def _hour_amount(space: Space) -> int:
    today = clock.now().astimezone(ZoneInfo(space.location.time_zone)).date()
    basis = price_bases([space.rate_plan_id], today).get(space.rate_plan_id)
    return basis.hour_amount if basis else 0


def _days(location: Location) -> Iterator[date]:
    today = clock.now().astimezone(ZoneInfo(location.time_zone)).date()
    return (today + timedelta(days=n) for n in range(-BEHIND, AHEAD + 1))
