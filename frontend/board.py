"""The timeline of one or more places for one question, ready for the template.

Rows that are the same for everyone come from memory; those with something of the person
who looks (own reservations, the chosen period, spaces of their organisation) are written
anew for this answer alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from frontend import formats
from frontend.answers import Answer, Own, Owned, answers_of
from frontend.asking import Ask, hhmm
from frontend.grid import DAY, day_grid, minute_of, strips_of
from frontend.memory import Memory
from frontend.reference import reference
from frontend.rows import Choice, Pen, pen_of, row_html, rows_html
from reservations.models import Location, Space
from reservations.selectors.spaces import spaces_visible
from reservations.selectors.timeline import Grid, Mark, grid_mark, own_on_grid, timeline_day

#: The windows pages.css knows, as (first hour, last hour), narrowest first.
WINDOWS = tuple(
    sorted(
        ((a, b) for a in (0, 6, 7, 8) for b in (18, 20, 22, 24)),
        key=lambda window: window[1] - window[0],
    )
)


@dataclass(frozen=True)
class Sheet:
    """Rows of one place as they are the same for everyone."""

    key: tuple[object, ...] | None
    answers: tuple[Answer, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One place's part of the answer."""

    location: Location
    ask: Ask
    zone: str
    window: str
    hours: tuple[tuple[str, str], ...]
    now_slot: str
    now_clock: str
    past: bool
    rows: SafeString
    free: int
    total: int
    length: str
    day_name: str
    key: tuple[object, ...] | None

    @property
    def dim_clear(self) -> bool:
        """Whether the dimension line above the asked period would not touch the present."""
        if not self.now_slot:
            return True
        hours, _sep, minutes = self.now_slot.partition(":")
        present = int(hours) * 60 + int(minutes)
        return not self.ask.start - 75 < present < self.ask.end + 75

    @property
    def asked_from(self) -> str:
        """The column the asked period begins at."""
        return hhmm(self.ask.start // 5 * 5)

    @property
    def asked_until(self) -> str:
        """The column it ends at."""
        return hhmm(-(-self.ask.end // 5) * 5)


@dataclass(frozen=True)
class Board:
    """The whole answer."""

    sections: tuple[Section, ...]

    @property
    def key(self) -> tuple[object, ...] | None:
        """What two boards alike have in common; None when it holds something personal."""
        keys = tuple(section.key for section in self.sections)
        return None if None in keys else keys

    @property
    def free(self) -> int:
        """How many spaces are free."""
        return sum(section.free for section in self.sections)

    @property
    def total(self) -> int:
        """Out of how many."""
        return sum(section.total for section in self.sections)


_sheets: "Memory[Sheet]" = Memory(size=128, seconds=20.0)


@dataclass(frozen=True)
class Ground:
    """What one place's part stands on, read before any grid is built: equal ones look alike.

    `more` are spaces of the person's organisations, `own` the person's reservations.
    """

    place: Location
    mark: Mark
    more: tuple[UUID, ...]
    own: Owned

    @property
    def key(self) -> tuple[object, ...]:
        """For a tag; the order of one's own is the database's, so it is sorted."""
        return (self.place.id, self.place.version, self.mark, self.more, sorted(self.own.items()))


def grounds_of(ask: Ask, actor: User | None, now: datetime) -> tuple[Ground, ...]:
    """The grounds of a question: a statement for each place, three for a person's."""
    return tuple(
        Ground(
            place=place,
            mark=grid_mark(place, ask.day, now=now),
            more=_more(actor, place),
            own=_owned(actor, place, ask),
        )
        for place in ask.places
    )


def board_of(
    ask: Ask,
    *,
    actor: User | None,
    now: datetime,
    choice: Choice | None = None,
    grounds: tuple[Ground, ...] = (),
) -> Board:
    """The board of a question for a person (None: a visitor)."""
    grounds = grounds or grounds_of(ask, actor, now)
    return Board(tuple(_section(ground, ask, now, choice) for ground in grounds))


def _section(ground: Ground, ask: Ask, now: datetime, choice: Choice | None) -> Section:
    place, own = ground.place, ground.own
    grid, shared = _grid(ground, ask, now)
    pen = pen_of(ask, reference().currencies)
    present = minute_of(now, ask.day, place.time_zone) // 5 * 5
    sheet = _sheet(grid, pen, now, present, shared)
    rows = sheet.rows
    if own or choice:
        rows = tuple(_personal(sheet, pen, own, choice))
    first, last = _window(grid, ask)
    showing = 0 <= present < DAY
    clock = formats.clock(now, place.time_zone) if showing else ""
    return Section(
        location=place,
        ask=ask,
        zone=formats.zone_name(place.time_zone, grid.bounds[0]),
        window=f"{first:02d}-{last:02d}",
        hours=tuple((f"{hour:02d}:00", f"{hour:02d}") for hour in range(first + 1, last)),
        now_slot=hhmm(present) if showing else "",
        now_clock=clock,
        past=present >= DAY,
        # Every row was escaped where it was written (frontend/rows.py).
        rows=mark_safe("".join(rows)),  # noqa: S308
        free=sum(answer.free for answer in sheet.answers),
        total=len(sheet.answers),
        length=formats.duration(ask.minutes),
        day_name=formats.day_long(ask.day),
        key=(*sheet.key, clock) if sheet.key and rows is sheet.rows else None,
    )


def _grid(ground: Ground, ask: Ask, now: datetime) -> tuple[Grid, bool]:
    """The grid, and whether everybody sees this one."""
    place, mark = ground.place, ground.mark
    if ground.more:
        return timeline_day(place, ask.day, mark=mark, now=now, more=ground.more), False
    return day_grid(place, ask.day, now, mark), True


def _more(actor: User | None, place: Location) -> tuple[UUID, ...]:
    """Spaces of named organisations that this person sees."""
    if actor is None:
        return ()
    theirs = spaces_visible(actor).filter(location=place, access=Space.Access.ORGANISATIONS)
    return tuple(theirs.order_by("id").values_list("id", flat=True))


def _sheet(grid: Grid, pen: Pen, now: datetime, present: int, shared: bool) -> Sheet:
    def make(key: tuple[object, ...] | None) -> Sheet:
        answers = tuple(answers_of(strips_of(grid, now), pen.ask))
        return Sheet(key, answers, tuple(rows_html(answers, pen)))

    if not shared:
        return make(None)
    key = (
        grid.location.id, grid.day, grid.revision, grid.fresh_until, present,
        formats.language(), pen.ask.key,
    )  # fmt: skip
    return _sheets.get(key, lambda: make(key))


def _owned(actor: User | None, place: Location, ask: Ask) -> Owned:
    if actor is None:
        return {}
    return {
        row["id"]: Own(row["id"], row["title"], row["state"])
        for row in own_on_grid(actor.subject_id, place, ask.day)
    }


def _personal(sheet: Sheet, pen: Pen, own: Owned, choice: Choice | None) -> Sequence[str]:
    """The shared rows, with those of the person written anew."""
    found = []
    for answer, row in zip(sheet.answers, sheet.rows, strict=True):
        mine = any(bar.reservation_id in own for bar in answer.strip.bars)
        chosen = choice is not None and choice.space_slug == answer.strip.space.slug
        found.append(row_html(answer, pen, own, choice) if mine or chosen else row)
    return found


def _window(grid: Grid, ask: Ask) -> tuple[int, int]:
    """The narrowest window with an hour around the opening, and the asked period in it."""
    zone = grid.location.time_zone
    edges = [ask.start, ask.end]
    for opens, closes in grid.open:
        edges += [minute_of(opens, grid.day, zone), minute_of(closes, grid.day, zone)]
    first, last = min(edges) // 60, -(-max(edges) // 60)
    fitting = [w for w in WINDOWS if w[0] <= max(first - 1, 0) and w[1] >= min(last + 1, 24)]
    return fitting[0] if fitting else (0, 24)
