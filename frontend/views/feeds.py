"""The person's private calendar addresses: make one, see which exist, revoke."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from frontend.people import signed_in
from privacy.errors import NotFound
from reservations.feeds import TooManyFeeds, feed_create, feed_revoke, feeds_of
from reservations.selectors.spaces import space_get


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def feeds(request: HttpRequest) -> HttpResponse:
    """The page. A new address is shown in the answer to the form that made it, never again."""
    actor = signed_in(request)
    if request.method == "POST" and "revoke" in request.POST:
        feed_revoke(actor=actor, feed_id=_id(request.POST["revoke"]))
        messages.success(request, _("Revoked. Calendars that use this link stop updating."))
        return HttpResponseRedirect(reverse("frontend:calendar-feeds"))
    context: dict[str, object] = {"slug": request.GET.get("space", "")[:100]}
    status = 200
    if request.method == "POST":
        status = _create(request, actor, context)
    context["feeds"] = feeds_of(actor)
    context["may_spaces"] = actor.may("reservations.manage_spaces")
    return render(request, "frontend/feeds.html", context, status=status)


def _create(request: HttpRequest, actor: User, context: dict[str, object]) -> int:
    slug = request.POST.get("space", "")[:100].strip()
    context["slug"] = slug
    try:
        space_id = space_get(actor=actor, slug=slug).id if slug else None
        made = feed_create(actor=actor, space_id=space_id)
    except (NotFound, TooManyFeeds) as error:
        context["error"] = error.detail
        return 422
    path = reverse("frontend:calendar-feed", args=[made.secret])
    context["address"] = f"{settings.SITE_URL}{path}"
    return 200


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
