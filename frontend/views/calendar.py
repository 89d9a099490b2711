"""The calendar feed behind its secret address."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from privacy.errors import NotFound
from reservations.feeds import feed_calendar


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar, 304 when the reader has it already, 404 when the address opens nothing.

    Calendar programs ask every few minutes, so the bytes are compared by ETag. Nobody
    between us and the reader may keep a copy.
    """
    try:
        content = feed_calendar(secret=token)
    except NotFound as error:
        return HttpResponse(f"{error.detail}\n", status=404, content_type="text/plain")
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response["Content-Disposition"] = 'inline; filename="ruang.ics"'
    response["X-Robots-Tag"] = "noindex"
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return answer if isinstance(answer, HttpResponse) else response
