"""What a search asks: read from an address leniently, since people edit and share it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from frontend.formats import zone_info
from frontend.grid import minute_of
from reservations.hours import open_periods
from reservations.models import Location, Space

LENGTHS: Final = (30, 45, 60, 90, 120, 180, 240, 480)
LONGEST: Final = 24 * 60
MOST_PEOPLE: Final = 100_000
PAST_DAYS, AHEAD_DAYS = 31, 366
VIEWS: Final = ("timeline", "list")
ANYWHERE: Final = "all"


@dataclass(frozen=True)
class Ask:
    """One question. `start` is a minute of the local day of each place, `now` says it moves."""

    places: tuple[Location, ...]
    where: str
    day: date
    start: int
    minutes: int
    now: bool = False
    people: int | None = None
    needs: tuple[str, ...] = ()
    kind: str = ""
    view: str = "timeline"
    notes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def end(self) -> int:
        """The minute it ends, at most midnight."""
        return min(self.start + self.minutes, 24 * 60)

    @property
    def key(self) -> tuple[object, ...]:
        """What two equal questions have in common."""
        return (
            self.where, self.day, self.start, self.minutes, self.people, self.needs, self.kind,
            self.view,
        )  # fmt: skip

    def query(self, **changes: object) -> str:
        """This question as the query of an address, with changes."""
        asked = replace(self, **changes)  # type: ignore[arg-type]
        pairs: list[tuple[str, object]] = [
            ("where", asked.where),
            ("date", asked.day.isoformat()),
            ("start", "now" if asked.now else hhmm(asked.start)),
            ("length", asked.minutes),
        ]
        pairs += [("people", asked.people)] if asked.people else []
        pairs += [("kind", asked.kind)] if asked.kind else []
        pairs += [("need", code) for code in asked.needs]
        pairs += [("view", asked.view)] if asked.view != "timeline" else []
        return urlencode(pairs)

    def wants(self, space: Space) -> bool:
        """Whether a space is of the kind and size asked for, with what is needed."""
        return (
            (not self.kind or space.kind == self.kind)
            and (not self.people or space.capacity >= self.people)
            and set(self.needs) <= set(space.amenities)
        )


def hhmm(minute: int) -> str:
    """870 -> "14:30"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def ask_read(
    query: QueryDict, locations: Sequence[Location], amenities: Mapping[str, str], now: datetime
) -> Ask:
    """The question of an address; what cannot be understood is replaced and noted."""
    notes: list[str] = []
    where, places = _where(query.get("where", ""), locations)
    first = places[0]
    day, start = default_start(first, now)
    asked_day = _day(query.get("date", ""), first, now, notes)
    moving = query.get("start") == "now"
    asked_start = _start(query.get("start", ""), notes)
    if moving:
        day, start = _present(first, now)
    elif asked_day is not None and asked_day != day:
        day, start = asked_day, _morning(first, asked_day)
    if asked_start is not None:
        # Without a day, a time that has passed today means tomorrow's.
        if asked_day is None and asked_start < start:
            day += timedelta(days=1)
        start = asked_start
    needs = tuple(code for code in dict.fromkeys(query.getlist("need")) if code in amenities)
    kind = query.get("kind", "")
    view = query.get("view", "")
    return Ask(
        places=places,
        where=where,
        day=day,
        start=start,
        minutes=_length(query.get("length", ""), notes),
        now=moving,
        people=_people(query.get("people", ""), notes),
        needs=needs,
        kind=kind if kind in Space.Kind.values else "",
        view=view if view in VIEWS else "timeline",
        notes=tuple(notes),
    )


def _where(slug: str, locations: Sequence[Location]) -> tuple[str, tuple[Location, ...]]:
    if slug == ANYWHERE:
        return ANYWHERE, tuple(locations)
    chosen = next((place for place in locations if place.slug == slug), locations[0])
    return chosen.slug, (chosen,)


def default_start(location: Location, now: datetime) -> tuple[date, int]:
    """Where to begin looking: the next quarter hour, or the next opening."""
    local = now.astimezone(zone_info(location.time_zone))
    soon = -(-(local.hour * 60 + local.minute) // 15) * 15
    for offset in range(8):
        day = local.date() + timedelta(days=offset)
        for opens, closes in _opening(location, day):
            start = max(opens, soon if offset == 0 else 0)
            if start + LENGTHS[0] <= closes:
                return day, start
    return local.date(), min(soon, 23 * 60)


def _present(location: Location, now: datetime) -> tuple[date, int]:
    local = now.astimezone(zone_info(location.time_zone))
    return local.date(), (local.hour * 60 + local.minute) // 15 * 15


def _morning(location: Location, day: date) -> int:
    opening = _opening(location, day)
    return max(opening[0][0], 9 * 60) if opening and opening[0][1] > 10 * 60 else 9 * 60


def _opening(location: Location, day: date) -> list[tuple[int, int]]:
    zone = location.time_zone
    return [
        (minute_of(opens, day, zone), minute_of(closes, day, zone))
        for opens, closes in open_periods(location.opening_hours, day, zone)
    ]


def _day(text: str, location: Location, now: datetime, notes: list[str]) -> date | None:
    if not text:
        return None
    today = now.astimezone(zone_info(location.time_zone)).date()
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        day = None
    if day is not None and -PAST_DAYS <= (day - today).days <= AHEAD_DAYS:
        return day
    notes.append(_("That day cannot be shown. Here is the next one that can."))
    return None


def _start(text: str, notes: list[str]) -> int | None:
    if text in {"", "now"}:
        return None
    try:
        at = time.fromisoformat(text.replace(".", ":"))
    except ValueError:
        notes.append(_("That time of day cannot be read. Write it as 14:00."))
        return None
    return at.hour * 60 + at.minute // 5 * 5


def _length(text: str, notes: list[str]) -> int:
    if not text:
        return 60
    if text.isascii() and text.isdigit() and 5 <= int(text[:6]) <= LONGEST:
        return int(text) // 5 * 5
    notes.append(_("That length cannot be searched for. Here is one hour."))
    return 60


def _people(text: str, notes: list[str]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST_PEOPLE:
        return int(text)
    notes.append(_("The number of people must be a whole number from 1 up."))
    return None
