"""The catalogue over HTTP: places, spaces, what is free, a day's grid. Open to everyone."""

import hashlib
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api_auth import HasScope
from accounts.models import User
from billing.selectors import price_bases
from privacy import clock
from reservations import api_shapes as shapes
from reservations.api_fields import AvailabilityQuery, SpaceQuery, TimelineQuery, query
from reservations.api_pages import listed, next_link
from reservations.rules import Wish
from reservations.selectors.availability import availability_search
from reservations.selectors.pages import location_by_id, spaces_page
from reservations.selectors.spaces import Filters, locations_list
from reservations.selectors.timeline import timeline_day
from reservations.services.booking import period_check

OPEN: Final[list[Any]] = [AllowAny, HasScope]


class LocationsView(APIView):
    """The locations open for booking."""

    permission_classes = OPEN

    @extend_schema(operation_id="locations_list", responses=listed(shapes.LocationOut))
    def get(self, request: Request) -> Response:
        """All of them, in the operator's order."""
        found = [shapes.location_shape(place) for place in locations_list()]
        return Response(shapes.page_shape(None, found))


class SpacesView(APIView):
    """The spaces a person may see."""

    permission_classes = OPEN

    @extend_schema(
        operation_id="spaces_list", parameters=[SpaceQuery], responses=listed(shapes.SpaceOut)
    )
    def get(self, request: Request) -> Response:
        """Smallest first, then cheapest, page by page."""
        asked = query(SpaceQuery, request)
        page = spaces_page(
            actor=actor_or_none(request),
            filters=filters_of(asked),
            cursor=asked["cursor"],
            limit=asked["limit"],
        )
        plans = {space.rate_plan_id for space in page.spaces}
        now = clock.now()
        days = {local_day(now, space.location.time_zone) for space in page.spaces}
        bases = {day: price_bases(plans, day) for day in days}
        results = [
            shapes.space_shape(
                space,
                bases[local_day(now, space.location.time_zone)].get(space.rate_plan_id),
                page.parts.get(space.id, ()),
            )
            for space in page.spaces
        ]
        return Response(shapes.page_shape(next_link(request, page.cursor), results))


class AvailabilityView(APIView):
    """What is free in a period."""

    permission_classes = OPEN

    @extend_schema(
        operation_id="availability_list",
        parameters=[AvailabilityQuery],
        responses=listed(shapes.AvailabilityOut),
    )
    def get(self, request: Request) -> Response:
        """Free spaces first; the others with every reason and when they are next free."""
        asked = query(AvailabilityQuery, request)
        period_check(asked["starts_at"], asked["ends_at"])
        page = availability_search(
            actor=actor_or_none(request),
            wish=Wish(asked["starts_at"], asked["ends_at"], asked.get("capacity")),
            filters=filters_of(asked),
            now=clock.now(),
            cursor=asked["cursor"],
            limit=asked["limit"],
        )
        results = [shapes.availability_shape(found) for found in page.results]
        return Response(shapes.page_shape(next_link(request, page.cursor), results))


class TimelineView(APIView):
    """The grid of a location's day, the same for everyone."""

    permission_classes = OPEN

    @extend_schema(
        operation_id="timeline_get",
        parameters=[TimelineQuery],
        responses={200: shapes.TimelineOut, 304: None},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """What is open and taken per space. Ask again with If-None-Match: 304 when unchanged."""
        asked = query(TimelineQuery, request)
        place = location_by_id(asked["location"])
        day = asked.get("date") or local_day(clock.now(), place.time_zone)
        grid = timeline_day(place, day)
        shape = shapes.timeline_shape(grid)
        # The revision alone would miss what ends by itself, and a space renamed or added.
        seen = hashlib.sha256(repr(shape).encode()).hexdigest()[:16]
        tag = f'"{day.isoformat()}-{grid.revision}-{seen}"'
        answer = Response(shape, headers={"ETag": tag, "Cache-Control": "no-cache"})
        return _conditional(request, tag, answer)


def _conditional(request: Request, tag: str, answer: Response) -> HttpResponseBase:
    found = get_conditional_response(request._request, etag=tag, response=answer)
    if found is None or found is answer or found.status_code != 304:
        return answer
    # A response of DRF's own kind, so that it is finished like every other one.
    unchanged = Response(status=304, headers={"ETag": tag, "Cache-Control": "no-cache"})
    patch_vary_headers(unchanged, ["Accept"])
    return unchanged


def local_day(now: datetime, zone: str) -> date:
    """The calendar day it is in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def actor_or_none(request: Request) -> User | None:
    """The caller, or None for a visitor."""
    return request.user if isinstance(request.user, User) else None


def filters_of(asked: dict[str, Any]) -> Filters:
    """The part of a query that does not depend on the period."""
    return Filters(
        location_id=asked.get("location"),
        kind=asked.get("kind", ""),
        people=asked.get("capacity"),
        amenities=asked.get("amenities", ()),
        text=asked.get("q", ""),
    )
