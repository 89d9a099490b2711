"""What every answer tells the browser, whoever gave it (OWASP ASVS V14.4, V8.2)."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

#: No page of ours asks a device for any of these (promise P41: no location is ever read).
DEVICES: Final = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture",
    "encrypted-media", "geolocation", "gyroscope", "hid", "magnetometer", "microphone",
    "midi", "payment", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
#: The rest is a net: Django and django-csp say the same or better where they are reached,
#: but an answer of the outermost middleware (a bad host, a NUL in a query) has none of it.
FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Permissions-Policy": ", ".join(f"{device}=()" for device in DEVICES),
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: What a browser or proxy must not keep: everything shown to somebody who is signed in.
PRIVATE: Final = "private, no-store"


class HeadersMiddleware:
    """Adds the fixed headers, and forbids copies of what a signed-in person was shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, then add; an answer that says how it may be kept is left alone."""
        response = self.get_response(request)
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", _hsts())
        if _is_private(request):
            response.headers.setdefault("Cache-Control", PRIVATE)
        return response


def _is_private(request: HttpRequest) -> bool:
    """Whether the answer was for one person; asks the session only when a view has."""
    user = getattr(request, "_cached_user", None)
    return bool(user is not None and user.is_authenticated) or "Authorization" in request.headers


def _hsts() -> str:
    return f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
