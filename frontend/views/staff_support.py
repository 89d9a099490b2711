"""The inbox of customer service: take, hand over, answer, note calls, resolve."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from frontend.forms.support import AnswerForm, CallForm, NewCallForm, OpeningForm
from frontend.threads import WAY_ICONS, badge, lines_of, party_name
from frontend.views.staff_guard import staff_page
from privacy import clock
from privacy.errors import DomainError
from support import selectors, services
from support.models import Conversation
from support.people import messenger_on, names_of, party_of
from support.services import Caller

ANSWER = "support.answer"
SHOWS = ("all", "mine", "new", "ended")
READ_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_safe
@staff_page(ANSWER)
def inbox(request: HttpRequest, actor: User) -> HttpResponse:
    """The list; a number in the search leads to its conversation."""
    number = request.GET.get("q", "").strip()
    if number:
        found = selectors.inbox_number(actor=actor, number=number)
        if found is not None:
            url = reverse("frontend:staff-conversation", args=[found.id])
            return HttpResponseRedirect(url)
    context = _list(request, actor) | {"number": number[:20], "unknown": bool(number)}
    return render(request, "frontend/staff/support.html", context)


@never_cache
@READ_OR_SEND
@staff_page(ANSWER)
def new_call(request: HttpRequest, actor: User) -> HttpResponse:
    """Somebody called who has no conversation yet."""
    form = NewCallForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = _start_call(actor, form)
            except DomainError as error:
                if error.status in {403, 503}:
                    raise
                form.refuse(error)
                status = error.status
            else:
                url = reverse("frontend:staff-conversation", args=[made.id])
                return HttpResponseRedirect(url)
    return render(request, "frontend/staff/support_call.html", {"form": form}, status=status)


@never_cache
@READ_OR_SEND
@staff_page(ANSWER, "support.ask_opening")
def conversation(request: HttpRequest, actor: User, conversation_id: UUID) -> HttpResponse:
    """One conversation: its contents for the person it is assigned to, else its frame."""
    found = selectors.conversation_for_staff(actor, conversation_id)
    if request.method != "POST":
        return page(request, actor, found)
    act = request.POST.get("act", "")
    if act == "canned":
        return page(request, actor, found)
    try:
        said = _act(act, actor, found, request)
    except DomainError as error:
        if error.status in {404, 503}:
            raise
        again = selectors.conversation_for_staff(actor, conversation_id)
        return page(request, actor, again, refused=error, status=error.status)
    messages.success(request, said)
    return HttpResponseRedirect(request.path)


def page(
    request: HttpRequest,
    actor: User,
    found: Conversation,
    *,
    refused: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The conversation beside the list."""
    mine = found.assignee_id == actor.subject_id and actor.may(ANSWER)
    context = _list(request, actor) if actor.may(ANSWER) else {}
    context |= _frame(actor, found) | {"mine": mine, "refused": refused, "picked": found.id}
    context |= _contents(request, actor, found, refused) if mine else _sealed(request, actor, found)
    return render(request, "frontend/staff/support_conversation.html", context, status=status)


def _frame(actor: User, found: Conversation) -> dict[str, Any]:
    state, glyph = badge(found)
    assignee = names_of([found.assignee_id]).get(found.assignee_id, "") if found.assignee_id else ""
    return {
        "conversation": found,
        "badge": state,
        "glyph": glyph,
        "way_icon": WAY_ICONS[found.channel],
        "assignee": assignee,
        "may_answer": actor.may(ANSWER),
    }


def _contents(
    request: HttpRequest, actor: User, found: Conversation, refused: DomainError | None
) -> dict[str, Any]:
    services.contents_require(actor=actor, conversation_id=found.id)
    selectors.note_party(actor, found)
    party = party_of(found)
    thread = selectors.thread(found, told_only=False)
    colleagues = [user for user in services.colleagues() if user.id != actor.id]
    return {
        "party": party,
        "name": party.name or _("The person"),
        "lines": lines_of(thread, person=party.name, own=False),
        "answer": _answer_form(request, found, refused),
        "call": _bound(request, "note", CallForm, refused),
        "colleagues": colleagues,
        "messenger_off": found.channel == Conversation.Channel.WHATSAPP and not messenger_on(),
    }


