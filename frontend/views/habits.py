"""What is recorded or learnt under a person's consent: see it, delete it, switch it off."""

from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from frontend import habit_words as words
from frontend.people import signed_in
from frontend.tracking import question, shown_under
from privacy import clock
from privacy import preferences as habits
from privacy.activity import (
    activity_allowed,
    activity_clear,
    activity_of,
    activity_switch,
    counts_of,
)
from privacy.cookies import Kind
from privacy.errors import DomainError
from privacy.middleware import choices_keep, choices_of

PER_PAGE: Final = 50
COUNTED_DAYS: Final = 365


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def activity(request: HttpRequest) -> HttpResponse:
    """The activity record; POST act=on, off or delete."""
    if request.method != "POST":
        return _activity_page(request)
    act = request.POST.get("act", "")
    subject_id = signed_in(request).subject_id
    response = HttpResponseRedirect(request.path)
    if act == "delete":
        activity_clear(subject_id=subject_id)
        messages.success(request, _("The record is deleted. It goes on as you have set it."))
        return response
    if act not in {"on", "off"}:
        return _activity_page(request, trouble=_("Choose one of the buttons."), status=422)
    if act == "on" and choices_of(request).signal:
        return _activity_page(request, trouble=str(words.SIGNAL), status=422)
    try:
        activity_switch(
            subject_id=subject_id, on=act == "on", form="activity", **shown_under(request)
        )
    except DomainError as error:
        return _activity_page(request, trouble=error.detail, status=error.status)
    kept = choices_of(request).accepted - {Kind.INSIGHT}
    choices_keep(request, response, kept | ({Kind.INSIGHT.value} if act == "on" else set()))
    messages.success(
        request,
        _("On. Pages you open from now on are recorded.")
        if act == "on"
        else _("Off. Nothing more is recorded, and what was recorded is deleted."),
    )
    return response


def _activity_page(request: HttpRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    actor = signed_in(request)
    choices = choices_of(request)
    pages = Paginator(activity_of(actor.subject_id), PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    since = clock.now().date() - timedelta(days=COUNTED_DAYS)
    context: dict[str, Any] = {
        "actor": actor,
        "allowed": activity_allowed(actor.subject_id),
        "here": choices.allows(Kind.INSIGHT),
        "signal": choices.signal,
        "question": question(),
        "count": pages.count,
        "shown": shown,
        "rows": [words.Opened.of(entry) for entry in shown],
        "left": [words.Counted.of(cell) for cell in counts_of(since)[:PER_PAGE]],
        "trouble": trouble,
    }
    return render(request, "frontend/privacy/activity.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Suggestions; POST act=on, off or reset."""
    if request.method != "POST":
        return _preferences_page(request)
    act = request.POST.get("act", "")
    subject_id = signed_in(request).subject_id
    response = HttpResponseRedirect(request.path)
    if act == "reset":
        habits.profile_reset(subject_id=subject_id)
        messages.success(request, _("Forgotten. Suggestions start anew with your next bookings."))
        return response
    if act not in {"on", "off"}:
        return _preferences_page(request, trouble=_("Choose one of the buttons."), status=422)
    try:
        habits.profile_switch(
            subject_id=subject_id, on=act == "on", form="preferences", **shown_under(request)
        )
    except DomainError as error:
        return _preferences_page(request, trouble=error.detail, status=error.status)
    messages.success(
        request,
        _("On. Your next bookings are learnt from.")
        if act == "on"
        else _("Off. Nothing more is learnt, and what was learnt is forgotten."),
    )
    return response


def _preferences_page(
    request: HttpRequest, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    subject_id = signed_in(request).subject_id
    learnt = habits.choices_of(subject_id)
    context = {
        "allowed": habits.profile_allowed(subject_id),
        "question": question(habits.PURPOSE),
        "habit": words.facts_of(habits.suggestion_of(learnt)),
        "learnt": [words.facts_of(choice) for choice in learnt],
        "most": habits.REMEMBERED,
        "least": habits.LEAST,
        "trouble": trouble,
    }
    return render(request, "frontend/privacy/preferences.html", context, status=status)
