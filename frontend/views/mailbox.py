"""The caught mail of a development installation, so that links in it can be followed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from frontend.mailbox import letter_named, letters

View = Callable[..., Any]


def development_only(view: View) -> View:
    """404 unless this is a development installation: caught mail holds everybody's links."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: str, **more: str) -> HttpResponse:
        if not settings.DEVELOPMENT:
            raise Http404
        response: HttpResponse = view(request, *args, **more)
        return response

    return guarded


@development_only
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """What was caught, the newest first."""
    return render(request, "frontend/mailbox.html", {"letters": letters()})


@development_only
@never_cache
@require_safe
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type] # it knows no path arguments
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """One message: its text with live links, its HTML in a closed frame, its calendar file."""
    found = letter_named(name)
    if found is None:
        raise Http404
    return render(request, "frontend/letter.html", {"letter": found})


@development_only
@never_cache
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
        "sandbox": ["allow-top-navigation-by-user-activation"],
    }
)
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as it was sent; links open in the whole window."""
    found = letter_named(name)
    if found is None:
        raise Http404
    return HttpResponse(found.html.replace("<a ", '<a target="_top" '))
