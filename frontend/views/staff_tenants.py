"""Customer service and tenants: ask for access, look while it is granted (promise P33)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.models import User
from accounts.tenants import PAGE, GrantMissing, tenant_open, tenants_find
from frontend.views.staff_guard import staff_page
from reservations.selectors.tenants import tenant_reservations


@require_safe
@staff_page("accounts.support_tenants")
def tenants(request: HttpRequest, actor: User) -> HttpResponse:
    """Organisations by name, and whether each has opened its data."""
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    after = request.GET.get("after", "").replace("\x00", "")[:300]
    rows = tenants_find(actor, words=words, after=after)
    shown = rows[:PAGE]
    last = shown[-1][0] if len(rows) > PAGE else None
    context = {
        "rows": shown,
        "words": words,
        "next": f"{last.name}\n{last.id}" if last else "",
    }
    return render(request, "frontend/staff/tenants.html", context)


@require_safe
@staff_page("accounts.support_tenants")
def tenant(request: HttpRequest, actor: User, organisation_id: UUID) -> HttpResponse:
    """Members and coming bookings while the tenant allows it; else 403 and how to ask."""
    context: dict[str, Any] = {"organisation_id": organisation_id}
    try:
        context["tenant"] = tenant_open(actor, organisation_id)
        context["reservations"] = tenant_reservations(actor, organisation_id)
    except GrantMissing as error:
        context["refused"] = error.detail
        return render(request, "frontend/staff/tenant.html", context, status=403)
    return render(request, "frontend/staff/tenant.html", context)


@require_POST
@staff_page("accounts.support_tenants")
def tenant_ask(request: HttpRequest, actor: User, organisation_id: UUID) -> HttpResponse:
    """Ask the owners for access."""
    asked = services.grant_ask(actor=actor, organisation_id=organisation_id)
    messages.success(
        request,
        ngettext(
            "%(n)s owner was asked; once a day is enough.",
            "%(n)s owners were asked; once a day is enough.",
            asked,
        )
        % {"n": asked},
    )
    return HttpResponseRedirect(reverse("frontend:tenants"))
