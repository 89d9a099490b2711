"""The entries of the privacy page: each appears once its route exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """A page about privacy: its route, what it is for, and whether it needs an account."""

    route: str
    icon: str
    title: Any
    words: Any
    own: bool = True


#: What concerns the person who looks, then what is public, in the order of the page.
ENTRIES: Final[Sequence[Entry]] = (
    Entry(
        "frontend:consents",
        "hand",
        _("Consents"),
        _("What you agreed to, with receipts; give, withdraw, object."),
    ),
    Entry(
        "frontend:privacy-messages",
        "mail",
        _("Messages to you"),
        _("What was sent to you, what was not, and why."),
    ),
    Entry(
        "frontend:access-log",
        "user",
        _("Who looked at your data"),
        _("Which of our staff opened what, when and for which purpose."),
    ),
    Entry(
        "frontend:activity",
        "clock",
        _("Activity record"),
        _("Pages you opened, only if you allow it; see it, switch it off, delete it."),
    ),
    Entry(
        "frontend:preferences",
        "settings",
        _("Suggestions"),
        _("What was learnt from your habits, only if you allow it; see it, reset it."),
    ),
    Entry(
        "frontend:policy",
        "file-text",
        _("Privacy policy"),
        _("What we use, with whom, your choices, and every earlier version."),
        own=False,
    ),
    Entry(
        "frontend:terms",
        "scale",
        _("Terms of use"),
        _("What you and we agree on when you open an account."),
        own=False,
    ),
    Entry(
        "frontend:promises",
        "shield-check",
        _("Promises and their proof"),
        _("Each promise in plain words, and the tests that prove it."),
        own=False,
    ),
    Entry(
        "frontend:cookies",
        "globe",
        _("Cookies"),
        _("What your browser keeps for us, and your choice."),
        own=False,
    ),
    Entry(
        "frontend:record-of-processing",
        "rows-3",
        _("Record of processing"),
        _("Every field we can hold, why, for how long, and who may see it."),
        own=False,
    ),
)


@dataclass(frozen=True)
class Link:
    """An entry with its address."""

    entry: Entry
    url: str


def links(*, own: bool) -> list[Link]:
    """The entries about the person (`own`) or the public ones, whose pages exist."""
    found = [Link(entry, _url(entry.route)) for entry in ENTRIES if entry.own is own]
    return [link for link in found if link.url]


def _url(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
