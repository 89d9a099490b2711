"""One's reservations: the list, and the page of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import organisations_of
from frontend import formats
from frontend.bookings import Shown, steps_of
from frontend.people import signed_in
from frontend.questions import day_options, time_options
from frontend.sight import LINE, WHOLE, guest_rows, look_note, shown_all
from privacy import clock
from reservations.ical import calendar_bytes, entry_of
from reservations.links import reservation_url
from reservations.models import Reservation
from reservations.selectors.details import events_of, guests_of, space_names
from reservations.selectors.reservations import reservation_get, reservations_list, roles_over

PAGE = 20
SHORT = 5


@require_safe
@login_required
def reservations(request: HttpRequest) -> HttpResponse:
    """The next as hero, the upcoming, and the past; or further pages of either."""
    actor, now = signed_in(request), clock.now()
    when = request.GET.get("when", "")
    mine = request.GET.get("whose") != "all"
    context: dict[str, Any] = {
        "mine": mine,
        "whose": "" if mine else "&whose=all",
        "shared": bool(organisations_of(actor)),
    }
    after = _cursor(request.GET.get("after", ""))
    if when in {"upcoming", "past"}:
        context |= _page(actor, "past" if when == "past" else "upcoming", now, mine, after)
        return render(request, "frontend/reservations_page.html", context)
    upcoming = _shown(actor, "upcoming", now, mine, None, PAGE + 1)
    past = _shown(actor, "past", now, mine, None, SHORT + 1)
    hero = next((shown for shown in upcoming if shown.row.state != "held"), None)
    context |= {
        "hero": hero,
        "upcoming": [shown for shown in upcoming[:PAGE] if shown is not hero],
        "more_upcoming": _after(upcoming, PAGE),
        "past": past[:SHORT],
        "more_past": len(past) > SHORT,
    }
    return render(request, "frontend/reservations.html", context)


def _page(
    actor: User, when: str, now: datetime, mine: bool, after: tuple[datetime, UUID] | None
) -> dict[str, Any]:
    rows = _shown(actor, when, now, mine, after, PAGE + 1)
    return {"when": when, "rows": rows[:PAGE], "next": _after(rows, PAGE), "further": bool(after)}


def _shown(
    actor: User,
    when: str,
    now: datetime,
    mine: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Shown]:
    rows = reservations_list(
        actor=actor,
        when="past" if when == "past" else "upcoming",
        now=now,
        mine=mine,
        after=after,
        limit=limit,
    )
    shown = shown_all(rows, actor, now)
    look_note(actor, "reservation", shown, fields=(*LINE, "title", "price_amount"))
    return shown


def _after(rows: list[Shown], size: int) -> str:
    """The cursor behind the last row of a full page, or "" at the end."""
    if len(rows) <= size:
        return ""
    last = rows[size - 1].row
    return f"{last.starts_at.isoformat().replace('+00:00', 'Z')}~{last.id}"


def _cursor(text: str) -> tuple[datetime, UUID] | None:
    moment, _sep, key = text.partition("~")
    try:
        found = datetime.fromisoformat(moment)
        return (found, UUID(key)) if found.tzinfo else None
    except ValueError:
        return None


@require_safe
@login_required
def reservation(request: HttpRequest, reservation_id: UUID) -> HttpResponse:
    """Everything about one reservation, and what can be done with it."""
    actor = signed_in(request)
    row = reservation_get(actor=actor, reservation_id=reservation_id)
    return reservation_page(request, row, actor)


def reservation_page(
    request: HttpRequest,
    row: Reservation,
    actor: User,
    *,
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page; `extra` is what an act that was refused has to say."""
    shown = Shown(row, actor, clock.now(), roles_over(actor, row))
    guests = guests_of(row)
    look_note(actor, "reservation", [shown], fields=WHOLE, guests=guests)
    events = list(events_of(row))
    typed = {
        "day": shown.local_day,
        "from": shown.local_start,
        "to": shown.local_end,
        "guests": "",
        **((extra or {}).get("typed", {})),
    }
    today = formats.wall(shown.now, shown.zone).date()
    step = row.space.granularity_minutes
    context = {
        "shown": shown,
        "row": row,
        "space": row.space,
        "may": shown.changeable(),
        "guests": guest_rows(shown, guests),
        "steps": steps_of(shown, events, space_names(events)),
        "day_options": day_options(today, typed["day"]),
        "from_options": time_options(step, typed["from"]),
        "to_options": time_options(step, typed["to"]),
        **(extra or {}),
        "typed": typed,
    }
    return render(request, "frontend/reservation.html", context, status=status)


@require_safe
@login_required
def reservation_file(request: HttpRequest, reservation_id: UUID) -> HttpResponse:
    """The reservation as a calendar file."""
    actor = signed_in(request)
    row = reservation_get(actor=actor, reservation_id=reservation_id)
    shown = Shown(row, actor, clock.now(), roles_over(actor, row))
    look_note(actor, "reservation", [shown], fields=(*LINE, "title"))
    if not shown.sees("title"):
        # Only for this file; nothing saves the row.
        row.title = ""
    entry = entry_of(row, stamp=clock.now(), url=reservation_url(row.id))
    response = HttpResponse(calendar_bytes([entry]), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ruang-{row.id}.ics"'
    response["Cache-Control"] = "private, no-store"
    return response
