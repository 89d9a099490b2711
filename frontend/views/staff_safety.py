"""The privacy officers' watch: alerts about accounts, and the audit calendar (promise P46)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from frontend.forms.staff_safety import AuditForm
from frontend.views.staff_guard import staff_page
from privacy.alerts import alert_close, alerts_shown
from privacy.audits import Standing, audit_done, calendar
from privacy.errors import DomainError, NotFound
from privacy.models import AuditRun, SecurityAlert


@require_http_methods(["GET", "HEAD"])
@staff_page("privacy.keep_watch")
def safety(request: HttpRequest, actor: User) -> HttpResponse:
    """What is open, what was closed of late, and every audit with its day."""
    opened, closed = alerts_shown()
    context = {
        "opened": opened,
        "closed": closed,
        "outcomes": SecurityAlert.Outcome.choices,
        "audits": calendar(),
    }
    return render(request, "frontend/staff/safety.html", context)


@require_POST
@staff_page("privacy.keep_watch")
def alert(request: HttpRequest, actor: User, alert_id: UUID) -> HttpResponse:
    """Close an alert; the button says what it turned out to be."""
    outcome = request.POST.get("outcome", "")
    if outcome not in SecurityAlert.Outcome.values:
        messages.error(request, _("Choose what the alert turned out to be."))
    else:
        try:
            alert_close(officer_id=actor.subject_id, alert_id=alert_id, outcome=outcome)
        except DomainError as error:
            if error.status == 404:
                raise
            messages.warning(request, error.detail)
        else:
            messages.success(request, _("The alert is closed."))
    return HttpResponseRedirect(reverse("frontend:safety"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("privacy.keep_watch")
def audit(request: HttpRequest, actor: User, code: str) -> HttpResponse:
    """One audit: what was done before, and a form for the next."""
    standing = _standing(code)
    if request.method != "POST":
        return _audit_page(request, standing, AuditForm())
    form = AuditForm(request.POST)
    if form.is_valid():
        try:
            values: dict[str, Any] = form.values()
            audit_done(officer_id=actor.subject_id, audit_id=standing.audit.id, **values)
        except DomainError as error:
            if error.status in {404, 503}:
                raise
            form.refuse(error)
        else:
            messages.success(request, _("Recorded. The next one is in the calendar."))
            return HttpResponseRedirect(reverse("frontend:safety"))
    return _audit_page(request, standing, form, status=422)


def _standing(code: str) -> Standing:
    found = next((each for each in calendar() if each.audit.code == code), None)
    if found is None:
        raise NotFound(_("There is no such audit."))
    return found


def _audit_page(
    request: HttpRequest, standing: Standing, form: AuditForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "standing": standing,
        "runs": AuditRun.objects.filter(audit=standing.audit)[:50],
        "form": form,
    }
    return render(request, "frontend/staff/audit.html", context, status=status)
