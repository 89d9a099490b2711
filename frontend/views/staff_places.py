"""Locations and their floors."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from frontend.forms.staff_manage import FloorForm, LocationForm, hours_text, location_initial
from frontend.views.staff_guard import staff_page
from privacy.errors import DomainError, NotFound, Stale
from reservations.models import Location
from reservations.services.spaces import floor_save, location_save


@require_safe
@staff_page("reservations.manage_spaces")
def places(request: HttpRequest, actor: User) -> HttpResponse:
    """Every location, with how many spaces it has."""
    rows = Location.objects.annotate(
        all=Count("spaces"), shown=Count("spaces", filter=Q(spaces__is_active=True))
    )
    return render(request, "frontend/staff/places.html", {"places": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("reservations.manage_spaces")
def place(request: HttpRequest, actor: User, slug: str = "") -> HttpResponse:
    """Add or change a location."""
    found = _place(slug) if slug else None
    if request.method != "POST":
        form = LocationForm(initial=location_initial(found) if found else None)
        return place_page(request, found, form)
    form = LocationForm(request.POST)
    if not form.is_valid():
        return place_page(request, found, form, status=422)
    try:
        saved = location_save(
            actor=actor,
            values=form.values(),
            location_id=found.id if found else None,
            expected_version=form.cleaned_data["version"] if found else None,
        )
    except DomainError as error:
        if error.status in {403, 404, 503}:
            raise
        extra = stale_words(form, error)
        if extra is None:
            form.refuse(error)
        return place_page(request, found, form, status=error.status, extra=extra)
    messages.success(request, _("Saved: %(name)s.") % {"name": saved.name})
    return HttpResponseRedirect(reverse("frontend:manage-location", args=[saved.slug]))


def stale_words(form: Any, error: DomainError) -> dict[str, Any] | None:
    """The difference to show when a colleague was faster; what was typed stays in the form.

    The form then holds the present version, so that sending it again is a decision.
    """
    if not isinstance(error, Stale):
        return None
    form.data = form.data.copy()
    form.data["version"] = str(error.extra["version"])
    lines = []
    for key, (now, _typed) in error.extra["difference"].items():
        name = key.removesuffix("_id") if key.removesuffix("_id") in form.fields else key
        if key == "opening_hours":
            lines.append(_("Opening hours: %(now)s") % {"now": "; ".join(map(hours_text, now))})
        elif name in form.fields:
            lines.append(f"{form.fields[name].label}: {_shown(form.fields[name], now)}")
    return {"stale": error.detail, "difference": lines}


def _shown(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    labels = dict(getattr(field, "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(labels.get(item, item)) for item in value) or "\u2013"
    text = "" if value is None else str(value)
    return str(labels.get(text, text)) or "\u2013"


@require_POST
@staff_page("reservations.manage_spaces")
def floors(request: HttpRequest, actor: User, slug: str) -> HttpResponse:
    """Add a floor, or rename the one named in the form."""
    found = _place(slug)
    form = FloorForm(request.POST)
    key = _uuid(request.POST.get("floor", ""))
    if form.is_valid():
        try:
            floor = floor_save(
                actor=actor,
                location_id=found.id,
                floor_id=key,
                name=form.cleaned_data["name"],
                level=form.cleaned_data["level"],
            )
        except DomainError as error:
            if error.status in {403, 404, 503}:
                raise
            form.refuse(error)
        else:
            messages.success(request, _("Saved: floor %(name)s.") % {"name": floor.name})
            return HttpResponseRedirect(reverse("frontend:manage-location", args=[found.slug]))
    main = LocationForm(initial=location_initial(found))
    return place_page(request, found, main, status=422, extra={"floor_form": form})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None


def _place(slug: str) -> Location:
    found = Location.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such location."))
    return found


def place_page(
    request: HttpRequest,
    found: Location | None,
    form: LocationForm,
    *,
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """The form, with the floors of a location that exists."""
    context: dict[str, Any] = {"place": found, "form": form, "floor_form": FloorForm()}
    if found is not None:
        context["floors"] = found.floors.annotate(count=Count("spaces"))
    name = "frontend/staff/place.html"
    return render(request, name, {**context, **(extra or {})}, status=status)
