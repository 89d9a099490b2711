"""Spaces: the list with filters, and every field of one."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from frontend.forms.staff_manage import PictureForm, SpaceForm, space_initial
from frontend.views.staff_guard import staff_page
from frontend.views.staff_places import stale_words
from privacy.errors import DomainError, NotFound
from reservations.models import Location, Space
from reservations.services.spaces import space_active_set, space_save

PAGE = 200


@require_safe
@staff_page("reservations.manage_spaces")
def spaces(request: HttpRequest, actor: User) -> HttpResponse:
    """Two hundred spaces a page, narrowed by place, kind, name and whether they are open."""
    asked = {
        key: request.GET.get(key, "")[:100].replace("\x00", "")
        for key in ("where", "kind", "text", "open")
    }
    page = Paginator(_narrowed(asked), PAGE).get_page(request.GET.get("page", "1")[:6])
    context = {
        "page_of": page,
        "asked": asked,
        "query": urlencode({key: value for key, value in asked.items() if value}),
        "places": Location.objects.all(),
        "kinds": Space.Kind.choices,
    }
    return render(request, "frontend/staff/spaces.html", context)


def _narrowed(asked: dict[str, str]) -> QuerySet[Space]:
    rows = Space.objects.select_related("location", "floor", "rate_plan", "whole")
    if asked["where"]:
        rows = rows.filter(location__slug=asked["where"])
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["text"]:
        rows = rows.filter(name__icontains=asked["text"])
    if asked["open"] in {"yes", "no"}:
        rows = rows.filter(is_active=asked["open"] == "yes")
    return rows.order_by("location__position", "location__name", "name", "id")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("reservations.manage_spaces")
def space(request: HttpRequest, actor: User, slug: str = "", place: str = "") -> HttpResponse:
    """Add (with the location's slug in `place`) or change a space."""
    found = space_of(slug) if slug else None
    where = found.location if found else Location.objects.filter(slug=place).first()
    if where is None:
        raise NotFound(_("There is no such location."))
    if request.method != "POST":
        initial = space_initial(found) if found else None
        return space_page(
            request, where, found, SpaceForm(place=where, space=found, initial=initial)
        )
    form = SpaceForm(request.POST, place=where, space=found)
    if not form.is_valid():
        return space_page(request, where, found, form, status=422)
    try:
        saved = space_save(
            actor=actor,
            location_id=where.id,
            values=form.values(),
            organisations=[UUID(key) for key in form.cleaned_data["organisations"]],
            space_id=found.id if found else None,
            expected_version=form.cleaned_data["version"] if found else None,
        )
    except DomainError as error:
        if error.status in {403, 404, 503}:
            raise
        extra = stale_words(form, error)
        if extra is None:
            form.refuse(error)
        return space_page(request, where, found, form, status=error.status, extra=extra)
    messages.success(request, _("Saved: %(name)s.") % {"name": saved.name})
    return HttpResponseRedirect(reverse("frontend:manage-space", args=[saved.slug]))


@require_POST
@staff_page("reservations.manage_spaces")
def active(request: HttpRequest, actor: User, slug: str) -> HttpResponse:
    """Open for booking, or shut."""
    found = space_of(slug)
    opens = request.POST.get("active") == "yes"
    space_active_set(actor=actor, space_id=found.id, is_active=opens)
    words = _("%(name)s is open for booking.") if opens else _("%(name)s is shut for booking.")
    messages.success(request, words % {"name": found.name})
    return HttpResponseRedirect(reverse("frontend:manage-space", args=[found.slug]))


def space_of(slug: str) -> Space:
    """Any space, open or not; these pages are for those who manage them."""
    found = Space.objects.select_related("location").filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such space."))
    return found


def space_page(
    request: HttpRequest,
    where: Location,
    found: Space | None,
    form: SpaceForm,
    *,
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """The form, with the pictures of a space that exists."""
    context: dict[str, Any] = {"place": where, "space": found, "form": form}
    if found is not None:
        context |= {"pictures": found.pictures.all(), "picture_form": PictureForm()}
    name = "frontend/staff/space.html"
    return render(request, name, {**context, **(extra or {})}, status=status)
