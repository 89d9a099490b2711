"""The back office opens only to staff who have passed the second factor."""

from typing import Any, Final

from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

#: Under /admin/ alone: Alpine, which unfold is built on, evaluates its attributes, and
#: unfold writes its colours and positions into style elements and attributes.
POLICY: Final = {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
}


class BackOfficeSite(UnfoldAdminSite):  # type: ignore[misc]
    """Signs nobody in itself: that is the sign-in page's and the second factor's work."""

    site_title = site_header = "Ruang"
    index_title = _("Back office")

    def has_permission(self, request: Any) -> bool:
        """Staff, active, and past the second factor in this session."""
        user = request.user
        return bool(user.is_active and user.is_staff and user.is_verified())

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page of the back office, under its own script and style policy."""
        return super().admin_view(csp_replace(POLICY)(view), cacheable)

    def login(self, request: Any, extra_context: Any = None) -> Any:
        """To the sign-in page, or to the second factor for staff who are signed in."""
        after = request.GET.get("next") or reverse("admin:index")
        waiting = request.user.is_authenticated and request.user.is_staff
        return redirect_to_login(after, "frontend:two-step" if waiting else "frontend:sign-in")
