"""Break-glass: requests that wait for a second person, and reading through an opening."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from frontend.threads import lines_of, party_name
from frontend.views.staff_guard import staff_page
from frontend.views.staff_support import page
from support import selectors, services
from support.errors import OpeningDecided, SamePerson, SealedConversation
from support.people import names_of

VERBS = {
    "approve": services.opening_approve,
    "refuse": services.opening_refuse,
    "withdraw": services.opening_withdraw,
}


@never_cache
@require_safe
@staff_page("support.approve_opening")
def pending(request: HttpRequest, actor: User) -> HttpResponse:
    """What waits for a decision: who asks, why; no contents."""
    rows = selectors.openings_pending(actor)
    names = names_of([row.requester_id for row in rows])
    listed = [(row, names.get(row.requester_id, ""), row.requester_id == actor.subject_id)
              for row in rows]  # fmt: skip
    return render(request, "frontend/staff/openings.html", {"rows": listed})


@require_POST
@staff_page("support.approve_opening", "support.ask_opening")
def decide(request: HttpRequest, actor: User, opening_id: UUID, verb: str) -> HttpResponse:
    """Approve, refuse, or withdraw one's own request."""
    if verb not in VERBS:
        raise Http404
    try:
        opening = VERBS[verb](actor=actor, opening_id=opening_id)
    except (OpeningDecided, SamePerson) as error:
        messages.error(request, error.detail)
        decides = actor.may("support.approve_opening")
        name = "staff-openings" if decides else "staff-support"
        return HttpResponseRedirect(reverse(f"frontend:{name}"))
    said = {
        "approve": _("Approved for half an hour. The person is told."),
        "refuse": _("Refused. Nothing was opened."),
        "withdraw": _("Withdrawn. Nothing was opened."),
    }
    messages.success(request, said[verb])
    if verb == "withdraw":
        url = reverse("frontend:staff-conversation", args=[opening.conversation_id])
        return HttpResponseRedirect(url)
    return HttpResponseRedirect(reverse("frontend:staff-openings"))


@never_cache
@require_safe
@staff_page("support.answer", "support.ask_opening")
def contents(request: HttpRequest, actor: User, conversation_id: UUID) -> HttpResponse:
    """Read, by assignment or through an opening; otherwise 403 and an entry in the log (P25)."""
    found = selectors.conversation_for_staff(actor, conversation_id)
    try:
        opening = services.contents_require(actor=actor, conversation_id=conversation_id)
    except SealedConversation as error:
        return page(request, actor, found, refused=error, status=403)
    selectors.note_party(actor, found)
    name = party_name(found)
    thread = selectors.thread(found, told_only=False)
    context = {
        "conversation": found,
        "opening": opening,
        "name": name or _("The person"),
        "lines": lines_of(thread, person=name, own=False),
    }
    return render(request, "frontend/staff/support_contents.html", context)
