"""What must follow when reference data changes: versions, prices, and the cached grids.

The back office saves forms of its own, in a transaction of its own (the staff's pages use
reservations/services/spaces.py). These run inside that transaction and last in it: the
grid's counters are locked as briefly as can be.
"""

from zoneinfo import ZoneInfo

from billing.selectors import price_bases
from privacy import clock
from reservations.models import Location, Space
from reservations.services.locks import grid_touch_all, spaces_lock


def space_save(*, space: Space) -> None:
    """Write a space that was made or changed, with today's hour price and a new version.

    A changed one is locked first, so that no booking is decided by rules half old."""
    if not space._state.adding:
        present = spaces_lock(space.id)[space.id].space
        space.version = present.version + 1
    space.hour_amount = _hour_amount(space)
    space.save()
    grid_touch_all(space.location_id)


def location_save(*, location: Location) -> None:
    """Write a location that was made or changed, with a new version."""
    if not location._state.adding:
        present = Location.objects.select_for_update(no_key=True).get(id=location.id)
        location.version = present.version + 1
    location.save()
    grid_touch_all(location.id)


def _hour_amount(space: Space) -> int:
    today = clock.now().astimezone(ZoneInfo(space.location.time_zone)).date()
    basis = price_bases([space.rate_plan_id], today).get(space.rate_plan_id)
    return basis.hour_amount if basis else 0
