"""The processor register: who works on personal data for us, and what waits without them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from frontend.forms.staff_processors import ProcessorForm, processor_initial
from frontend.views.staff_guard import staff_page
from privacy.categories import CATEGORIES
from privacy.errors import DomainError
from privacy.models import Processor
from privacy.processor_services import ACT, processor_add, processor_change, processor_end
from privacy.processors import REASONS, days_left, services, today, trouble_of
from privacy.register import (
    Waiting,
    processor_get,
    processor_history,
    processors_by_service,
    waiting_messages,
)
from privacy.words import category_words

METHODS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Row:
    """One processor as the page shows it; `badge` is confirmed, pending, no_show or ""."""

    processor: Processor
    service: Any
    left: int | None
    badge: str
    state: Any
    mechanism: str


@require_http_methods(METHODS)
@staff_page(ACT)
def processors(request: HttpRequest, actor: User) -> HttpResponse:
    """What waits, the register, and a form for a new entry."""
    if request.method != "POST":
        return _list_page(request, actor, ProcessorForm())
    form = ProcessorForm(request.POST)
    if form.is_valid():
        try:
            made = processor_add(actor=actor, facts=form.facts())
        except DomainError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("%(name)s stands in the register.") % {"name": made.name})
            return HttpResponseRedirect(reverse("frontend:processors"))
    return _list_page(request, actor, form, status=422)


@require_http_methods(METHODS)
@staff_page(ACT)
def processor(request: HttpRequest, actor: User, processor_id: UUID) -> HttpResponse:
    """One entry: renew or correct it, end it, and its history."""
    row = processor_get(actor, processor_id)
    if request.method != "POST":
        form = ProcessorForm(initial=processor_initial(row))
        return _page(request, actor, row, form, version=row.version)
    form, version = ProcessorForm(request.POST), _version(request)
    if not form.is_valid():
        return _page(request, actor, row, form, version=version, status=422)
    try:
        kept = processor_change(
            actor=actor, processor_id=row.id, version=version, facts=form.facts()
        )
    except DomainError as error:
        _refuse(form, error)
        # What was typed stays; after a 412, saving again replaces what is stored now.
        shown = row.version if error.status == 412 else version
        return _page(request, actor, row, form, version=shown, status=error.status)
    trouble = trouble_of(kept, today())
    if trouble:
        words = _("Saved. Nothing goes to them yet: %(reason)s")
        messages.warning(request, words % {"reason": REASONS[trouble]})
    else:
        messages.success(request, _("Saved. Messages that waited for it leave within a minute."))
    return HttpResponseRedirect(reverse("frontend:processors"))


@require_POST
@staff_page(ACT)
def end(request: HttpRequest, actor: User, processor_id: UUID) -> HttpResponse:
    """End the work with a processor."""
    row = processor_get(actor, processor_id)
    try:
        processor_end(actor=actor, processor_id=row.id, version=_version(request))
    except DomainError as error:
        if error.status in {403, 404, 503}:
            raise
        messages.error(request, error.detail)
        return HttpResponseRedirect(reverse("frontend:processor", args=[row.id]))
    messages.success(request, _("The work with %(name)s has ended.") % {"name": row.name})
    return HttpResponseRedirect(reverse("frontend:processors"))


def _version(request: HttpRequest) -> int:
    """The version the form was of; 0, which no entry has, for anything odd."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _refuse(form: ProcessorForm, error: DomainError) -> None:
    if error.status in {403, 404, 503}:
        raise error
    form.refuse(error)


def _list_page(
    request: HttpRequest, actor: User, form: ProcessorForm, *, status: int = 200
) -> HttpResponse:
    waiting = waiting_messages(actor)
    context = {
        "rows": [_row(each, reason) for each, reason in processors_by_service(actor)],
        "form": form,
        "waiting": [_waiting(each) for each in waiting],
    }
    return render(request, "frontend/staff/processors.html", context, status=status)


def _waiting(each: Waiting) -> dict[str, Any]:
    return {"channel": each.channel_words, "reason": REASONS[each.reason], "count": each.count}


def _page(
    request: HttpRequest,
    actor: User,
    row: Processor,
    form: ProcessorForm,
    *,
    version: int,
    status: int = 200,
) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "version": version,
        "ended": row.state == Processor.State.ENDED,
        "categories": [category_words(code) for code in row.categories if code in CATEGORIES],
        "service": services()[row.service].label if row.service in services() else row.service,
        "events": processor_history(actor, row.id),
        "stale": status == 412,
    }
    return render(request, "frontend/staff/processor.html", context, status=status)


def _row(row: Processor, reason: str) -> Row:
    service = services().get(row.service)
    left = days_left(row)
    badge: str
    state: Any
    if row.state == Processor.State.ENDED:
        badge, state = "", row.get_state_display()
    elif reason:
        badge, state = "no_show", REASONS[reason]
    elif left is not None and left <= 30:
        badge, state = "pending", _("Ends soon")
    else:
        badge, state = "confirmed", _("In force")
    return Row(row, service or row.service, left, badge, state, row.get_mechanism_display())
