"""Weeks of one space: how much of each day is free, for the five weeks and the month."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from frontend import formats
from frontend.asking import hhmm
from frontend.grid import DAY, complement, minute_of
from reservations.hours import day_bounds, open_periods
from reservations.models import Space
from reservations.selectors import busy
from reservations.selectors.timeline import month_days, own_in_space


@dataclass(frozen=True)
class Day:
    """One day: `free` and `open` in minutes; `word` says why it cannot be booked."""

    day: date
    label: str
    name: str
    free: int
    open: int
    word: str
    taken: tuple[tuple[int, int], ...]
    today: bool
    query: str
    outside: bool = False
    own: tuple[tuple[int, int], ...] = ()

    @property
    def hours(self) -> str:
        """6,5: whole quarters of an hour, since nobody books what is left of one."""
        return formats.number(self.free // 15 / 4)

    @property
    def bars(self) -> list[tuple[int, int]]:
        """(x, width) of what is taken, on a strip of 720."""
        return [_on_strip(span) for span in self.taken]

    @property
    def own_bars(self) -> list[tuple[int, int]]:
        """(x, width) of what is the person's own, on the same strip."""
        return [_on_strip(span) for span in self.own]

    @property
    def own_start(self) -> str:
        """14.00, when the first of them begins."""
        return formats.clock_minute(self.own[0][0])

    @property
    def own_times(self) -> str:
        """14.00–15.30, 17.00–18.00."""
        clock = formats.clock_minute
        return ", ".join(f"{clock(a)}–{clock(b)}" for a, b in self.own)


def _on_strip(span: tuple[int, int]) -> tuple[int, int]:
    scale = 720 / DAY
    return round(span[0] * scale), max(round((span[1] - span[0]) * scale), 2)


@dataclass(frozen=True)
class Week:
    """Seven days, Monday first."""

    number: int
    days: tuple[Day, ...]


def weeks_of(
    space: Space,
    first: date,
    weeks: int,
    now: datetime,
    month: date | None = None,
    *,
    actor: User | None = None,
) -> list[Week]:
    """So many weeks from the Monday of `first` on; days beyond `month` are marked outside.

    With an actor, the person's own reservations are drawn as such.
    """
    monday = first - timedelta(days=first.weekday())
    loaded = month_days(space, monday, weeks * 7, now)
    days = list(_days(space, monday, weeks * 7, loaded, now, month))
    if actor is not None:
        days = _with_own(days, space, actor)
    return [
        Week(days[n * 7].day.isocalendar().week, tuple(days[n * 7 : n * 7 + 7]))
        for n in range(weeks)
    ]


def own_count(weeks: Sequence[Week]) -> int:
    """How many reservations of the person lie in the days of the month."""
    return sum(len(day.own) for week in weeks for day in week.days if not day.outside)


def _with_own(days: list[Day], space: Space, actor: User) -> list[Day]:
    """The days with what is the person's own in this space; one statement."""
    zone = space.location.time_zone
    starts, _end = day_bounds(days[0].day, zone)
    _start, ends = day_bounds(days[-1].day, zone)
    periods = own_in_space(actor.subject_id, space, starts, ends)
    return [replace(day, own=tuple(_spans(periods, day.day, zone))) for day in days]


def free_minutes(weeks: Sequence[Week]) -> int:
    """What is free in all days that belong to the month."""
    return sum(day.free for week in weeks for day in week.days if not day.outside)


def _days(
    space: Space,
    monday: date,
    count: int,
    loaded: dict[date, busy.Day],
    now: datetime,
    month: date | None,
) -> Iterator[Day]:
    today = formats.wall(now, space.location.time_zone).date()
    for offset in range(count):
        day = monday + timedelta(days=offset)
        outside = month is not None and (day.year, day.month) != (month.year, month.month)
        yield _day(space, day, loaded[day], now, today, outside, first=offset == 0)


def _day(
    space: Space, day: date, loaded: busy.Day, now: datetime, today: date, outside: bool,
    *, first: bool,
) -> Day:  # fmt: skip
    zone = space.location.time_zone
    opening = [
        (minute_of(a, day, zone), minute_of(b, day, zone))
        for a, b in open_periods(space.location.opening_hours, day, zone)
    ]
    closed = _spans(((s.starts, s.ends) for s in loaded.shut), day, zone)
    taken = _spans(((t.starts, t.until) for t in loaded.taken), day, zone)
    present = min(max(minute_of(now, day, zone), 0), DAY)
    left = [gap for period in opening for gap in complement(closed, period)]
    free = sum(b - a for span in left for a, b in complement([*taken, (0, present)], span))
    named = first or day.day == 1
    label = f"{day.day} {formats.month_short(day)}" if named else str(day.day)
    start = left[0][0] if left else 9 * 60
    return Day(
        day=day,
        label=label,
        name=formats.day_long(day),
        free=free,
        open=sum(b - a for a, b in opening),
        word=_word(day, today, opening, left, loaded, space),
        taken=tuple(taken),
        today=day == today,
        query=f"where={space.location.slug}&date={day.isoformat()}&start={hhmm(start)}",
        outside=outside,
    )


def _spans(
    periods: Iterable[tuple[datetime, datetime]], day: date, zone: str
) -> list[tuple[int, int]]:
    found = [
        (max(minute_of(a, day, zone), 0), min(minute_of(b, day, zone), DAY)) for a, b in periods
    ]
    return sorted(span for span in found if span[1] > span[0])


def _word(
    day: date,
    today: date,
    opening: list[tuple[int, int]],
    left: list[tuple[int, int]],
    loaded: busy.Day,
    space: Space,
) -> str:
    if day < today:
        return _("past")
    if (day - today).days > space.ahead_days:
        return _("too far ahead")
    if opening and not left and loaded.shut:
        shut = loaded.shut[0]
        return shut.reason_id if formats.language() == "id" else shut.reason_en
    return "" if left else _("closed")
