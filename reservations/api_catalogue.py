"""The catalogue over HTTP: places, spaces, what is free, a day's grid. Open to everyone."""

from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.http import parse_etags
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
from reservations.models import Location
from reservations.rules import Wish
from reservations.selectors.availability import availability_search
from reservations.selectors.pages import location_by_id, spaces_page
from reservations.selectors.spaces import Filters, locations_list
from reservations.selectors.timeline import Mark, grid_mark, timeline_day
from reservations.services.booking import period_check

#: Counts what this release changed in the timeline's answer, so that no 304 outlives it.
TIMELINE_FORM: Final = 1
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
    def get(self, request: Request) -> Response:
        """What is open and taken per space. Ask again with If-None-Match: 304 when unchanged."""
        asked = query(TimelineQuery, request)
        now = clock.now()
        place = location_by_id(asked["location"])
        day = asked.get("date") or local_day(now, place.time_zone)
        # Before the rows: a change in between makes the grid newer than its tag, never older.
        mark = grid_mark(place, day, now=now)
        tag = _tag(place, day, mark)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if _is_known(request, tag):
            return Response(status=304, headers=headers)
        shape = shapes.timeline_shape(timeline_day(place, day, mark=mark, now=now))
        return Response(shape, headers=headers)


def _tag(place: Location, day: date, mark: Mark) -> str:
    until = int(mark.fresh_until.timestamp()) if mark.fresh_until else 0
    return f'"{TIMELINE_FORM}-{day.isoformat()}-{place.version}-{mark.revision}-{until}"'


def _is_known(request: Request, tag: str) -> bool:
    """Whether If-None-Match names the tag; compression on the way out made it a weak one."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or tag in {one.removeprefix("W/") for one in known}


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
