"""The registry of cookies as rows of a page (promise P17: the page is the registry)."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy.cookies import Cookie, Kind, Place, declared


@dataclass(frozen=True)
class Row:
    """One thing kept in the browser. `here`: True, False, or None where only the browser knows."""

    name: str
    kind: Kind
    kind_label: str
    place_label: str
    purpose: str
    set_by: str
    lasts: str
    here: bool | None


def kind_label(kind: Kind) -> str:
    """The class in words."""
    labels = {
        Kind.ESSENTIAL: _("Necessary"),
        Kind.INSIGHT: _("Insight"),
        Kind.MARKETING: _("Advertising"),
    }
    return labels[kind]


def place_label(place: Place) -> str:
    """Where it is kept, in words."""
    labels = {
        Place.COOKIE: _("Cookie"),
        Place.LOCAL: _("Browser storage"),
        Place.TAB: _("Storage of the tab"),
    }
    return labels[place]


def rows(request: HttpRequest) -> list[Row]:
    """Everything declared, the necessary first, and whether this browser sent it just now."""
    kinds, places = list(Kind), list(Place)
    found = sorted(
        declared().values(),
        key=lambda each: (kinds.index(each.kind), places.index(each.place), each.name),
    )
    return [_row(cookie, request) for cookie in found]


def _row(cookie: Cookie, request: HttpRequest) -> Row:
    return Row(
        name=cookie.name,
        kind=cookie.kind,
        kind_label=kind_label(cookie.kind),
        place_label=place_label(cookie.place),
        purpose=str(cookie.purpose),
        set_by=str(cookie.set_by),
        lasts=str(cookie.lasts) or _lasts(cookie),
        here=cookie.name in request.COOKIES if cookie.place == Place.COOKIE else None,
    )


def _lasts(cookie: Cookie) -> str:
    if cookie.days:
        return ngettext("%(days)d day", "%(days)d days", cookie.days) % {"days": cookie.days}
    if cookie.place == Place.TAB:
        return _("Until the tab closes")
    if cookie.place == Place.LOCAL:
        return _("Until you clear the browser’s storage")
    return _("Until the browser closes")
