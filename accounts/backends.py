"""How people prove who they are, and by what name guessing is counted."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.utils.crypto import salted_hmac
from social_core.backends.open_id_connect import OpenIdConnectAuth
from social_core.exceptions import AuthPolicyError

from accounts.google import SERVICE
from accounts.models import User
from privacy.processors import service_trouble


class EmailBackend(ModelBackend):
    """E-mail address, whatever its case, and password."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether the account is open (active, not being erased)."""
        return isinstance(user, User) and user.can_sign_in

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session with their subject, in one statement; None once closed."""
        return _open_user(user_id)


class GoogleSwitchedOff(AuthPolicyError):
    """There is no contract with Google in force, so nobody is sent there."""


class GoogleBackend(OpenIdConnectAuth[Any]):
    """Google by OpenID Connect: the ID token is verified, only name and address are asked for.

    No token of Google's is kept: nothing is read from there after the sign-in.
    """

    name = "google-oauth2"
    title = "Google"
    OIDC_ENDPOINT = "https://accounts.google.com"
    DEFAULT_SCOPE = ["openid", "email", "profile"]
    EXTRA_DATA: list[str | tuple[str, str] | tuple[str, str, bool]] = []
    DEFAULT_USE_PKCE = True

    def start(self) -> Any:
        """Send the person to Google, unless there is no contract with it."""
        _require_contract(self)
        return super().start()

    def auth_complete(self, *args: Any, **kwargs: Any) -> Any:
        """Ask Google who came back, unless the contract ran out in between."""
        _require_contract(self)
        return super().auth_complete(*args, **kwargs)

    def get_user_details(self, response: Mapping[str, Any]) -> dict[str, Any]:
        """What the person shared; a declined attribute is an empty text."""
        return {"email": response.get("email") or "", "fullname": response.get("name") or ""}

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session with their subject, in one statement; None once closed."""
        return _open_user(user_id)


def _require_contract(backend: GoogleBackend) -> None:
    if service_trouble(SERVICE):
        raise GoogleSwitchedOff(backend)


def lockout_name(request: Any, credentials: Mapping[str, Any] | None) -> str:
    """By what axes counts failures: never the address itself (AXES_USERNAME_CALLABLE)."""
    typed = (credentials or {}).get("email")
    if typed is None and request is not None:
        typed = request.POST.get("email", "")
    return lockout_key(str(typed or ""))


def lockout_key(email: str) -> str:
    """A keyed digest of the address in lower case, 40 hexadecimal digits."""
    value = email.strip().lower()
    return salted_hmac("accounts.lockout", value, algorithm="sha256").hexdigest()[:40]


def client_ip(request: Any) -> str | None:
    """The caller's address, behind as many proxies as NUM_PROXIES says; None when unknown."""
    hops = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), _peer(request)]
    proxies = min(settings.NUM_PROXIES, len(hops) - 1)
    try:
        return str(ipaddress.ip_address(hops[-1 - proxies].strip()))
    except ValueError:
        return None


def _peer(request: Any) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _open_user(user_id: Any) -> User | None:
    user = User.objects.select_related("subject").filter(pk=user_id).first()
    return user if user is not None and user.can_sign_in else None
