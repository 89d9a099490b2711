"""The booking sheet: a page of its own, or beside the timeline."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from frontend import habits
from frontend.drafts import Draft, draft_of_address, draft_of_form, moved_to, with_length
from frontend.people import actor_of
from frontend.reference import reference
from frontend.rows import Choice
from frontend.sheets import by_field, sheet_context
from frontend.views.find import find_context
from privacy import clock
from reservations.errors import Malformed, RulesBroken, SlotTaken
from reservations.models import Reservation
from reservations.selectors.alternatives import Alternative
from reservations.selectors.spaces import space_get
from reservations.services import reservation_book


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """GET shows the sheet of ?space=&start=&end=; POST books, holds, or shows it changed."""
    actor, now = actor_of(request), clock.now()
    form = request.POST if request.method == "POST" else request.GET
    space = space_get(actor=actor, slug=form.get("space", "")[:100])
    if request.method != "POST":
        return sheet_response(request, draft_of_address(space, request.GET, now), actor, now)
    draft = draft_of_form(space, request.POST, now)
    act, _sep, value = request.POST.get("act", "").partition(":")
    if act == "length":
        return sheet_response(request, with_length(draft, value), actor, now)
    if act not in {"book", "hold", "pick"}:
        return sheet_response(request, draft, actor, now)
    if actor is None:
        return _sign_in_first(request, draft)
    if act == "pick":
        return _pick(request, draft, value, actor, now)
    return _try(request, draft, actor, now, hold=act == "hold")


def _try(
    request: HttpRequest, draft: Draft, actor: User, now: datetime, *, hold: bool
) -> HttpResponse:
    """Book or hold; whatever forbids it is shown on the sheet, with everything typed."""
    if draft.errors:
        return sheet_response(request, draft, actor, now, status=422)
    try:
        made = reservation_book(actor=actor, wish=draft.booking(), hold=hold)
    except SlotTaken as error:
        return sheet_response(request, draft, actor, now, 409, error.alternatives)
    except RulesBroken as error:
        return sheet_response(request, draft.refused(by_field(error.broken)), actor, now, 422)
    except Malformed as error:
        return sheet_response(request, draft.refused({"": [error.detail]}), actor, now, 400)
    if hold:
        return sheet_response(request, draft, actor, clock.now())
    habits.booked(actor, made)
    return _booked(request, made)


def _pick(
    request: HttpRequest, draft: Draft, value: str, actor: User, now: datetime
) -> HttpResponse:
    """Take an alternative: hold it at once, and show the sheet with it."""
    try:
        slug, first, last = value.split(",")
        starts, ends = datetime.fromisoformat(first), datetime.fromisoformat(last)
    except ValueError:
        return sheet_response(request, draft, actor, now, 400)
    if starts.tzinfo is None or ends.tzinfo is None:
        return sheet_response(request, draft, actor, now, 400)
    space = space_get(actor=actor, slug=slug)
    return _try(request, moved_to(draft, space, starts, ends), actor, now, hold=True)


def sheet_response(
    request: HttpRequest,
    draft: Draft,
    actor: User | None,
    now: datetime,
    status: int = 200,
    alternatives: Sequence[Alternative] | None = None,
) -> HttpResponse:
    """The sheet alone for htmx, or the whole page with the day beside it."""
    context = sheet_context(draft, actor=actor, now=now, alternatives=alternatives)
    if alternatives is not None:
        context["taken"], context["can_book"] = True, False
    address = f"{reverse('frontend:book')}?{draft.query}"
    context["sign_in_next"] = address
    if getattr(request, "htmx", False):
        response = render(request, "frontend/sheet.html", context, status=status)
        response["HX-Push-Url"] = address
        return response
    ask = draft.ask()
    choice = Choice(draft.space.slug, draft.start, min(draft.end, 24 * 60))
    page = find_context(ask, reference(), actor, now, choice)
    return render(request, "frontend/find.html", {**page, **context}, status=status)


def _booked(request: HttpRequest, made: Reservation) -> HttpResponse:
    if made.state == Reservation.State.PENDING:
        text = _("Sent for approval. We will write to you as soon as it is decided.")
    else:
        text = _("Booked. The confirmation is on its way to your mailbox.")
    messages.success(request, text)
    return redirect_to(request, reverse("frontend:reservation", args=[made.id]))


def redirect_to(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that htmx follows as a whole page."""
    if getattr(request, "htmx", False):
        response = HttpResponse()
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def _sign_in_first(request: HttpRequest, draft: Draft) -> HttpResponse:
    back = f"{reverse('frontend:book')}?{draft.query}"
    return redirect_to(request, f"{reverse('frontend:sign-in')}?{urlencode({'next': back})}")
