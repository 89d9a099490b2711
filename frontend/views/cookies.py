"""The cookie page: what is kept in a browser, and the answer about what may be."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from frontend.browser_rows import kind_label, rows
from frontend.habit_words import SIGNAL
from frontend.people import actor_of
from frontend.tracking import is_recorded, question, shown_under
from frontend.views.account_guard import safe_next
from privacy.activity import activity_switch
from privacy.cookies import CHOICE_COOKIE, OPTIONAL, Kind, asked_kinds
from privacy.errors import DomainError
from privacy.middleware import choices_keep, choices_of

#: Since when Ruang honours Global Privacy Control (the specification's gpc.json).
GPC_SINCE: Final = "2026-11-25"


@never_cache
@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """The list, and the choices where there is something to choose."""
    return _page(request)


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Refuse, accept, save what is ticked, or forget what was answered; then back."""
    act = request.POST.get("act", "")
    back = safe_next(request, reverse("frontend:cookies"))
    if act == "forget":
        response: HttpResponse = HttpResponseRedirect(back)
        response.delete_cookie(CHOICE_COOKIE, samesite="Lax")
        messages.success(request, _("The answer is forgotten; the cookie is deleted."))
        return response
    if act not in {"refuse", "accept", "save"}:
        return _page(request, trouble=_("Choose one of the three buttons."), status=422)
    wanted = _wanted(request, act)
    trouble = _refusal(request, wanted)
    if trouble:
        return _page(request, trouble=trouble, status=422)
    try:
        _tell(request, wanted)
    except DomainError as error:
        return _page(request, trouble=error.detail, status=error.status)
    response = HttpResponseRedirect(back)
    choices_keep(request, response, wanted)
    messages.success(request, _saved(wanted))
    return response


@require_safe
def gpc(request: HttpRequest) -> JsonResponse:
    """The statement that Global Privacy Control is honoured (its specification, section 4)."""
    return JsonResponse({"gpc": True, "lastUpdate": GPC_SINCE})


def _wanted(request: HttpRequest, act: str) -> frozenset[str]:
    asked = [kind.value for kind in asked_kinds()]
    if act == "save":
        return frozenset(kind for kind in asked if kind in request.POST)
    return frozenset(asked if act == "accept" else ())


def _refusal(request: HttpRequest, wanted: frozenset[str]) -> str:
    """Why this yes cannot be taken, or ""; a no always can."""
    if not wanted:
        return ""
    if choices_of(request).signal:
        return str(SIGNAL)
    if actor_of(request) is None:
        return _("Nothing optional is kept for visitors. Sign in first if you want to allow it.")
    return ""


def _tell(request: HttpRequest, wanted: frozenset[str]) -> None:
    """Write a signed-in person's answer into the ledger; a visitor's stays in the browser."""
    actor = actor_of(request)
    if actor is not None and Kind.INSIGHT in asked_kinds():
        activity_switch(
            subject_id=actor.subject_id,
            on=Kind.INSIGHT in wanted,
            form="cookies",
            **shown_under(request),
        )


def _saved(wanted: frozenset[str]) -> str:
    if not wanted:
        return _("Saved: necessary cookies only.")
    names = [kind_label(kind) for kind in OPTIONAL if kind in wanted]
    return _("Saved. Allowed besides the necessary: %(names)s.") % {"names": ", ".join(names)}


def _page(request: HttpRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    choices = choices_of(request)
    listed = rows(request)
    context: dict[str, Any] = {
        "choices": choices,
        "asked": asked_kinds(),
        "essential": [row for row in listed if row.kind == Kind.ESSENTIAL],
        "insight_on": choices.allows(Kind.INSIGHT) and is_recorded(request),
        "rows": listed,
        "trouble": trouble,
        "question": question(),
    }
    response = render(request, "frontend/privacy/cookies.html", context, status=status)
    patch_vary_headers(response, ("Sec-GPC", "DNT"))
    return response
