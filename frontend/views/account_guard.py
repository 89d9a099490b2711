"""Who may open a page of staff."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from frontend.people import actor_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def staff_required(act: str) -> Callable[[View[P]], View[P]]:
    """For pages of people whose role includes `act` (accounts/roles.py).

    Visitors sign in first, staff pass the second factor first (both come back here);
    everybody else is answered 403.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            return _way_in(request, act) or view(request, *args, **kwargs)

        return guarded

    return decorate


def _way_in(request: HttpRequest, act: str) -> HttpResponse | None:
    user = actor_of(request)
    here = request.get_full_path()
    if user is None:
        return redirect_to_login(here)
    if needs_second_factor(user):
        return redirect_to_login(here, "frontend:two-step")
    if not user.may(act):
        raise PermissionDenied
    return None


def needs_second_factor(user: User) -> bool:
    """Whether this is staff whose session has not passed the second factor."""
    return user.is_staff and not user.is_verified()  # type: ignore[attr-defined]


def safe_next(request: HttpRequest, fallback: str) -> str:
    """The page to go on to, from the form or the address, if it is one of ours."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=settings.HTTPS
    )
    return url if ours else fallback
