"""Keeps each space's indicative hour price true, by which searches are ordered."""

from datetime import datetime
from zoneinfo import ZoneInfo

from billing.selectors import price_bases
from reservations.models import Location, Space
from reservations.services.locks import act, grid_touch_all


def prices_refresh(*, now: datetime) -> int:
    """Write today's hour price to every space whose plan's tariff changed; returns how many.

    Prices of reservations come from the tariff itself, so a late sweep misleads nobody
    about what they pay; only the order of a list waits for it.
    """
    changed = 0
    for location in Location.objects.all():
        today = now.astimezone(ZoneInfo(location.time_zone)).date()
        plans = Space.objects.filter(location=location).values_list("rate_plan_id", flat=True)
        for plan_id, basis in sorted(price_bases(set(plans), today).items()):
            with act():
                count = (
                    Space.objects.filter(location=location, rate_plan=plan_id)
                    .exclude(hour_amount=basis.hour_amount)
                    .update(hour_amount=basis.hour_amount)
                )
                if count:
                    grid_touch_all(location.id)
            changed += count
    return changed
