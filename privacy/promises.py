"""The promises: their words, and what the last test run says of each.

`promise_words.toml` holds the words. docs/promises.toml claims which are kept, and where in
the code; the full test run writes a report (tests/promises.py) that holds those claims and
the result of each marked test, and ships with the code. The public page is made from the
report alone: without one, or without passing tests, a promise is "not proved yet".
"""

import json
import logging
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

WORDS: Final = Path(__file__).parent / "promise_words.toml"
GROUPS: Final = {
    "collection": _("Collection"),
    "cookies": _("Cookies and tracking"),
    "sharing": _("Sharing"),
    "communication": _("Communication"),
    "security": _("Security"),
    "rights": _("Rights and retention"),
    "change": _("Changes"),
    "law": _("Law"),
}


class State(StrEnum):
    """What the last full test run says of a promise."""

    PROVED = "proved"
    BROKEN = "broken"
    NOT_PROVED = "not_proved"


@dataclass(frozen=True)
class Test:
    """One marked test: its id in the test suite, and whether it passed."""

    name: str
    passed: bool


@dataclass(frozen=True)
class Figure:
    """A live figure beside a promise: `value` is asked for when the page is shown."""

    label: Any
    value: Callable[[], str]


@dataclass(frozen=True)
class Promise:
    """A promise as the page shows it; `words` are in Indonesian and English."""

    code: str
    group: str
    words: Mapping[str, str]
    state: State
    kept_in: tuple[str, ...]
    tests: tuple[Test, ...]

    @property
    def figures(self) -> Sequence[Figure]:
        """The live figures registered for it."""
        return _figures.get(self.code, ())


@dataclass(frozen=True)
class Report:
    """The last full test run: when, of which commit, and what became of each promise."""

    made_at: datetime | None
    commit: str
    promises: tuple[Promise, ...]

    def count(self, state: State) -> int:
        """How many promises are in this state."""
        return sum(promise.state is state for promise in self.promises)


_figures: dict[str, list[Figure]] = {}


def register_figure(code: str, label: Any, value: Callable[[], str]) -> None:
    """Show a live figure beside a promise, from an AppConfig.ready(). Raises KeyError."""
    if code not in words():
        raise KeyError(f"There is no promise {code!r}.")
    figure = Figure(label, value)
    if figure not in _figures.setdefault(code, []):
        _figures[code].append(figure)


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """By code: group, and the promise in "id" and "en"; in the order of the page."""
    found: dict[str, Mapping[str, str]] = tomllib.loads(WORDS.read_text("utf-8"))
    for code, entry in found.items():
        if set(entry) != {"group", "id", "en"} or entry["group"] not in GROUPS:
            raise ValueError(f"{WORDS.name}: {code} needs group, id and en.")
    return found


def report(path: Path | None = None) -> Report:
    """The promises as the report at PROMISE_REPORT has them; none proved without one."""
    raw = _read(path or Path(settings.PROMISE_REPORT))
    made_at = raw.get("made_at")
    return Report(
        made_at=datetime.fromisoformat(made_at) if made_at else None,
        commit=str(raw.get("commit", "")),
        promises=tuple(_promise(code, raw) for code in words()),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        logger.exception("The promise report cannot be read, so no promise is shown as proved.")
        return {}
    return found if isinstance(found, dict) else {}


def _promise(code: str, raw: Mapping[str, Any]) -> Promise:
    results: Mapping[str, str] = raw.get("tests", {}).get(code, {})
    claim: Mapping[str, Any] = raw.get("claims", {}).get(code, {})
    tests = tuple(Test(name, outcome == "passed") for name, outcome in sorted(results.items()))
    return Promise(
        code=code,
        group=words()[code]["group"],
        words={language: words()[code][language] for language in ("id", "en")},
        state=state_of(bool(claim), [test.passed for test in tests]),
        kept_in=tuple(claim.get("kept_in", ())),
        tests=tests,
    )


def state_of(claimed: bool, passed: Sequence[bool]) -> State:
    """A failed test breaks a promise; it is proved when it is claimed and all tests pass."""
    if not all(passed):
        return State.BROKEN
    return State.PROVED if claimed and passed else State.NOT_PROVED
