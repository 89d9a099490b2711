"""Who may open the pages of the desk and of managing: staff with the right; no tenant."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import User
from frontend.people import actor_of

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, User, P], HttpResponse]


def staff_page(
    *acts: str,
) -> Callable[[Page[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """For staff whose role includes one of the acts (accounts/roles.py).

    Visitors sign in first, staff pass the second factor first. Tenants are told that there
    is nothing here; staff of another role that it is not theirs.
    """

    def decorate(view: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            user = actor_of(request)
            if user is None:
                return redirect_to_login(request.get_full_path())
            if not user.is_staff:
                raise Http404
            if user.second_factor_missing:
                return redirect_to_login(request.get_full_path(), "frontend:two-step")
            if not any(user.may(act) for act in acts):
                raise PermissionDenied
            return view(request, user, *args, **kwargs)

        return guarded

    return decorate
