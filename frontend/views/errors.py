"""Pages for what went wrong: each says what happened, then what to do."""

import sys
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from frontend.context import Page
from privacy.errors import is_busy

RETRY_SECONDS = 2


@dataclass(frozen=True)
class Trouble:
    """What the page says."""

    title: str
    text: str
    icon: str = "triangle-alert"
    again: bool = False


def trouble_page(
    request: HttpRequest, status: int, trouble: Trouble, *, calm: bool = False
) -> HttpResponse:
    """The page. It asks the database nothing, since the database may be the trouble."""
    context = {"page": Page(request, calm=calm or status >= 500), "trouble": trouble}
    response = HttpResponse(
        render_to_string("frontend/error.html", context, request), status=status
    )
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    trouble = Trouble(
        _("This address or form cannot be understood"),
        _("Nothing was changed. Go back and try again, or start from the search."),
    )
    return trouble_page(request, 400, trouble)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    trouble = Trouble(
        _("You may not open this page"),
        _("It belongs to a role you do not have. Ask an administrator if you need it."),
        icon="lock",
    )
    return trouble_page(request, 403, trouble)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    trouble = Trouble(
        _("There is nothing at this address"),
        _("The link may be old, or the page belongs to somebody else."),
        icon="search",
    )
    return trouble_page(request, 404, trouble)


def fault(request: HttpRequest) -> HttpResponse:
    """500; 503 when a lock, the pool or the database was not to be had in time."""
    error = sys.exc_info()[1]
    if error is not None and is_busy(error):
        return busy(request)
    trouble = Trouble(
        _("Something broke on our side"),
        _("It has been recorded. Nothing you typed was booked or charged unless we said so."),
        again=True,
    )
    return trouble_page(request, 500, trouble)


def busy(request: HttpRequest) -> HttpResponse:
    """503: trying again in a moment is right."""
    trouble = Trouble(
        _("Too much is going on at this moment"),
        _("Nothing was changed. Please try again in a few seconds."),
        icon="hourglass",
        again=True,
    )
    return trouble_page(request, 503, trouble)


def away(request: HttpRequest, text: str) -> HttpResponse:
    """503: the vault cannot be asked, so nothing that is sealed can be shown."""
    title = _("Protected data is out of reach at this moment")
    return trouble_page(request, 503, Trouble(title, text, icon="hourglass", again=True))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old, e.g. after signing in in another tab."""
    trouble = Trouble(
        _("This form was open for too long"),
        _(
            "Nothing was changed. Go back: what you typed is still there. Reload the page if"
            " sending it again does not help. Cookies of this site must be allowed."
        ),
        icon="timer",
    )
    return trouble_page(request, 403, trouble)


def refused_title() -> str:
    """The heading above a rule's own sentence."""
    return _("This cannot be done")
