"""Pages for what a view could not do, and the activity record of who consents to it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from frontend import tracking
from frontend.views import errors
from privacy.errors import DomainError, is_busy
from privacy.vault.errors import SealBroken, VaultUnavailable


class TroubleMiddleware:
    """Domain errors and busy servers, for pages; the API has its own answers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for the error, or None to let Django answer."""
        if request.path.startswith("/api/"):
            return None
        if is_busy(error):
            return errors.busy(request)
        if isinstance(error, DomainError):
            return self._refused(request, error)
        return None

    def _refused(self, request: HttpRequest, error: DomainError) -> HttpResponse:
        if error.status == 404:
            return errors.not_found(request, error)
        if error.status == 403:
            return errors.not_allowed(request, error)
        if isinstance(error, VaultUnavailable):
            return errors.away(request, error.detail)
        if error.status == 503:
            return errors.busy(request)
        trouble = errors.Trouble(errors.refused_title(), error.detail)
        # What did not open may be the name in this page's own head.
        calm = isinstance(error, SealBroken)
        return errors.trouble_page(request, error.status, trouble, calm=calm)


class TrackingMiddleware:
    """Notes the pages of people who consent (promise P8); asks the database of nobody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, then note the page that was shown."""
        response = self.get_response(request)
        tracking.learn(request, response)
        if tracking.is_noted(request, response):
            tracking.note(request, response)
        return response
