"""Keeps every answer within what the cookie page says (promises P15, P16, P17, P21)."""

import logging
from collections.abc import Callable
from http.cookies import Morsel

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from privacy import cookies
from privacy.cookies import Choices, Cookie

logger = logging.getLogger("privacy.cookies")


def choices_of(request: HttpRequest) -> Choices:
    """What the browser allows; a view that just changed it has left the new answer here."""
    found = getattr(request, "cookie_choices", None)
    if not isinstance(found, Choices):
        text = request.COOKIES.get(cookies.CHOICE_COOKIE, "")
        found = cookies.choices_read(text, signal=cookies.signal_of(request.headers))
        request.cookie_choices = found  # type: ignore[attr-defined]
    return found


def choices_keep(request: HttpRequest, response: HttpResponse, accepted: frozenset[str]) -> None:
    """Remember an answer in the browser, and for the rest of this request."""
    signal = choices_of(request).signal
    request.cookie_choices = Choices(accepted, decided=True, signal=signal)  # type: ignore[attr-defined]
    response.set_cookie(
        cookies.CHOICE_COOKIE,
        cookies.choices_write(accepted),
        max_age=cookies.CHOICE_DAYS * cookies.DAY_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


class CookieMiddleware:
    """Takes out of an answer each cookie that is undeclared or was not allowed.

    Stands outside everything that sets cookies. A deletion always passes: it takes data
    away. A cookie that was allowed once and no longer is gets deleted. Logs names only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, then look at what the answer would leave behind."""
        response = self.get_response(request)
        choices = choices_of(request)
        for name, morsel in list(response.cookies.items()):
            if not _is_deletion(morsel):
                self._judge(response, name, morsel, choices)
        self._judge_header(response, choices)
        self._withdraw(request, response, choices)
        return response

    def _judge(
        self, response: HttpResponse, name: str, morsel: "Morsel[str]", choices: Choices
    ) -> None:
        cookie = cookies.cookie_named(name)
        if cookie is None or not choices.allows(cookie.kind):
            del response.cookies[name]
            _note(cookie, name)
        else:
            _shorten(morsel, cookie)

    def _judge_header(self, response: HttpResponse, choices: Choices) -> None:
        """A header written by hand is judged by its name alone, and only essential ones pass."""
        text = response.headers.get("Set-Cookie")
        if text is None:
            return
        name = text.partition("=")[0].strip()
        cookie = cookies.cookie_named(name)
        if cookie is None or not choices.allows(cookie.kind):
            del response.headers["Set-Cookie"]
            _note(cookie, name)

    def _withdraw(self, request: HttpRequest, response: HttpResponse, choices: Choices) -> None:
        for name in request.COOKIES:
            cookie = cookies.cookie_named(name)
            if cookie and not choices.allows(cookie.kind) and name not in response.cookies:
                response.delete_cookie(name, samesite="Lax")


def _note(cookie: Cookie | None, name: str) -> None:
    """Say that somebody forgot a declaration; a class that was not allowed is no news."""
    if cookie is None:
        logger.warning("An answer wanted to set %r, which no cookies.py declares.", name[:60])


def _is_deletion(morsel: "Morsel[str]") -> bool:
    return str(morsel["max-age"]) == "0"


def _shorten(morsel: "Morsel[str]", cookie: Cookie) -> None:
    """No cookie outlives what the page says."""
    if not morsel["max-age"] and not morsel["expires"]:
        return
    try:
        longer = int(morsel["max-age"]) > cookie.most_seconds
    except (TypeError, ValueError):
        longer = True
    if longer:
        morsel["max-age"] = cookie.most_seconds or ""
        morsel["expires"] = ""
