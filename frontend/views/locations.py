"""The page of one location: where it is, when it is open, what there is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.people import actor_of
from frontend.reference import reference
from frontend.views.spaces import opening_words
from privacy import clock
from reservations.drawing import thumb_of
from reservations.models import Space
from reservations.selectors.details import kinds_at
from reservations.selectors.spaces import location_get, spaces_visible


@require_safe
def location(request: HttpRequest, slug: str) -> HttpResponse:
    """The page."""
    found, now = location_get(slug=slug), clock.now()
    spaces = (
        spaces_visible(actor_of(request))
        .filter(location=found)
        .select_related("floor")
        .order_by("kind", "capacity", "name")
    )
    currencies = reference().currencies
    context = {
        "location": found,
        "clock": formats.clock(now, found.time_zone),
        "zone": formats.zone_name(found.time_zone, now),
        "hours": opening_words(found.opening_hours),
        "kinds": [
            (str(Space.Kind(kind).label), count, formats.money(least, currency))
            for kind, count, least, currency in kinds_at(found)
        ],
        "spaces": [
            (
                space,
                thumb_of(space.kind, space.capacity),
                formats.money(space.hour_amount, currencies.get(space.rate_plan_id, "IDR")),
            )
            for space in spaces
        ],
    }
    return render(request, "frontend/location.html", context)
