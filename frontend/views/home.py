"""The first page: the search, what is free at this moment, the locations."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from frontend import formats
from frontend.answers import Answer, answers_of
from frontend.asking import Ask, ask_read, default_start, hhmm
from frontend.bookings import Shown
from frontend.grid import day_grid, minute_of, strips_of
from frontend.habits import suggested
from frontend.people import actor_of
from frontend.questions import Questions
from frontend.reference import Reference, reference
from frontend.views.spaces import opening_words
from privacy import clock
from reservations.hours import open_periods
from reservations.models import Location, Space
from reservations.selectors.details import counts_by_location
from reservations.selectors.reservations import reservations_list

SHOWN = 4
NOW_MINUTES = 60


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page; without any location it says so in words."""
    known, now, actor = reference(), clock.now(), actor_of(request)
    context: dict[str, Any] = {"places": places_of(known, now)}
    if known.locations:
        usual = suggested(actor)
        ask = _first_ask(known, now, usual)
        first = ask.places[0]
        context |= {
            "ask": ask,
            "usual": usual,
            "questions": Questions(ask, known, now),
            **free_now(first, known, now),
        }
    if actor is not None:
        context |= _own(actor, now)
    return render(request, "frontend/home.html", context)


def _first_ask(known: Reference, now: datetime, usual: QueryDict | None) -> Ask:
    """What a person usually asks; else an hour at the first location, as soon as it is open."""
    if usual is not None:
        return ask_read(usual, known.locations, {}, now)
    first = known.locations[0]
    day, start = default_start(first, now)
    return Ask((first,), first.slug, day, start, NOW_MINUTES)


def free_now(place: Location, known: Reference, now: datetime) -> dict[str, Any]:
    """Up to four spaces that can be used from this moment on for an hour."""
    today = formats.wall(now, place.time_zone).date()
    running = minute_of(now, today, place.time_zone) // 15 * 15
    ask = Ask((place,), place.slug, today, running, NOW_MINUTES, now=True)
    grid = day_grid(place, today, now)
    free = [a for a in answers_of(strips_of(grid, now), ask) if a.free]
    return {
        "place": place,
        "place_clock": formats.clock(now, place.time_zone),
        "free_count": len(free),
        "free_now": [_offer(answer, ask, known) for answer in _varied(free)],
        "now_query": ask.query(),
    }


def _varied(free: list[Answer]) -> list[Answer]:
    """Rooms of different kinds and sizes first, rather than four of the same."""
    seen: dict[tuple[str, int], Answer] = {}
    for answer in free:
        space = answer.strip.space
        seen.setdefault((space.kind, space.capacity), answer)
    others = [answer for answer in free if answer not in seen.values()]
    return [*seen.values(), *others][:SHOWN]


def _offer(answer: Answer, ask: Ask, known: Reference) -> dict[str, Any]:
    space = answer.strip.space
    gap = answer.strip.gap(ask.start, ask.start + ask.minutes) or (ask.start, ask.end)
    day = ask.day.isoformat()
    return {
        "space": space,
        "until": formats.clock_minute(gap[1]),
        "price": formats.money(space.hour_amount, known.currencies.get(space.rate_plan_id, "IDR")),
        "query": f"space={space.slug}&start={day}T{hhmm(ask.start)}&end={day}T{hhmm(ask.end)}",
        "end": formats.clock_minute(ask.end),
    }


def places_of(known: Reference, now: datetime) -> list[dict[str, Any]]:
    """Every location with its clock, what it has and whether it is open today."""
    counts = counts_by_location()
    return [_place(place, counts.get(place.id, {}), now) for place in known.locations]


def _place(place: Location, counts: dict[str, int], now: datetime) -> dict[str, Any]:
    today = formats.wall(now, place.time_zone).date()
    periods = open_periods(place.opening_hours, today, place.time_zone)
    return {
        "location": place,
        "clock": formats.clock(now, place.time_zone),
        "zone": formats.zone_name(place.time_zone, now),
        "desks": counts.get(Space.Kind.HOT_DESK, 0),
        "rooms": sum(n for kind, n in counts.items() if kind != Space.Kind.HOT_DESK),
        "today": ", ".join(formats.clock_range(a, b, place.time_zone) for a, b in periods),
        "hours": opening_words(place.opening_hours),
    }


def _own(actor: User, now: datetime) -> dict[str, Any]:
    """The next reservation, and the last one to repeat."""
    upcoming = reservations_list(actor=actor, when="upcoming", now=now, limit=1)
    past = reservations_list(actor=actor, when="past", now=now, limit=1)
    return {
        "next": Shown(upcoming[0], actor, now) if upcoming else None,
        "last": Shown(past[0], actor, now) if past else None,
    }
