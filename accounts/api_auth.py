"""Who calls the API: a key (Bearer) or a signed-in page, and what a key may do."""

from typing import TYPE_CHECKING, Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.links import digest_of
from accounts.models import ApiToken, User
from accounts.selectors import token_by_digest
from accounts.services.tokens import token_used
from privacy import clock

if TYPE_CHECKING:  # DRF's views import its settings, which name this module
    from rest_framework.views import APIView

_REALM: Final = 'Bearer realm="ruang"'


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`; one statement finds key, person and subject."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """(person, key), None without a Bearer header; anything wrong with the key is a 401."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        token = self._find(parts[1]) if len(parts) == 2 else None
        if token is None:
            raise AuthenticationFailed(_("This key is not valid."), code="token_invalid")
        token_used(token, clock.now())
        # The middleware saw nobody; words follow the person's profile from here on.
        translation.activate(token.user.language)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return _REALM

    def _find(self, secret: bytes) -> ApiToken | None:
        try:
            digest = digest_of(secret.decode("ascii"))
        except UnicodeDecodeError:
            return None
        token = token_by_digest(digest)
        if token is None or token.revoked_at is not None or not token.user.can_sign_in:
            return None
        expired = token.expires_at is not None and token.expires_at <= clock.now()
        return None if expired else token


class PageSessionAuthentication(SessionAuthentication):
    """The session cookie of a page; writes need its CSRF token. Signed out is 401, never 403."""

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401; without one DRF would answer 403."""
        return _REALM


class HasScope(BasePermission):
    """What a key may do: the view says `scopes = {"GET": "read", "POST": "book"}`.

    Reading needs "read" unless the view says otherwise; a write the view says nothing
    about is refused to every key. Sessions have all scopes.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """True, or 403 with the scope that is missing."""
        if not isinstance(request.auth, ApiToken) or request.method is None:
            return True
        wanted = scope_of(view, request.method)
        if wanted in request.auth.scopes:
            return True
        detail = _("This key lacks the scope: %(scope)s.") % {"scope": wanted or "-"}
        raise PermissionDenied(detail, code="scope_missing")


def scope_of(view: Any, method: str) -> str | None:
    """The scope a method of the view needs, or None when no key may call it."""
    scopes: dict[str, str] = getattr(view, "scopes", {})
    return scopes.get(method, ApiToken.Scope.READ if method in SAFE_METHODS else None)
