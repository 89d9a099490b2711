"""The last page before another site."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.outside import SITES


@require_safe
def leave(request: HttpRequest, code: str) -> HttpResponse:
    """Who runs the other site, that its own policy holds there, and the link."""
    site = SITES.get(code)
    if site is None:
        raise Http404
    response = render(request, "frontend/privacy/leave.html", {"site": site})
    response["Referrer-Policy"] = "no-referrer"
    return response
