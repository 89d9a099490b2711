"""The registry of everything Ruang keeps in a browser, and what a person said about it.

An app declares its cookies and its browser storage in `<app>/cookies.py`, loaded by its
`AppConfig.ready()`. The page /privacy/cookies is made from these declarations (promise
P17), and `privacy.middleware.CookieMiddleware` takes from every answer what nobody
declared or the person did not allow (promise P16). Declaring one:

    declare(Cookie("ruang_theme", Kind.ESSENTIAL, purpose=_("…"), set_by=_("…"), days=365))

The classes are promise P16's. What was chosen lives in the browser alone, as one cookie of
the essential class: nothing about a visitor is written down here (promises P9, P64).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
DAY_SECONDS: Final = 24 * 3600

CHOICE_COOKIE: Final = "ruang_choices"
CHOICE_DAYS: Final = 180
#: The question that was answered. A new one is asked again; an unknown one counts as no.
CHOICE_VERSION: Final = 1
_NOTHING: Final = "none"


class Kind(StrEnum):
    """The three classes (promise P16)."""

    ESSENTIAL = "essential"
    INSIGHT = "insight"
    MARKETING = "marketing"


class Place(StrEnum):
    """Where in the browser it is kept."""

    COOKIE = "cookie"
    LOCAL = "localStorage"
    TAB = "sessionStorage"


#: The classes a person is asked about.
OPTIONAL: Final = (Kind.INSIGHT, Kind.MARKETING)


@dataclass(frozen=True)
class Cookie:
    """One name kept in the browser. `days` is the longest it lives; 0 ends with the browser.

    For storage of a tab the end is that of the tab; local storage has no end of its own,
    so `days` is None there.
    """

    name: str
    kind: Kind
    purpose: Words
    set_by: Words
    days: int | None = 0
    place: Place = Place.COOKIE
    #: A sentence for a lifetime that depends on something, e.g. "stay signed in".
    lasts: Words = ""

    @property
    def most_seconds(self) -> int:
        """The longest lifetime of a cookie, in seconds; 0 for the browser's session."""
        return (self.days or 0) * DAY_SECONDS


@dataclass(frozen=True)
class Choices:
    """What a browser allows. `signal`: it asks every site not to track (GPC or DNT).

    `decided`: the person answered the present question here, whatever the answer.
    """

    accepted: frozenset[str] = frozenset()
    decided: bool = False
    signal: bool = False

    def allows(self, kind: Kind) -> bool:
        """Whether something of this class may be kept; the browser's signal is a no."""
        return kind == Kind.ESSENTIAL or (kind in self.accepted and not self.signal)


_declared: dict[tuple[Place, str], Cookie] = {}


def declare(*cookies: Cookie) -> None:
    """Add to the registry; the same name twice is a mistake."""
    for cookie in cookies:
        key = (cookie.place, cookie.name)
        if key in _declared:
            raise ValueError(f"{cookie.name} is declared twice.")
        _declared[key] = cookie


def declared() -> Mapping[tuple[Place, str], Cookie]:
    """Everything declared, by place and name."""
    return _declared


def cookie_named(name: str) -> Cookie | None:
    """The declaration of a cookie, or None when nobody made one."""
    return _declared.get((Place.COOKIE, name))


def asked_kinds() -> tuple[Kind, ...]:
    """The optional classes in which anything is declared; none means nothing needs asking."""
    present = {cookie.kind for cookie in _declared.values()}
    return tuple(kind for kind in OPTIONAL if kind in present)


def choices_read(text: str, *, signal: bool = False) -> Choices:
    """What a browser sent back as its choices; anything not written by us counts as no.

    A preference of another version, older or from the future, answers another question
    than the present one: it is a no, and the person is asked again.
    """
    version, _dot, rest = text.partition(".")
    names = frozenset() if rest == _NOTHING else frozenset(rest.split("-"))
    if version != str(CHOICE_VERSION) or not names <= set(OPTIONAL):
        return Choices(signal=signal)
    return Choices(names, decided=True, signal=signal)


def choices_write(accepted: frozenset[str]) -> str:
    """The value of the cookie: `1.insight`, `1.insight-marketing` or `1.none`."""
    kept = [kind.value for kind in OPTIONAL if kind in accepted]
    return f"{CHOICE_VERSION}.{'-'.join(kept) or _NOTHING}"


def signal_of(headers: Mapping[str, str]) -> bool:
    """Whether the browser asks not to be tracked: `Sec-GPC: 1` or `DNT: 1` (promise P21)."""
    return headers.get("Sec-GPC", "").strip() == "1" or headers.get("DNT", "").strip() == "1"


declare(
    Cookie(
        CHOICE_COOKIE,
        Kind.ESSENTIAL,
        purpose=_("Remembers what you answered about cookies, a no as much as a yes."),
        set_by=_("When you answer"),
        days=CHOICE_DAYS,
    )
)
