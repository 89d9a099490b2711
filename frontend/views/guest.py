"""A guest's page: what is held about them and why, and the way out. No sign-in."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from privacy.errors import NotFound
from reservations.links import guest_of_token
from reservations.messages import giver_name
from reservations.services.departures import guest_invited, guest_leave


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows and changes nothing, since mail scanners follow links; POST removes."""
    guest_id = guest_of_token(token)
    if guest_id is None:
        raise Http404
    try:
        if request.method == "POST":
            guest_leave(guest_id=guest_id)
            return HttpResponseRedirect(request.path)
        found = guest_invited(guest_id=guest_id)
    except NotFound:
        raise Http404 from None
    reservation = found.reservation
    context = {
        "guest": found,
        "reservation": reservation,
        "space": reservation.space,
        "zone": reservation.space.location.time_zone,
        "giver": giver_name(found.contact.given_by_id) or _("The person who invited you"),
    }
    response = render(request, "frontend/guest.html", context)
    # The address is a key; it must not travel to other pages.
    response["Referrer-Policy"] = "no-referrer"
    return response
