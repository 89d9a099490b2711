"""Announcements: write, preview in both languages, hand over, approve, watch, cancel."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from frontend.forms.staff_announcements import AnnouncementForm, announcement_initial
from frontend.views.staff_guard import staff_page
from privacy import announcements as services
from privacy.announcement_reads import (
    announcement_count,
    announcement_events,
    announcement_get,
    announcement_preview,
    announcement_progress,
    announcements_of,
)
from privacy.announcements import APPROVE, WRITE
from privacy.audiences import Target, audience_words
from privacy.errors import DomainError
from privacy.models import Announcement
from privacy.promotion import promotion_hints

METHODS = ["GET", "HEAD", "POST"]
State = Announcement.State
PAGE: Final = 30
#: How the look draws each state.
BADGES: Final = {
    State.DRAFT: "",
    State.SUBMITTED: "pending",
    State.SENDING: "held",
    State.SENT: "done",
    State.CANCELLED: "cancelled",
}
DONE: Final = {
    "submit": gettext_lazy("Handed over. Somebody else reads it now."),
    "approve": gettext_lazy("Approved. The messages leave now."),
    "return": gettext_lazy("Handed back to be rewritten."),
    "cancel": gettext_lazy("Cancelled. What had not left yet stays here."),
}


@require_safe
@staff_page(WRITE, APPROVE)
def listed(request: HttpRequest, actor: User) -> HttpResponse:
    """The newest first, 30 a page."""
    found = announcements_of(actor, before=_uuid(request.GET.get("before", "")))
    shown = found[:PAGE]
    words = audience_words(_target(row) for row in shown)
    context = {
        "rows": [(row, BADGES[State(row.state)], words[_target(row)]) for row in shown],
        "next": shown[-1].id if len(found) > PAGE else None,
        "further": bool(request.GET.get("before")),
        "may_write": actor.may(WRITE),
    }
    return render(request, "frontend/staff/announcements.html", context)


@require_http_methods(METHODS)
@staff_page(WRITE)
def compose(request: HttpRequest, actor: User) -> HttpResponse:
    """A new draft."""
    form = AnnouncementForm(request.POST if request.method == "POST" else None)
    return _form_page(request, form, None, lambda facts: services.announcement_write(
        actor=actor, facts=facts
    ))  # fmt: skip


@require_http_methods(METHODS)
@staff_page(WRITE)
def edit(request: HttpRequest, actor: User, announcement_id: UUID) -> HttpResponse:
    """Rewrite a draft."""
    row = announcement_get(actor, announcement_id)
    if request.method == "POST":
        form = AnnouncementForm(request.POST)
    else:
        form = AnnouncementForm(initial=announcement_initial(row))
    return _form_page(request, form, row, lambda facts: services.announcement_change(
        actor=actor, announcement_id=row.id, version=_version(request), facts=facts
    ))  # fmt: skip


@require_safe
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type] # it knows no path arguments
@staff_page(WRITE, APPROVE)
def announcement(request: HttpRequest, actor: User, announcement_id: UUID) -> HttpResponse:
    """The mail in both languages, how many receive it, what may be done, how far it is."""
    return _page(request, actor, announcement_get(actor, announcement_id))


@require_safe
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type] # it knows no path arguments
    {
        "default-src": ["'none'"],
        "script-src": None,
        "style-src": ["'unsafe-inline'"],
        "img-src": None,
        "font-src": None,
        "connect-src": None,
        "manifest-src": None,
        "form-action": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
        "sandbox": [],
    }
)
@staff_page(WRITE, APPROVE)
def mail(request: HttpRequest, actor: User, announcement_id: UUID, language: str) -> HttpResponse:
    """The HTML of the mail, alone, for the frame of the preview."""
    if language not in {"id", "en"}:
        raise Http404
    row = announcement_get(actor, announcement_id)
    return HttpResponse(announcement_preview(actor, row, language).html)


@require_POST
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type] # it knows no path arguments
@staff_page(WRITE, APPROVE)
def act(request: HttpRequest, actor: User, announcement_id: UUID, verb: str) -> HttpResponse:
    """Submit, approve, return or cancel; a refusal shows the page again with its reason."""
    row = announcement_get(actor, announcement_id)
    acts: dict[str, Callable[..., Announcement]] = {
        "submit": services.announcement_submit,
        "approve": services.announcement_approve,
        "return": services.announcement_return,
        "cancel": services.announcement_cancel,
    }
    if verb not in acts:
        raise Http404
    more = {"confirmed": request.POST.get("confirmed") == "yes"} if verb == "approve" else {}
    try:
        acts[verb](actor=actor, announcement_id=row.id, version=_version(request), **more)
    except DomainError as error:
        if error.status in {404, 503}:
            raise
        row.refresh_from_db()
        return _page(request, actor, row, refused=error.detail, status=error.status)
    messages.success(request, str(DONE[verb]))
    return HttpResponseRedirect(reverse("frontend:announcement", args=[row.id]))


def _form_page(
    request: HttpRequest,
    form: AnnouncementForm,
    row: Announcement | None,
    save: Callable[[Any], Announcement],
) -> HttpResponse:
    status, version = 200, row.version if row else 0
    if request.method == "POST":
        status, version = 422, _version(request)
        if form.is_valid():
            try:
                kept = save(form.facts())
            except DomainError as error:
                if error.status in {403, 404, 503}:
                    raise
                form.refuse(error)
                status = error.status
                version = row.version if row and status == 412 else version
            else:
                return HttpResponseRedirect(reverse("frontend:announcement", args=[kept.id]))
    context = {"form": form, "row": row, "version": version, "stale": status == 412}
    return render(request, "frontend/staff/announcement_form.html", context, status=status)


def _page(
    request: HttpRequest,
    actor: User,
    row: Announcement,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    is_open = row.state in {State.DRAFT, State.SUBMITTED}
    begun = row.state in {State.SENDING, State.SENT, State.CANCELLED} and row.approver_id
    context = {
        "row": row,
        "badge": BADGES[State(row.state)],
        "where": audience_words([_target(row)])[_target(row)],
        "count": announcement_count(actor, row) if is_open else row.recipient_count,
        "hints": promotion_hints(row.title_id, row.body_id, row.title_en, row.body_en),
        "mails": [(code, announcement_preview(actor, row, code)) for code in ("id", "en")],
        "events": announcement_events(actor, row),
        "progress": announcement_progress(actor, row) if begun else None,
        "may_write": actor.may(WRITE),
        "may_approve": actor.may(APPROVE),
        "is_author": row.author_id == actor.subject_id,
        "refused": refused,
    }
    return render(request, "frontend/staff/announcement.html", context, status=status)


def _target(row: Announcement) -> Target:
    return row.audience, row.audience_ref


def _version(request: HttpRequest) -> int:
    """The version the form was of; 0, which no announcement has, for anything odd."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def _uuid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None