def _sealed(request: HttpRequest, actor: User, found: Conversation) -> dict[str, Any]:
    """What stands in the place of the contents: the ways to them."""
    working = found.assignee_id is not None and found.assignee_id in {
        user.subject_id for user in services.colleagues()
    }
    return {
        "free": not working,
        "own": found.person_id == actor.subject_id,
        "colleagues": services.colleagues() if not working else [],
        "asked": selectors.openings_asked(actor, found),
        "opened": services.opening_of(actor, found),
        "opening": _bound(request, "open", OpeningForm, None),
        "now": clock.now(),
    }


def _answer_form(
    request: HttpRequest, found: Conversation, refused: DomainError | None
) -> AnswerForm:
    rows = selectors.canned(found.topic)
    english = found.language == "en"
    canned = [(str(row.id), row.title_en if english else row.title_id) for row in rows]
    initial = {"channel": found.channel}
    act = request.POST.get("act", "")
    if act not in {"answer", "answer-resolve", "canned"}:
        return AnswerForm(initial=initial, canned=canned)
    if act == "canned":
        words = selectors.canned_text(request.POST.get("canned", ""), found.language)
        typed = request.POST.get("words", "").rstrip()
        initial["words"] = f"{typed}\n\n{words}".strip() if words else typed
        return AnswerForm(initial=initial, canned=canned)
    # The way may have changed since the form was shown; the next try is by the present one.
    posted = request.POST.copy()
    posted["channel"] = found.channel
    form = AnswerForm(posted, canned=canned)
    if refused is not None:
        form.is_valid()
        form.refuse(refused)
    return form


def _bound(request: HttpRequest, act: str, kind: type[Any], refused: DomainError | None) -> Any:
    """The form of one act: with what was typed when that act was refused, else empty."""
    if request.method != "POST" or request.POST.get("act") != act:
        return kind()
    form = kind(request.POST)
    form.is_valid()
    if refused is not None and not form.errors:
        form.refuse(refused)
    return form


def _act(act: str, actor: User, found: Conversation, request: HttpRequest) -> str:
    whose: dict[str, Any] = {"actor": actor, "conversation_id": found.id}
    text = request.POST.get("words", "")
    if act == "take":
        services.conversation_take(**whose)
        return _("It is yours now, and open to you.")
    if act == "assign":
        services.conversation_assign(**whose, to=_colleague(request))
        return _("Handed over.")
    if act == "release":
        services.conversation_release(**whose)
        return _("Given back for others to take.")
    if act == "ask-for":
        services.conversation_ask_for(**whose)
        return _("Your colleague is told by mail.")
    if act in {"answer", "answer-resolve"}:
        channel = request.POST.get("channel", "")
        resolve = act == "answer-resolve"
        services.conversation_answer(**whose, text=text, channel=channel, resolve=resolve)
        return _("Answered.")
    return _act_further(act, whose, request, text)


def _act_further(act: str, whose: dict[str, Any], request: HttpRequest, text: str) -> str:
    if act == "note":
        services.call_note(**whose, caller=request.POST.get("caller", ""), text=text)
        return _("The call is noted.")
    if act == "resolve":
        services.conversation_resolve(**whose)
        return _("Marked as resolved.")
    if act == "open":
        ground, reason = request.POST.get("ground", ""), request.POST.get("reason", "")
        services.opening_ask(**whose, ground=ground, reason=reason)
        return _("A second person is asked. You are told here.")
    raise Http404


def _colleague(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("to", ""))
    except ValueError:
        raise Http404 from None


def _list(request: HttpRequest, actor: User) -> dict[str, Any]:
    show = request.GET.get("show", "all")
    show = show if show in SHOWS else "all"
    listed = selectors.inbox(actor=actor, show=show, after=request.GET.get("after", ""))  # type: ignore[arg-type]
    names: dict[Any, str] = {**names_of([row.assignee_id for row in listed.rows])}
    rows = [(row, party_name(row), names.get(row.assignee_id), *badge(row)) for row in listed.rows]
    return {
        "rows": rows,
        "after": listed.after,
        "show": show,
        "shows": [
            ("all", _("All open")),
            ("mine", _("Mine")),
            ("new", _("Unassigned")),
            ("ended", _("Ended")),
        ],
        "waiting": selectors.waiting(actor),
        "now": clock.now(),
    }


def _start_call(actor: User, form: NewCallForm) -> Conversation:
    caller = Caller(**form.text("name", "email", "phone", "language", "topic"))
    text = form.text("words")["words"]
    return services.conversation_start_call(actor=actor, caller=caller, text=text)
