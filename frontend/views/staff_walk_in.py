"""Somebody at the desk without a booking."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from frontend import formats
from frontend.forms.staff_desk import WalkInForm
from frontend.views.staff_desk import until_words
from frontend.views.staff_guard import staff_page
from privacy import clock
from privacy.errors import DomainError
from reservations.errors import SlotTaken
from reservations.models import Location, Reservation, Space
from reservations.selectors import desk as desk_reads
from reservations.selectors.alternatives import Alternative
from reservations.selectors.desk import step_down
from reservations.services import BookingWish
from reservations.services.walk_in import Visitor, walk_in_book

LENGTHS = (30, 60, 90, 120, 180, 240, 360, 480)
#: The fields that a button of an alternative fills in, in the order of its value.
PICKED = ("space", "starts", "minutes")
#: What the rules call their inputs, and what this form does.
FIELDS = {"starts_at": "starts", "ends_at": "minutes", "space": "space", "people": "people"}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("reservations.book_for_others")
def walk_in(request: HttpRequest, actor: User, slug: str) -> HttpResponse:
    """The form, rooms free now first; booked at once, or refused with ways out."""
    place = desk_reads.desk_location(actor=actor, slug=slug)
    now = clock.now()
    form = _form(request, actor, place, now)
    if request.method != "POST":
        return _page(request, place, form, now)
    if not form.is_valid():
        return _page(request, place, form, now, status=422)
    try:
        made = walk_in_book(actor=actor, wish=_wish(form, place, now), visitor=_visitor(form))
    except SlotTaken as error:
        form.add_error("space", error.detail)
        ways = [_way_out(way) for way in error.alternatives if _is_near(way, place, now)]
        return _page(request, place, form, now, status=409, ways=ways)
    except DomainError as error:
        if error.status in {403, 404, 503}:
            raise
        _refuse(form, error)
        return _page(request, place, form, now, status=error.status)
    messages.success(request, _said(made, place.time_zone))
    return HttpResponseRedirect(reverse("frontend:desk-day", args=[place.slug]))


def _said(made: Reservation, zone: str) -> str:
    words = {
        "room": made.space.name,
        "span": formats.clock_range(made.starts_at, made.ends_at, zone),
        "price": formats.money(made.price_amount, made.price_currency),
    }
    if made.state == Reservation.State.PENDING:
        return _("%(room)s, %(span)s waits for a space manager. The price is %(price)s.") % words
    return _("Booked: %(room)s, %(span)s. The price is %(price)s.") % words


def _refuse(form: WalkInForm, error: DomainError) -> None:
    for rule in error.broken:
        field = FIELDS.get(rule.field, rule.field)
        form.add_error(field if field in form.fields else None, rule.detail)
    if not error.broken:
        form.add_error(None, error.detail)


def _form(request: HttpRequest, actor: User, place: Location, now: datetime) -> WalkInForm:
    free = desk_reads.free_now(actor=actor, location=place, now=now)
    ids = {item.space.id for item in free}
    others = Space.objects.filter(location=place, is_active=True).exclude(id__in=ids)
    groups: list[Any] = [
        (
            _("Free now"),
            [
                (
                    item.space.slug,
                    _("%(name)s, %(people)s, until %(time)s")
                    % {
                        "name": item.space.name,
                        "people": formats.people(item.space.capacity),
                        "time": until_words(item.until, place.time_zone),
                    },
                )
                for item in free
            ],
        ),
        (_("Taken or shut now"), [(s.slug, s.name) for s in others.order_by("name")]),
    ]
    posted = _posted(request) if request.method == "POST" else None
    first = {"space": request.GET.get("space", "")[:100], "minutes": 60, "language": "id"}
    offered = posted.get("minutes", "") if posted and "pick" in posted else ""
    lengths = [(length, formats.duration(length)) for length in _lengths(offered)]
    filled = [group for group in groups if group[1]]
    return WalkInForm(posted, initial=first, spaces=filled, lengths=lengths)


def _posted(request: HttpRequest) -> QueryDict:
    """What was typed; with a button of an alternative, its room and time in their places."""
    typed = request.POST.copy()
    picked = typed.get("pick", "").split(",")
    if len(picked) == len(PICKED):
        for name, value in zip(PICKED, picked, strict=True):
            typed[name] = value
    return typed


def _lengths(offered: str) -> list[int]:
    """The usual lengths, and one of an alternative between them."""
    other = int(offered) if offered.isascii() and offered.isdigit() and len(offered) < 5 else 0
    return sorted({*LENGTHS, *([other] if 0 < other < 24 * 60 else [])})


def _wish(form: WalkInForm, place: Location, now: datetime) -> BookingWish:
    data = form.cleaned_data
    space = Space.objects.get(slug=data["space"], location=place)
    zone = place.time_zone
    starts = step_down(now, space.granularity_minutes, zone)
    if data["starts"] is not None:
        minute = data["starts"].hour * 60 + data["starts"].minute
        starts = formats.local_instant(formats.wall(now, zone).date(), minute, zone)
    ends = starts + timedelta(minutes=data["minutes"])
    return BookingWish(space_id=space.id, starts_at=starts, ends_at=ends, people=data["people"])


def _visitor(form: WalkInForm) -> Visitor:
    return Visitor(**form.text("name", "email", "phone", "language"))


def _is_near(way: Alternative, place: Location, now: datetime) -> bool:
    """Whether this form can book it: here, and today."""
    zone = place.time_zone
    today = formats.wall(way.starts_at, zone).date() == formats.wall(now, zone).date()
    return today and way.space.location_id == place.id


def _way_out(way: Alternative) -> dict[str, str]:
    zone = way.space.location.time_zone
    minutes = int((way.ends_at - way.starts_at).total_seconds()) // 60
    return {
        "value": f"{way.space.slug},{formats.wall(way.starts_at, zone):%H:%M},{minutes}",
        "name": f"{way.space.name}, {formats.clock_range(way.starts_at, way.ends_at, zone)}",
        "people": formats.people(way.space.capacity),
        "price": formats.money(way.quote.total, way.quote.currency),
        "icon": "door-open" if way.how == "other_space" else "clock",
    }


def _page(
    request: HttpRequest,
    place: Location,
    form: WalkInForm,
    now: datetime,
    *,
    status: int = 200,
    ways: list[dict[str, str]] | None = None,
) -> HttpResponse:
    context = {"place": place, "form": form, "now": now, "ways": ways}
    return render(request, "frontend/staff/walk_in.html", context, status=status)
