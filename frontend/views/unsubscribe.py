"""The link at the foot of an offer: looking changes nothing, a press stops the offers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from privacy.unsubscribing import ONE_CLICK, unsubscribe, unsubscribe_read

METHODS = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(METHODS)
def ask(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; mail scanners that follow the link change nothing."""
    unsubscribe_read(token)
    if request.method == "POST":
        unsubscribe(token=token, form="unsubscribe_page")
        return _page(request, token, done=True)
    return _page(request, token)


@csrf_exempt
@never_cache
@require_http_methods(METHODS)
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """The POST of a mail program (RFC 8058), which knows neither form token nor session.

    Anything but the agreed body is answered with the page that asks.
    """
    unsubscribe_read(token)
    name, value = ONE_CLICK
    if request.method != "POST":
        return _page(request, token)
    if request.POST.get(name) != value:
        return _page(request, token, status=400)
    unsubscribe(token=token, form="one_click")
    return _page(request, token, done=True)


def _page(
    request: HttpRequest, token: str, *, done: bool = False, status: int = 200
) -> HttpResponse:
    context = {"token": token, "done": done}
    return render(request, "frontend/privacy/unsubscribe.html", context, status=status)
