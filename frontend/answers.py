"""The answer to a search: which strips fit the asked period, and why the others do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from frontend import formats
from frontend.asking import Ask
from frontend.grid import Bar, Strip

CHIPS = 5
CHIP_STEP = 30


@dataclass(frozen=True)
class Answer:
    """One strip against the question: whether it is free then, else why not, and when."""

    strip: Strip
    free: bool
    starts: tuple[int, ...]
    why: str = ""
    again: str = ""


def answers_of(strips: Sequence[Strip], ask: Ask) -> list[Answer]:
    """Every strip that is of the kind asked for, the free ones first."""
    found = [answer_of(strip, ask) for strip in strips if ask.wants(strip.space)]
    return [a for a in found if a.free] + [a for a in found if not a.free]


def answer_of(strip: Strip, ask: Ask) -> Answer:
    """One strip's answer."""
    space = strip.space
    fits = space.min_minutes <= ask.minutes <= space.max_minutes
    free = fits and strip.gap(ask.start, ask.start + ask.minutes) is not None
    starts = tuple(_starts(strip, ask)) if fits else ()
    if free:
        return Answer(strip, True, starts)
    later = _later(strip, ask, starts) if fits else None
    return Answer(strip, False, starts, _why(strip, ask, later), _again(strip, ask, later))


def _starts(strip: Strip, ask: Ask) -> list[int]:
    """Up to five starts at which the whole length fits, the nearest to the asked one."""
    step = max(strip.space.granularity_minutes, 5)
    possible: set[int] = set()
    for first, last in strip.free:
        latest = last - ask.minutes
        possible.update(range(first, latest + 1, -(-CHIP_STEP // step) * step))
        if first <= ask.start <= latest and ask.start % step == 0:
            possible.add(ask.start)
    return sorted(sorted(possible, key=lambda start: abs(start - ask.start))[:CHIPS])


def _later(strip: Strip, ask: Ask, starts: Sequence[int]) -> int | None:
    """The first start after the asked one at which the whole length fits."""
    chips = (start for start in starts if start > ask.start)
    gaps = (a for a, b in strip.free if a > ask.start and b - a >= ask.minutes)
    return min([*chips, *gaps], default=None)


def _length_rule(strip: Strip, ask: Ask) -> str:
    space = strip.space
    if ask.minutes < space.min_minutes:
        return _("At least %(length)s") % {"length": formats.duration(space.min_minutes)}
    if ask.minutes > space.max_minutes:
        return _("At most %(length)s") % {"length": formats.duration(space.max_minutes)}
    return ""


def _again(strip: Strip, ask: Ask, later: int | None) -> str:
    """When it is free, in few words: the row itself shows why it is not."""
    if rule := _length_rule(strip, ask):
        return rule
    if later is None:
        return _("Nothing later this day")
    return _("Free again %(time)s") % {"time": formats.clock_minute(later)}


def _why(strip: Strip, ask: Ask, later: int | None) -> str:
    if rule := _length_rule(strip, ask):
        return rule
    reason = _reason(strip, ask)
    if later is None:
        return _("%(reason)s, nothing later this day") % {"reason": reason}
    return _("%(reason)s, free again %(time)s") % {
        "reason": reason,
        "time": formats.clock_minute(later),
    }


def _reason(strip: Strip, ask: Ask) -> str:
    bar = _in_the_way(strip, ask)
    if bar is None:
        return _("Passed or not on this space's steps")
    if bar.state == "closure":
        reason = bar.reason[0] if formats.language() == "id" else bar.reason[1]
        return _("Closed: %(reason)s") % {"reason": reason}
    if bar.state == "shut":
        return _("Closed then")
    if bar.state == "held":
        return _("Held until %(time)s") % {"time": formats.clock_minute(bar.end)}
    return _("Taken until %(time)s") % {"time": formats.clock_minute(bar.end)}


def _in_the_way(strip: Strip, ask: Ask) -> Bar | None:
    """The bar that says most about why: a booking or closure before plain closing."""
    end = ask.start + ask.minutes + strip.space.turnover_minutes
    touching = [bar for bar in strip.bars if bar.start < end and bar.end > ask.start]
    ranked = sorted(touching, key=lambda bar: (bar.state in {"shut", "buffer"}, bar.start))
    return ranked[0] if ranked else None


@dataclass(frozen=True)
class Own:
    """A reservation of the person who looks, laid over the shared grid."""

    reservation_id: UUID
    title: str
    state: str


Owned = Mapping[UUID, Own]
