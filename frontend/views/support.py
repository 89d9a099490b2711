"""Asking customer service, and one's own conversations: by account, or by a mail's link."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.backends import client_ip
from frontend.formats import language
from frontend.forms.support import ChannelForm, QuestionForm, VisitorQuestionForm, WriteForm
from frontend.people import actor_of, signed_in
from frontend.threads import badge, lines_of
from privacy.consent import purpose_allowed
from privacy.errors import DomainError, NotFound
from support import selectors, services
from support.errors import LinkExpired, TooMany
from support.links import conversation_of_token
from support.models import Conversation
from support.people import Speaker, messenger_on, speaker_of, ways_for_account
from support.rules import FORMS_AN_HOUR
from support.services import Question, Visitor

READ_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])
VISITOR_WAYS = ("email", "phone")
DONE = {
    "write": _("Your message is with us."),
    "channel": _("From now on we answer that way."),
    "close": _("The conversation is closed."),
    "reopen": _("The conversation is open again."),
}


@never_cache
@require_safe
def conversations(request: HttpRequest) -> HttpResponse:
    """The person's conversations; a visitor is led to the form."""
    actor = actor_of(request)
    if actor is None:
        return HttpResponseRedirect(reverse("frontend:support-new"))
    page = selectors.conversations_of(speaker_of(actor), after=request.GET.get("after", ""))
    rows = [(row, *badge(row)) for row in page.rows]
    context = {"rows": rows, "after": page.after}
    return render(request, "frontend/support/list.html", context)


@never_cache
@READ_OR_SEND
def ask(request: HttpRequest) -> HttpResponse:
    """The form: short for people who are signed in, with name and address for others."""
    form = _question_form(request)
    if request.method != "POST":
        return _form_page(request, form, 200)
    if isinstance(form, VisitorQuestionForm) and form.is_trap_sprung:
        return HttpResponseRedirect(reverse("frontend:support-sent"))
    if not form.is_valid():
        return _form_page(request, form, 422)
    try:
        made = _start(request, form)
    except DomainError as error:
        if error.status in {403, 503}:
            raise
        form.refuse(error)
        return _form_page(request, form, error.status)
    if actor_of(request) is None:
        return HttpResponseRedirect(f"{reverse('frontend:support-sent')}?number={made.number}")
    messages.success(request, _("Your question is with us: number %(n)s.") % {"n": made.number})
    return HttpResponseRedirect(reverse("frontend:support-conversation", args=[made.id]))


@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Thanks to a visitor, with the number; it says the same whoever asks."""
    number = request.GET.get("number", "")
    number = number if number.isascii() and number.isdigit() and len(number) < 19 else ""
    return render(request, "frontend/support/sent.html", {"number": number})


@never_cache
@READ_OR_SEND
@login_required
def conversation(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """One conversation: read, write, choose the way, close, reopen."""
    return _conversation(request, speaker_of(signed_in(request)), conversation_id)


@never_cache
@READ_OR_SEND
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same for whoever has the mail with the link. A GET changes nothing but "seen"."""
    try:
        conversation_id = conversation_of_token(token)
        found = Conversation.objects.filter(id=conversation_id).first()
        if found is None:
            raise Http404
        answer = _conversation(request, Speaker(found.person_id, found.id), found.id, by_link=True)
    except NotFound:
        raise Http404 from None
    except LinkExpired:
        answer = _expired(request, token)
    # The address is a key; it must not travel to other pages.
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _expired(request: HttpRequest, token: str) -> HttpResponse:
    """Offers a new link, which goes to the same mailbox and nowhere else."""
    done = request.method == "POST"
    if done:
        services.link_send(conversation_id=conversation_of_token(token, expired_too=True))
    # 200, since Django logs the address of a 4xx, and this one is a key.
    return render(request, "frontend/support/expired.html", {"done": done})


