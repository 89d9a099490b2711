"""API authentication."""

from rest_framework.authentication import BaseAuthentication, SessionAuthentication


class BearerAuthentication(BaseAuthentication):
    """Bearer tokens."""

    def authenticate(self, request):  # type: ignore[no-untyped-def]
        """None."""
        return None


class PageSessionAuthentication(SessionAuthentication):
    """Session."""
