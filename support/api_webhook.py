"""The messenger's webhook: its handshake, and what it brings."""

import hmac
import json
import re
from typing import Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from privacy.errors import DomainError
from support.errors import BadEvent
from support.services.inbound import inbound_store, inbound_try
from support.whatsapp import delivery_of, signature_require

#: What the provider sends to be repeated, and nothing that a browser would take for a page.
CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def whatsapp(request: HttpRequest) -> HttpResponse:
    """404 while WhatsApp is off. The provider is told 200 once all is stored, not before."""
    if not settings.WHATSAPP_TOKEN:
        raise Http404
    if request.method == "GET":
        return _handshake(request)
    try:
        body = request.body
        signature_require(body, request.headers.get("X-Hub-Signature-256", ""))
        stored = inbound_store(delivery=delivery_of(_json(body)))
    except RequestDataTooBig:
        return _problem("too_large", 413, _("This is larger than a webhook may be."))
    except DomainError as error:
        return _problem(error.code, error.status, error.detail)
    for event_id in stored:
        inbound_try(event_id=event_id)
    return JsonResponse({"stored": len(stored)})


def _handshake(request: HttpRequest) -> HttpResponse:
    given = request.GET.get("hub.verify_token", "").encode()
    right = hmac.compare_digest(given, settings.WHATSAPP_VERIFY_TOKEN.encode())
    challenge = request.GET.get("hub.challenge", "")
    if request.GET.get("hub.mode") != "subscribe" or not right:
        return _problem("bad_token", 403, _("The verify token does not fit."))
    if not CHALLENGE.fullmatch(challenge):
        return _problem("malformed", 400, _("The challenge cannot be repeated."))
    return HttpResponse(challenge, content_type="text/plain; charset=utf-8")


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadEvent("This is not JSON.") from None


def _problem(code: str, status: int, detail: str) -> HttpResponse:
    """RFC 9457."""
    content = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    return JsonResponse(content, status=status, content_type="application/problem+json")
