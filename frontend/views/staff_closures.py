"""When a location, a floor or a space is shut; what a closure hits is shown before it is made."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from frontend import formats
from frontend.bookings import Shown
from frontend.forms.staff_desk import ClosureForm
from frontend.sight import desk_shown, look_note
from frontend.views.staff_desk import closure_words
from frontend.views.staff_guard import staff_page
from privacy import clock
from privacy.errors import DomainError, NotFound
from reservations.models import Closure, Location, Reservation
from reservations.selectors import desk as desk_reads
from reservations.services import closure_create, closure_delete
from reservations.services.closures import closure_preview

WEEKS = 5
FIELDS = {"starts_local": "starts", "ends_local": "ends", "until": "until"}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("reservations.manage_closures")
def closures(request: HttpRequest, actor: User, slug: str) -> HttpResponse:
    """List, calendar and form; a POST first shows what it hits, then, confirmed, creates."""
    place = desk_reads.desk_location(actor=actor, slug=slug)
    if request.method != "POST":
        today = formats.wall(clock.now(), place.time_zone).date()
        form = ClosureForm(place=place, initial={"day": today, "recurrence": "once"})
        return _page(request, actor, place, form)
    form = ClosureForm(request.POST, place=place)
    if not form.is_valid():
        return _page(request, actor, place, form, status=422)
    try:
        if "confirm" not in request.POST:
            hits = closure_preview(actor=actor, wish=form.wish())
            extra = {"preview": True, "hits": _shown(hits, actor)}
            return _page(request, actor, place, form, extra=extra)
        _closure, hits = closure_create(actor=actor, wish=form.wish())
    except DomainError as error:
        if error.status in {403, 404, 503}:
            raise
        for rule in error.broken:
            form.add_error(FIELDS.get(rule.field, rule.field), rule.detail)
        return _page(request, actor, place, form, status=error.status)
    if not hits:
        messages.success(request, _("The closure stands. No booking is affected."))
        return HttpResponseRedirect(reverse("frontend:desk-closures", args=[place.slug]))
    text = ngettext(
        "The closure stands. %(n)s booking is affected.",
        "The closure stands. %(n)s bookings are affected.",
        len(hits),
    )
    extra = {"made": text % {"n": len(hits)}, "hits": _shown(hits, actor)}
    blank = ClosureForm(place=place, initial={"recurrence": "once"})
    return _page(request, actor, place, blank, extra=extra)


@require_POST
@staff_page("reservations.manage_closures")
def closure_open(request: HttpRequest, actor: User, slug: str, closure_id: UUID) -> HttpResponse:
    """Open again what was shut."""
    place = desk_reads.desk_location(actor=actor, slug=slug)
    if not Closure.objects.filter(id=closure_id, location=place).exists():
        raise NotFound(_("There is no such closure."))
    closure_delete(actor=actor, closure_id=closure_id)
    messages.success(request, _("The closure is gone; the time can be booked again."))
    return HttpResponseRedirect(reverse("frontend:desk-closures", args=[place.slug]))


def _shown(rows: list[Reservation], actor: User) -> list[Shown]:
    now = clock.now()
    shown = [desk_shown(row, actor, now) for row in rows]
    look_note(actor, "reservation", shown, fields=("space", "starts_at", "ends_at", "state"))
    return shown


def _page(
    request: HttpRequest,
    actor: User,
    place: Location,
    form: ClosureForm,
    *,
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    now = clock.now()
    periods = desk_reads.closures_ahead(actor=actor, location=place, since=now, days=366)
    words = [closure_words(period, place.time_zone) for period in periods]
    seen: set[UUID] = set()
    first = [w for w in words if not (w["closure"].id in seen or seen.add(w["closure"].id))]  # type: ignore[func-returns-value]
    context = {
        "place": place,
        "form": form,
        "closures": first,
        "weeks": _weeks(words, place, now),
        "weekdays": [name[:3] for name in formats.DAYS[formats.language()]],
    }
    name = "frontend/staff/closures.html"
    return render(request, name, {**context, **(extra or {})}, status=status)


def _weeks(words: list[dict[str, Any]], place: Location, now: datetime) -> list[list[Any]]:
    """Five weeks from this Monday; each day with what is shut on it."""
    today = formats.wall(now, place.time_zone).date()
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=n) for n in range(7 * WEEKS)]
    cells = [(day, day == today, _on(words, day, place.time_zone)) for day in days]
    return [cells[n : n + 7] for n in range(0, len(cells), 7)]


def _on(words: list[dict[str, Any]], day: date, zone: str) -> list[dict[str, Any]]:
    begins = formats.local_instant(day, 0, zone)
    ends = formats.local_instant(day, 1440, zone)
    return [w for w in words if w["starts"] < ends and w["ends"] > begins]
