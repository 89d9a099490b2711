"""The activity record and the habits, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontend import formats
from frontend.reference import reference
from privacy.models import ActivityEntry
from privacy.preferences import Choice
from reservations.models import Space

SIGNAL: Final = gettext_lazy(
    "Your browser asks us not to track you (GPC or DNT), and we follow it. To allow more, "
    "change that setting of the browser first."
)
#: Routes whose name is not plain enough; every other one is shown as it is stored.
ROUTES: Final = {
    "home": gettext_lazy("Start page"),
    "find": gettext_lazy("Find a room"),
    "book": gettext_lazy("Booking sheet"),
    "reservations": gettext_lazy("Bookings"),
    "reservation": gettext_lazy("One booking"),
    "calendar-feeds": gettext_lazy("Calendar links"),
    "space": gettext_lazy("A space"),
    "space-month": gettext_lazy("Month of a space"),
    "location": gettext_lazy("A location"),
    "profile": gettext_lazy("Profile"),
    "security": gettext_lazy("Security"),
    "organisations": gettext_lazy("Organisations"),
    "organisation": gettext_lazy("An organisation"),
}


@dataclass(frozen=True)
class Opened:
    """One line of the record."""

    page: str
    at: datetime
    length: str
    network: str
    browser: str

    @classmethod
    def of(cls, entry: ActivityEntry) -> "Opened":
        """The line of an entry."""
        seconds = entry.seconds
        return cls(
            page=page_name(entry.route),
            at=entry.opened_at,
            length="" if seconds is None else length(seconds),
            network=entry.network,
            browser=entry.browser,
        )


@dataclass(frozen=True)
class Counted:
    """What is left of a page's old entries."""

    page: str
    views: int
    length: str

    @classmethod
    def of(cls, cell: Mapping[str, Any]) -> "Counted":
        """The line of a sum of counts."""
        mean = cell["length"] // cell["measured"] if cell["measured"] else None
        return cls(
            page=page_name(cell["route"]) if cell["route"] else _("Other pages, together"),
            views=cell["total"],
            length="" if mean is None else length(mean),
        )


def page_name(route: str) -> str:
    """A route in words."""
    return str(ROUTES.get(route, route))


def length(seconds: int) -> str:
    """ "40 seconds", "12 minutes"."""
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    return formats.duration(seconds // 60)


def facts_of(choice: Choice) -> list[tuple[str, str]]:
    """What a choice says, as (label, value); nothing for what it does not say."""
    names = {place.slug: place.name for place in reference().locations}
    kinds = {kind.value: str(kind.label) for kind in Space.Kind}
    found = [
        (_("Where"), names.get(choice.where, choice.where)),
        (_("Kind"), kinds.get(choice.kind, "")),
        (_("People"), formats.people(choice.people) if choice.people else ""),
        (_("Starts"), choice.start.replace(":", ".")),
        (_("For how long"), formats.duration(choice.minutes) if choice.minutes else ""),
    ]
    return [(label, value) for label, value in found if value]
