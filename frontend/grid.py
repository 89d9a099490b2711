"""A day of a location as minutes of the local clock: what a timeline row is drawn from.

Made once per revision from the shared grid (reservations/selectors/timeline.py), then the
same for everyone; questions about a period are answered from it without the database.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from frontend.formats import zone_info
from frontend.memory import Memory
from reservations.models import Location, Space
from reservations.selectors.timeline import Grid, Mark, Row, grid_mark, timeline_day

DAY = 24 * 60
FRESH_SECONDS = 20.0
Span = tuple[int, int]

_days: "Memory[Grid]" = Memory(size=96, seconds=FRESH_SECONDS)


@dataclass(frozen=True)
class Bar:
    """Something on a row: minutes of the local day, and what it is."""

    start: int
    end: int
    state: str  # taken, held, buffer, closure, shut
    reservation_id: UUID | None = None
    reason: tuple[str, str] = ("", "")  # Indonesian, English


@dataclass(frozen=True)
class Strip:
    """One space's day: its bars in order, and its free gaps on its own steps."""

    space: Space
    bars: tuple[Bar, ...]
    free: tuple[Span, ...]

    def gap(self, start: int, end: int) -> Span | None:
        """The free gap that holds [start, end), or None."""
        return next((g for g in self.free if g[0] <= start and end <= g[1]), None)


def day_grid(location: Location, day: date, now: datetime, mark: Mark | None = None) -> Grid:
    """The shared grid of a location's day, from memory while its mark stays the same."""
    found = mark or grid_mark(location, day, now=now)
    key = (location.id, day, found)
    return _days.get(key, lambda: timeline_day(location, day, mark=found, now=now))


def strips_of(grid: Grid, now: datetime) -> list[Strip]:
    """A strip per space of the grid, in its order."""
    opening = [_span(grid, *period) for period in grid.open]
    shut = tuple(Bar(a, b, "shut") for a, b in complement(opening, (0, DAY)))
    return [_strip(grid, row, opening, shut, now) for row in grid.rows]


def _strip(
    grid: Grid, row: Row, opening: list[Span], shut: tuple[Bar, ...], now: datetime
) -> Strip:
    space = row.space
    bars = [*shut, *_taken_bars(grid, row), *_closure_bars(grid, row)]
    # A booking must leave its own turnover before whoever comes next.
    before = space.turnover_minutes
    blocked = [
        (bar.start - (before if bar.state in {"taken", "held"} else 0), bar.end)
        for bar in bars
        if bar.state != "shut"
    ]
    earliest, latest = _bookable(grid, space, now)
    gaps = (
        _stepped(gap, space.granularity_minutes)
        for period in opening
        for gap in complement(blocked, (max(period[0], earliest), min(period[1], latest)))
    )
    free = tuple(gap for gap in gaps if gap[1] - gap[0] >= space.min_minutes)
    # What took place is drawn as it was, swept or not, and stands in nobody's way.
    bars += _past_bars(grid, row)
    return Strip(space, tuple(sorted(bars, key=lambda bar: bar.start)), free)


def _taken_bars(grid: Grid, row: Row) -> Iterator[Bar]:
    for taken in row.taken:
        start, end = _span(grid, taken.starts, taken.ends)
        _end, until = _span(grid, taken.ends, taken.until)
        if end > start:
            state = "held" if taken.held else "taken"
            yield Bar(start, end, state, taken.reservation_id)
        if until > _end:
            yield Bar(_end, until, "buffer")


def _past_bars(grid: Grid, row: Row) -> Iterator[Bar]:
    for taken in row.past:
        start, end = _span(grid, taken.starts, taken.ends)
        if end > start:
            yield Bar(start, end, "taken", taken.reservation_id)


def _closure_bars(grid: Grid, row: Row) -> Iterator[Bar]:
    for shut in row.shut:
        start, end = _span(grid, shut.starts, shut.ends)
        if end > start:
            yield Bar(start, end, "closure", reason=(shut.reason_id, shut.reason_en))


def _bookable(grid: Grid, space: Space, now: datetime) -> Span:
    """From the step that is running to the last moment the space may be booked ahead."""
    step = space.granularity_minutes
    running = minute_of(now, grid.day, grid.location.time_zone) // step * step
    limit = now + timedelta(days=space.ahead_days)
    # The rule limits the start, so the day of the limit itself stays whole.
    latest = DAY if minute_of(limit, grid.day, grid.location.time_zone) >= 0 else 0
    return max(running, 0), latest


def minute_of(instant: datetime, day: date, zone: str) -> int:
    """Wall minutes from the start of `day`; negative before it, above 1440 after it."""
    local = instant.astimezone(zone_info(zone))
    return (local.date() - day).days * DAY + local.hour * 60 + local.minute


def _span(grid: Grid, starts: datetime, ends: datetime) -> Span:
    zone = grid.location.time_zone
    first, last = minute_of(starts, grid.day, zone), minute_of(ends, grid.day, zone)
    return max(first, 0), min(max(last, 0), DAY)


def complement(blocked: Iterable[Span], within: Span) -> list[Span]:
    """What [within) has left beside the blocked spans, in order."""
    left, reached = [], within[0]
    for start, end in sorted(blocked):
        if start > reached:
            left.append((reached, min(start, within[1])))
        reached = max(reached, end)
        if reached >= within[1]:
            break
    if reached < within[1]:
        left.append((reached, within[1]))
    return [span for span in left if span[1] > span[0]]


def _stepped(gap: Span, step: int) -> Span:
    return -(-gap[0] // step) * step, gap[1] // step * step
