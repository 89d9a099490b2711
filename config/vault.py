"""A request is a unit of work: it begins with no key in hand and ends with none."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from privacy.vault.ring import unit_of_work


class VaultMiddleware:
    """So a key that was destroyed a moment ago opens nothing in the next request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, with a fresh ring."""
        with unit_of_work():
            return self.get_response(request)
