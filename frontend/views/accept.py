"""Changed terms and policy: the person answers yes or no; silence leaves all as it was."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import services
from frontend.formats import language
from frontend.people import signed_in
from privacy import policy
from privacy.agreements import shown_in, shown_now
from privacy.policy import PolicyOutdated
from privacy.purposes import PURPOSES


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def accept(request: HttpRequest) -> HttpResponse:
    """What changed, and two buttons of the same size."""
    actor = signed_in(request)
    if request.method != "POST":
        return _page(request)
    answer = request.POST.get("answer", "")
    shown = shown_in({**request.POST.dict(), "accept": "yes"})
    if answer not in {"yes", "no"} or shown is None:
        return _page(request, status=422, refused=_("Choose one of the two answers."))
    try:
        services.terms_answer(actor=actor, shown=shown, accepts=answer == "yes")
    except PolicyOutdated as error:
        return _page(request, status=error.status, refused=error.detail)
    messages.success(
        request,
        _("Thank you; your answer is on record.")
        if answer == "yes"
        else _("Noted. What you agreed to before goes on as it was."),
    )
    return HttpResponseRedirect(reverse("frontend:privacy"))


def _page(request: HttpRequest, *, status: int = 200, refused: str = "") -> HttpResponse:
    actor = signed_in(request)
    documents = [
        _document(policy.TERMS, actor.terms_answered),
        _document(policy.POLICY, actor.policy_answered),
    ]
    context: dict[str, Any] = {
        "shown": shown_now(),
        "refused": refused,
        "documents": documents,
        "done": all(document["answered"] for document in documents),
    }
    return render(request, "frontend/privacy/accept.html", context, status=status)


def _document(document: str, answered: int) -> dict[str, Any]:
    """A document as the page shows it; `answered` is the newest version the person answered."""
    version = policy.current(document)
    tongue = language()
    return {
        "name": document,
        "version": version,
        "title": version.titles[tongue],
        "summary": version.summaries[tongue],
        "before": answered,
        "answered": answered >= version.number,
        "purposes": [PURPOSES[code] for code in version.asks_again if code in PURPOSES],
    }
