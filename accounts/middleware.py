"""Keeps the list of sessions true, and shows each page in the person's language and zone."""

import secrets
import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from social_core.exceptions import AuthCanceled, SocialAuthBaseException
from social_core.utils import social_logger

from accounts import services
from accounts.backends import GoogleSwitchedOff
from accounts.errors import AddressUnverified
from accounts.models import User
from accounts.rules import zone_of
from accounts.services.sessions import SEEN_EVERY
from privacy.agreements import TermsNotAccepted
from privacy.policy import PolicyOutdated

Respond = Callable[[HttpRequest], HttpResponse]

#: Says that this browser has signed a person in before; proves nothing, opens nothing.
DEVICE_COOKIE: Final = "ruang_device"
DEVICE_SECONDS: Final = 365 * 24 * 3600
#: How many people's marks one browser keeps.
DEVICE_PEOPLE: Final = 5
_SEEN: Final = "seen"


class SessionRecordMiddleware:
    """Writes a row for each signed-in browser, and lets staff roles sleep until TOTP is passed.

    Asks nothing of the database on an ordinary request: a session that was ended has lost
    its own row (accounts/services/sessions.py), and use is noted every five minutes.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, then record a new or continued session."""
        user = request.user
        if isinstance(user, User) and user.roles:
            user.second_factor_missing = not user.is_verified()  # type: ignore[attr-defined]
        response = self.get_response(request)
        user = request.user
        if isinstance(user, User) and request.session.session_key and response.status_code < 500:
            self._record(request, user, response)
        return response

    def _record(self, request: HttpRequest, user: User, response: HttpResponse) -> None:
        now = int(time.time())
        seen = request.session.get(_SEEN)
        if seen is None:
            self._begin(request, user, response)
        elif now - seen >= SEEN_EVERY.total_seconds():
            services.session_seen(session_key=str(request.session.session_key))
        else:
            return
        request.session[_SEEN] = now

    def _begin(self, request: HttpRequest, user: User, response: HttpResponse) -> None:
        marks = request.COOKIES.get(DEVICE_COOKIE, "").split(".")[:DEVICE_PEOPLE]
        others = [mark for mark in marks if mark and not is_mark_of(user, mark)]
        known = len(others) < len([mark for mark in marks if mark])
        services.session_start(
            actor=user,
            session_key=str(request.session.session_key),
            user_agent=request.headers.get("User-Agent", ""),
            known_device=known,
        )
        response.set_cookie(
            DEVICE_COOKIE,
            ".".join([device_mark(user), *others][:DEVICE_PEOPLE]),
            max_age=DEVICE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


class PreferenceMiddleware:
    """The page's language: the person's, else the cookie's, else the browser's (id or en).

    Also `request.viewer_zone`: the zone of the person's profile; None for a visitor.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language for this request."""
        user = request.user if isinstance(request.user, User) else None
        language = user.language if user else translation.get_language_from_request(request)
        request.viewer_zone = zone_of(user.time_zone) if user else None  # type: ignore[attr-defined]
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class GoogleTroubleMiddleware:
    """Says in words why a sign-in with Google came to nothing, and offers the next step."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Back to the sign-in page with a sentence; None for what is not Google's."""
        if not hasattr(request, "social_strategy"):
            return None
        if isinstance(error, AddressUnverified):
            messages.error(request, error.detail)
            return HttpResponseRedirect(reverse("frontend:password-reset"))
        if isinstance(error, TermsNotAccepted | PolicyOutdated):
            messages.warning(request, _terms_words(error))
            return HttpResponseRedirect(reverse("frontend:register"))
        if not isinstance(error, SocialAuthBaseException | OSError):
            return None
        social_logger.warning("Google sign-in failed: %s", type(error).__name__)
        messages.warning(request, _google_words(error))
        return HttpResponseRedirect(reverse("frontend:sign-in"))


def device_mark(user: User) -> str:
    """A new mark of a person for the device cookie; another one at each sign-in.

    16 random hexadecimal digits and a keyed hash of them: it names nobody, two marks of
    one person have nothing in common, and none is kept on the server (promise P40).
    """
    nonce = secrets.token_hex(8)
    return f"{nonce}-{_mark_hash(user, nonce)}"


def is_mark_of(user: User, mark: str) -> bool:
    """Whether the mark was made for this person."""
    nonce, _dash, found = mark.partition("-")
    return constant_time_compare(found, _mark_hash(user, nonce))


def _mark_hash(user: User, nonce: str) -> str:
    words = f"{user.id} {nonce}"
    return salted_hmac("accounts.device", words, algorithm="sha256").hexdigest()[:32]


def _terms_words(error: TermsNotAccepted | PolicyOutdated) -> str:
    if isinstance(error, PolicyOutdated):
        return error.detail
    return _("You have no account yet. Accept the terms here to open one; nothing was stored.")


def _google_words(error: Any) -> str:
    if isinstance(error, AuthCanceled):
        return _("You stopped at Google. Nothing was stored.")
    if isinstance(error, GoogleSwitchedOff):
        return _("Sign-in with Google is switched off. Sign in with your e-mail address.")
    return _("Google did not confirm who you are. Try again, or sign in with your e-mail address.")
