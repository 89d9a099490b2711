"""How many requests a person, or an address without one, may send."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class RateThrottle(SimpleRateThrottle):
    """Counts requests per minute (or what the rate says) in the cache, one number per caller.

    DRF's own keeps the instant of every request, which costs more the higher the rate.
    """

    def __init__(self) -> None:
        """Rates are chosen per request: signed in or not."""

    def get_cache_key(self, request: Request, view: Any) -> str:
        """The caller's counter: by person, else by address."""
        if request.user and request.user.is_authenticated:
            self.scope, ident = "user", str(request.user.pk)
        else:
            self.scope, ident = "anon", self.get_ident(request)
        return f"rate:{self.scope}:{ident}"

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this request still fits the present window."""
        key = self.get_cache_key(request, view)
        most, duration = self.parse_rate(self.THROTTLE_RATES[self.scope or "anon"])
        if most is None or duration is None:
            return True
        window, passed = divmod(timezone.now().timestamp(), duration)
        self.rest = duration - passed
        name = f"{key}:{int(window)}"
        self.cache.add(name, 0, duration + 1)
        try:
            return self.cache.incr(name) <= most
        except ValueError:  # evicted between the two calls: the count begins anew
            return True

    def wait(self) -> float:
        """Seconds until the next window."""
        return self.rest
