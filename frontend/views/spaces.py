"""The page of one space, its month, and its plan as a drawing."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from frontend import formats
from frontend.asking import hhmm
from frontend.grid import Strip, minute_of, strips_of
from frontend.months import free_minutes, own_count, weeks_of
from frontend.people import actor_of
from frontend.reference import reference
from frontend.templatetags.ruang import plan_words
from privacy import clock
from reservations.drawing import plan_inner, room_of, standalone, subject_of
from reservations.hours import day_bounds, open_periods
from reservations.models import Space
from reservations.selectors.busy import days_load
from reservations.selectors.spaces import space_get
from reservations.selectors.timeline import Grid, Row

WEEKS = 5
PLAN_BOX = (520, 230)


@require_safe
def space(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan, price, what is in it, the rules, five weeks; one button for the next free time."""
    actor, now = actor_of(request), clock.now()
    found = space_get(actor=actor, slug=slug)
    today = formats.wall(now, found.location.time_zone).date()
    page = _whole(request.GET.get("weeks", ""), most=60)
    context = {
        "space": found,
        "room": room_of(subject_of(found)),
        "description": _description(found),
        "amenities": _amenities(found),
        "price": formats.money(found.hour_amount, found.rate_plan.currency),
        "tax_included": found.rate_plan.tax_included,
        "now": now,
        "soon": _soon(found, now),
        "rules": _rules(found),
        "weeks": weeks_of(found, today + timedelta(weeks=WEEKS * page), WEEKS, now, actor=actor),
        "earlier": page - 1 if page else None,
        "later": page + 1 if (page + 1) * WEEKS * 7 <= found.ahead_days + 7 else None,
        "parts": found.parts.filter(is_active=True),
        "pictures": _pictures(found),
    }
    return render(request, "frontend/space.html", context)


@require_safe
def month(request: HttpRequest, slug: str) -> HttpResponse:
    """Every day of a month of one space, with what is taken of it."""
    actor, now = actor_of(request), clock.now()
    found = space_get(actor=actor, slug=slug)
    today = formats.wall(now, found.location.time_zone).date()
    first = _month(request.GET.get("month", ""), today)
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    last = after - timedelta(days=1)
    count = (last - (first - timedelta(days=first.weekday()))).days // 7 + 1
    weeks = weeks_of(found, first, count, now, month=first, actor=actor)
    context = {
        "space": found,
        "month_name": formats.month_name(first),
        "weeks": weeks,
        "own": own_count(weeks),
        "day_names": [(name[:3], name) for name in formats.DAYS[formats.language()]],
        "free_hours": formats.number(round(free_minutes(weeks) / 60, 1)),
        "before": before if before >= today.replace(day=1) else None,
        "before_name": formats.month_name(before),
        "after": after if (after - today).days <= found.ahead_days else None,
        "after_name": formats.month_name(after),
        "zone": formats.zone_name(found.location.time_zone, now),
    }
    return render(request, "frontend/month.html", context)


@require_safe
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """The measured plan as a drawing of its own."""
    found = space_get(actor=actor_of(request), slug=slug)
    subject = subject_of(found, found.parts.count())
    room = room_of(subject)
    decimal = "," if formats.language() == "id" else "."
    inner = plan_inner(room, subject.seed, PLAN_BOX, decimal)
    body = standalone(inner, PLAN_BOX, escape(plan_words(found, room)))
    response = HttpResponse(body, content_type="image/svg+xml")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _whole(text: str, *, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _month(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        return today.replace(day=1)
    near = abs((found - today).days) < 2 * 366
    return found if near else today.replace(day=1)


def _description(space: Space) -> str:
    first, second = space.description_id, space.description_en
    return first or second if formats.language() == "id" else second or first


def _amenities(space: Space) -> list[tuple[str, str]]:
    """(icon, name) of what is in the space, in the list's own order."""
    names = reference().amenity_names()
    return [
        (amenity.icon or "check", names[amenity.code])
        for amenity in reference().amenities
        if amenity.code in space.amenities
    ]


def _pictures(space: Space) -> list[dict[str, Any]]:
    column = "alt_id" if formats.language() == "id" else "alt_en"
    return [{"url": row.image.url, "alt": getattr(row, column)} for row in space.pictures.all()]


def _soon(space: Space, now: datetime) -> dict[str, Any]:
    """The next free stretch today, as a sentence and a sheet to open."""
    strip = strip_today(space, now)
    today = formats.wall(now, space.location.time_zone).date()
    gap = strip.free[0] if strip.free else None
    if gap is None:
        return {"text": _("Nothing is free any more today."), "url": ""}
    end = min(gap[1], gap[0] + max(space.min_minutes, min(60, space.max_minutes)))
    span = f"{formats.clock_minute(gap[0])}–{formats.clock_minute(gap[1])}"
    text = _("Free today %(span)s.") % {"span": span}
    if len(strip.free) > 1:
        again = formats.clock_minute(strip.free[1][0])
        text += " " + _("Then again from %(time)s.") % {"time": again}
    day = today.isoformat()
    query = f"space={space.slug}&start={day}T{hhmm(gap[0])}&end={day}T{hhmm(end)}"
    present = minute_of(now, today, space.location.time_zone)
    return {
        "text": text,
        "url": f"{reverse('frontend:book')}?{query}",
        "now": gap[0] <= present,
        "length": formats.duration(end - gap[0]),
        "at": formats.clock_minute(gap[0]),
    }


def strip_today(space: Space, now: datetime) -> Strip:
    """The space's strip of its local today; three statements."""
    place = space.location
    today = formats.wall(now, place.time_zone).date()
    bounds = day_bounds(today, place.time_zone)
    loaded = days_load([space], *bounds, now=now)[space.id]
    grid = Grid(
        location=place,
        day=today,
        revision=0,
        bounds=bounds,
        open=open_periods(place.opening_hours, today, place.time_zone),
        rows=[Row(space, list(loaded.taken), list(loaded.shut))],
        fresh_until=None,
    )
    return strips_of(grid, now)[0]


def _rules(space: Space) -> list[tuple[str, str]]:
    """(what, how much), for the list of rules."""
    span = f"{formats.duration(space.min_minutes)}–{formats.duration(space.max_minutes)}"
    free = formats.duration(space.cancel_free_minutes) if space.cancel_free_minutes else ""
    found = [
        *opening_words(space.location.opening_hours),
        (_("Length"), span),
        (_("Steps"), formats.duration(space.granularity_minutes)),
        (_("Turnover after"), formats.duration(space.turnover_minutes)),
        (_("Free to cancel"), _("until %(length)s before") % {"length": free} if free else _("no")),
        (_("Bookable ahead"), formats.duration(space.ahead_days * 24 * 60)),
        (_("Approval"), _("needed") if space.approval_required else _("not needed")),
    ]
    if space.access != Space.Access.EVERYONE:
        found.append((_("Who may book"), str(Space.Access(space.access).label)))
    return found


def opening_words(hours: list[list[list[int]]]) -> list[tuple[str, str]]:
    """Sen–Jum 08.00–20.00; neighbouring days with the same hours together."""
    names = [name[:3] for name in formats.DAYS[formats.language()]]
    found: list[tuple[str, str]] = []
    first = 0
    for index in range(1, 8):
        if index < 7 and hours[index] == hours[first]:
            continue
        days = names[first] if index - first == 1 else f"{names[first]}–{names[index - 1]}"
        spans = ", ".join(
            f"{formats.clock_minute(a)}–{formats.clock_minute(b)}" for a, b in hours[first]
        )
        found.append((days, spans or _("closed")))
        first = index
    return found
