"""Where the pages of staff are found."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from frontend.people import actor_of
from frontend.staff_pages import places


@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """The pages this member of staff may open; tenants are told there is nothing here."""
    user = actor_of(request)
    if user is None:
        return redirect_to_login(request.get_full_path())
    if not user.is_staff:
        raise Http404
    if user.second_factor_missing:
        return redirect_to_login(request.get_full_path(), "frontend:two-step")
    return render(request, "frontend/staff/pages.html", {"places": places(user)})
