"""What pages and the middleware share about the activity record: whether to ask, what to note."""

import logging
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language

from accounts.backends import client_ip
from frontend.people import actor_of
from privacy import policy
from privacy.activity import PURPOSE, activity_allowed, activity_note
from privacy.cookies import Kind, asked_kinds
from privacy.errors import DomainError
from privacy.middleware import choices_keep, choices_of
from privacy.models import ConsentRecord
from privacy.purposes import purpose_named

logger = logging.getLogger("frontend.tracking")

VISIT_COOKIE: Final = "ruang_visit"
#: Pages on which a person looks after their privacy, and parts of pages that load themselves.
NEVER_NOTED: Final = ("/privacy", "/dev/", "/find/timeline")


@dataclass(frozen=True)
class Question:
    """The one question about optional cookies, with the policy it is asked under."""

    words: str
    policy_version: int
    policy_hash: str


def question_of(request: HttpRequest) -> Question | None:
    """What to ask a signed-in person who has not answered, in this browser or another.

    An answer given elsewhere is learnt here, and kept by `TrackingMiddleware`.
    """
    choices = choices_of(request)
    actor = actor_of(request)
    if actor is None or choices.decided or choices.signal or Kind.INSIGHT not in asked_kinds():
        return None
    answers = ConsentRecord.objects.filter(subject=actor.subject_id, purpose=PURPOSE)
    last = answers.order_by("-at", "-id").values_list("act", flat=True).first()
    if last is None:
        return question()
    allowed = last == ConsentRecord.Act.GIVEN and activity_allowed(actor.subject_id)
    if last == ConsentRecord.Act.GIVEN and not allowed:
        return question()
    request.cookie_answer = frozenset({Kind.INSIGHT.value} if allowed else ())  # type: ignore[attr-defined]
    return None


def question(purpose: str = PURPOSE) -> Question:
    """The words that are agreed to, under the policy in force."""
    version = policy.current()
    return Question(str(purpose_named(purpose).words), version.number, version.hash)


def shown_under(request: HttpRequest) -> dict[str, Any]:
    """Policy and language a form was shown under, as the services take them.

    A version that cannot be read is 0, which no policy has, so the answer is outdated.
    """
    text = request.POST.get("policy_version", "")
    return {
        "policy_version": int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0,
        "policy_hash": request.POST.get("policy_hash", "")[:64],
        "language": get_language() or "id",
    }


def is_recorded(request: HttpRequest) -> bool:
    """Whether pages opened in this browser are recorded now."""
    actor = actor_of(request)
    if actor is None or not choices_of(request).allows(Kind.INSIGHT):
        return False
    return activity_allowed(actor.subject_id)


def is_noted(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether this answer is a page that a consenting person opened."""
    match = request.resolver_match
    return (
        request.method == "GET"
        and response.status_code == 200
        and match is not None
        and match.namespace == "frontend"
        and response.headers.get("Content-Type", "").startswith("text/html")
        and not getattr(request, "htmx", False)
        and not request.path.startswith(NEVER_NOTED)
        and request.headers.get("Sec-Fetch-Dest", "document") == "document"
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
        and choices_of(request).allows(Kind.INSIGHT)
    )


def note(request: HttpRequest, response: HttpResponse) -> None:
    """Record the page for whoever consents; trouble with it never spoils the page."""
    actor = actor_of(request)
    sent = request.COOKIES.get(VISIT_COOKIE, "")
    if actor is None:
        _forget(sent, response)
        return
    match = request.resolver_match
    try:
        visit = activity_note(
            subject_id=actor.subject_id,
            visit=_uuid(sent),
            route=match.url_name or "" if match else "",
            address=client_ip(request) or "",
            user_agent=request.headers.get("User-Agent", ""),
        )
    except DomainError:
        _forget(sent, response)
    except DatabaseError as error:
        logger.warning("A page was not recorded: %s", type(error).__name__)
    else:
        if visit.hex != sent:
            response.set_cookie(
                VISIT_COOKIE,
                visit.hex,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )


def learn(request: HttpRequest, response: HttpResponse) -> None:
    """Keep in this browser what the person answered in another one."""
    answer = getattr(request, "cookie_answer", None)
    if answer is not None:
        choices_keep(request, response, answer)


def _forget(sent: str, response: HttpResponse) -> None:
    if sent:
        response.delete_cookie(VISIT_COOKIE, samesite="Lax")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(hex=text)
    except ValueError:
        return None