def _conversation(
    request: HttpRequest, speaker: Speaker, conversation_id: UUID, *, by_link: bool = False
) -> HttpResponse:
    found = selectors.conversation_of_person(speaker, conversation_id)
    if request.method != "POST":
        response = _page(request, speaker, found, by_link=by_link)
        if request.method == "GET":
            services.conversation_seen(speaker=speaker, conversation_id=found.id)
        return response
    act = request.POST.get("act", "")
    try:
        _act(act, speaker, found, request.POST)
    except DomainError as error:
        if error.status in {403, 404, 503}:
            raise
        # By a link 200: Django logs the address of a 4xx, and this one is a key.
        status = 200 if by_link else error.status
        return _page(request, speaker, found, by_link=by_link, refused=error, status=status)
    messages.success(request, str(DONE[act]))
    return HttpResponseRedirect(request.path)


def _act(act: str, speaker: Speaker, found: Conversation, data: Mapping[str, Any]) -> None:
    whose: dict[str, Any] = {"speaker": speaker, "conversation_id": found.id}
    if act == "write":
        services.message_write(**whose, text=str(data.get("words", "")))
    elif act == "channel":
        services.conversation_channel_set(**whose, channel=str(data.get("channel", "")))
    elif act == "close":
        services.conversation_close(**whose)
    elif act == "reopen":
        services.conversation_reopen(**whose)
    else:
        raise Http404


def _page(
    request: HttpRequest,
    speaker: Speaker,
    found: Conversation,
    *,
    by_link: bool,
    refused: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    write = WriteForm(posted if refused and posted and posted.get("act") == "write" else None)
    ways = services.ways_of(found)
    shown = ways if found.channel in ways else [*ways, found.channel]
    channel = ChannelForm(initial={"channel": found.channel}, channels=shown)
    if refused is not None and write.is_bound:
        write.is_valid()
        if not write.errors:
            write.refuse(refused)
    state, glyph = badge(found)
    thread = selectors.thread(found, told_only=True)
    context = {
        "conversation": found,
        "lines": lines_of(thread, person="", own=True),
        "write": write,
        "channel": channel,
        "ways": ways,
        "refused": refused if refused is not None and not write.is_bound else None,
        "badge": state,
        "glyph": glyph,
        "by_link": by_link,
        "whatsapp_number": settings.WHATSAPP_NUMBER,
        "offer_whatsapp": not by_link and _offer_whatsapp(speaker.subject_id),
    }
    return render(request, "frontend/support/conversation.html", context, status=status)


def _question_form(request: HttpRequest) -> QuestionForm:
    actor = actor_of(request)
    posted = request.POST if request.method == "POST" else None
    topic = request.GET.get("topic", "")
    initial = {"topic": topic if topic in Conversation.Topic.values else ""}
    if actor is not None:
        return QuestionForm(posted, initial=initial, channels=ways_for_account(actor))
    return VisitorQuestionForm(posted, initial=initial, channels=VISITOR_WAYS)


def _form_page(request: HttpRequest, form: QuestionForm, status: int) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "form": form,
        "visitor": actor is None,
        "actor": actor,
        "offer_whatsapp": actor is not None and _offer_whatsapp(actor.subject_id),
    }
    return render(request, "frontend/support/ask.html", context, status=status)


def _offer_whatsapp(subject_id: UUID) -> bool:
    """Whether to say that WhatsApp could be chosen after agreeing to it."""
    return messenger_on() and not purpose_allowed(subject_id, "whatsapp")


def _start(request: HttpRequest, form: QuestionForm) -> Conversation:
    typed = form.text("topic", "words", "channel")
    question = Question(typed["topic"], typed["words"], typed["channel"])
    actor = actor_of(request)
    if actor is not None:
        return services.conversation_start(actor=actor, question=question)
    _count_form(request)
    visitor = Visitor(**form.text("name", "email", "phone"), language=language())
    return services.conversation_start_visitor(visitor=visitor, question=question)


def _count_form(request: HttpRequest) -> None:
    """At most so many forms an hour from one network address, which is not kept.

    Counted in this process's memory under a keyed digest of the address.
    """
    address = salted_hmac("support.form", client_ip(request) or "", algorithm="sha256")
    key = f"support-form:{address.hexdigest()}"
    cache.add(key, 0, 3600)
    try:
        count = cache.incr(key)
    except ValueError:  # it ran out between the two calls: the count begins anew
        return
    if count > FORMS_AN_HOUR:
        raise TooMany(_("Many questions came from your network. Please try again in an hour."))
