"""How the back office looks, and what its side bar offers to whom (django-unfold)."""

from collections.abc import Callable
from typing import Any, Final

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

#: Paper and ink, and teal for whatever acts, as in the pages' tokens.css.
INK: Final = {
    "50": "oklch(98.5% .004 85)", "100": "oklch(95.8% .007 85)", "200": "oklch(91.5% .007 80)",
    "300": "oklch(85% .009 80)", "400": "oklch(71% .011 85)", "500": "oklch(50.5% .018 222)",
    "600": "oklch(42% .02 222)", "700": "oklch(38% .014 222)", "800": "oklch(26% .014 222)",
    "900": "oklch(22.5% .013 222)", "950": "oklch(16.5% .011 222)",
}  # fmt: skip
TEAL: Final = {
    "50": "oklch(97% .012 195)", "100": "oklch(95% .02 195)", "200": "oklch(90% .032 197)",
    "300": "oklch(80% .045 198)", "400": "oklch(80% .085 195)", "500": "oklch(58% .08 199)",
    "600": "oklch(42.5% .074 203)", "700": "oklch(34% .06 208)", "800": "oklch(31% .05 208)",
    "900": "oklch(29% .035 208)", "950": "oklch(19% .03 215)",
}  # fmt: skip

#: (heading, [(title, "app.model", Material symbol)])
PAGES: Final = (
    (
        _("Places"),
        (
            (_("Locations"), "reservations.location", "location_on"),
            (_("Spaces"), "reservations.space", "meeting_room"),
            (_("Amenities"), "reservations.amenity", "checklist"),
            (_("Closures"), "reservations.closure", "event_busy"),
        ),
    ),
    (_("Bookings"), ((_("Reservations"), "reservations.reservation", "event_available"),)),
    (
        _("Prices"),
        (
            (_("Rate plans"), "billing.rateplan", "sell"),
            (_("Taxes"), "billing.taxrate", "percent"),
        ),
    ),
    (
        _("People"),
        (
            (_("Users"), "accounts.user", "person"),
            (_("Organisations"), "accounts.organisation", "apartment"),
        ),
    ),
    (_("Support"), ((_("Canned answers"), "support.cannedanswer", "quickreply"),)),
    (_("Messages"), ((_("Outbox"), "privacy.outboxmessage", "outbox"),)),
)


def unfold() -> dict[str, Any]:
    """The UNFOLD setting."""
    return {
        "SITE_TITLE": "Ruang",
        "SITE_HEADER": "Ruang",
        "SITE_SYMBOL": "meeting_room",
        "SITE_FAVICONS": [
            {
                "rel": "icon",
                "type": "image/svg+xml",
                "href": lambda _request: static("frontend/icons/mark.svg"),
            }
        ],
        "SHOW_VIEW_ON_SITE": False,
        "BORDER_RADIUS": "6px",
        "COLORS": {"base": INK, "primary": TEAL},
        "SIDEBAR": {
            "show_search": False,
            "show_all_applications": False,
            "navigation": [
                {"title": title, "separator": True, "items": [_item(*page) for page in pages]}
                for title, pages in PAGES
            ],
        },
    }


def _item(title: Any, model: str, symbol: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": symbol,
        "link": reverse_lazy(f"admin:{model.replace('.', '_')}_changelist"),
        "permission": _may_see(model),
    }


def _may_see(model: str) -> Callable[[Any], bool]:
    permission = model.replace(".", ".view_")
    return lambda request: request.user.has_perm(permission)
