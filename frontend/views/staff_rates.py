"""Rate plans: what an hour costs from which day on; the past stays as it was."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from billing.models import RatePlan, TaxRate
from billing.selectors import price_bases
from billing.services import rate_plan_save, tariff_add
from frontend import formats
from frontend.forms.staff_manage import PlanForm, TariffForm
from frontend.views.staff_guard import staff_page
from privacy import clock
from privacy.errors import DomainError, NotFound
from reservations.models import Space
from reservations.services.prices import prices_refresh


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("billing.manage_rates")
def rates(request: HttpRequest, actor: User) -> HttpResponse:
    """The plans with today's prices, the taxes, and a form for a new plan."""
    if request.method != "POST":
        return _rates_page(request, actor, PlanForm())
    form = PlanForm(request.POST)
    if form.is_valid():
        try:
            plan = rate_plan_save(actor=actor, name=form.cleaned_data["name"])
        except DomainError as error:
            if error.status in {403, 503}:
                raise
            form.refuse(error)
        else:
            messages.success(request, _("The plan stands. Now say what an hour costs."))
            return HttpResponseRedirect(reverse("frontend:manage-rate", args=[plan.id]))
    return _rates_page(request, actor, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("billing.manage_rates")
def rate(request: HttpRequest, actor: User, plan_id: UUID) -> HttpResponse:
    """A plan's tariffs, and a form for the next one."""
    plan = RatePlan.objects.filter(id=plan_id).first()
    if plan is None:
        raise NotFound(_("There is no such rate plan."))
    today = _today(actor)
    if request.method != "POST":
        first = {"valid_from": today + timedelta(days=1)}
        return _rate_page(request, plan, TariffForm(currency=plan.currency, initial=first), today)
    form = TariffForm(request.POST, currency=plan.currency)
    if form.is_valid():
        try:
            tariff = tariff_add(actor=actor, plan_id=plan.id, today=today, **form.cleaned_data)
        except DomainError as error:
            if error.status in {403, 404, 503}:
                raise
            form.refuse(error)
        else:
            prices_refresh(now=clock.now())
            day = formats.day_full(tariff.valid_from)
            messages.success(request, _("The new prices apply from %(day)s.") % {"day": day})
            return HttpResponseRedirect(reverse("frontend:manage-rate", args=[plan.id]))
    return _rate_page(request, plan, form, today, status=422)


def _today(actor: User) -> date:
    return formats.wall(clock.now(), actor.time_zone).date()


def _rates_page(
    request: HttpRequest, actor: User, form: PlanForm, *, status: int = 200
) -> HttpResponse:
    plans = list(RatePlan.objects.order_by("name"))
    bases = price_bases([plan.id for plan in plans], _today(actor))
    counts: dict[UUID, int] = {}
    for plan_id in Space.objects.values_list("rate_plan_id", flat=True):
        counts[plan_id] = counts.get(plan_id, 0) + 1
    context = {
        "rows": [(plan, bases.get(plan.id), counts.get(plan.id, 0)) for plan in plans],
        "taxes": TaxRate.objects.order_by("code", "-valid_from"),
        "form": form,
        "may_manage": actor.may("reservations.manage_spaces"),
    }
    return render(request, "frontend/staff/rates.html", context, status=status)


def _rate_page(
    request: HttpRequest, plan: RatePlan, form: TariffForm, today: date, *, status: int = 200
) -> HttpResponse:
    tariffs = list(plan.tariffs.order_by("-valid_from"))
    current = next((row for row in tariffs if row.valid_from <= today), None)
    rows: list[tuple[Any, str]] = []
    for row in tariffs:
        state = "future" if row.valid_from > today else "past"
        rows.append((row, "now" if row is current else state))
    context = {
        "plan": plan,
        "rows": rows,
        "form": form,
        "spaces": Space.objects.filter(rate_plan=plan).select_related("location")[:200],
    }
    return render(request, "frontend/staff/rate.html", context, status=status)
