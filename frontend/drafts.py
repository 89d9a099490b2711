"""A booking being written: read from an address or a form, never losing what was typed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from frontend import formats
from frontend.asking import Ask, default_start, hhmm
from frontend.grid import minute_of
from reservations.models import Space
from reservations.rules import Wish
from reservations.services import GuestWish
from reservations.services.booking import BookingWish

SHOWN_LENGTHS: Final = (30, 60, 90, 120, 180, 240)
LONGEST_DAYS: Final = 400
#: Fields of the services' rules, by the field of the form that shows them.
FIELDS: Final = {
    "starts_at": "from",
    "ends_at": "to",
    "people": "people",
    "guests": "guests",
    "title": "title",
    "organisation": "organisation",
}


@dataclass(frozen=True)
class Draft:
    """Minutes count from the start of `day` in the location's zone; an end may lie beyond it."""

    space: Space
    day: date
    start: int
    end: int
    title: str = ""
    guests: str = ""
    people: str = ""
    organisation: str = ""
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        """The location's zone."""
        return self.space.location.time_zone

    @property
    def starts_at(self) -> datetime:
        """The instant it begins."""
        return formats.local_instant(self.day, self.start, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The instant it ends."""
        return formats.local_instant(self.day, self.end, self.zone)

    @property
    def wish(self) -> Wish:
        """What the rules judge."""
        return Wish(self.starts_at, self.ends_at, self.seats)

    @property
    def seats(self) -> int | None:
        """The number of people, when it is one."""
        text = self.people.strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None

    @property
    def query(self) -> str:
        """The address of this draft; nothing personal goes into an address."""
        day = self.day.isoformat()
        people = f"&people={self.seats}" if self.seats else ""
        return (
            f"space={self.space.slug}&start={day}T{hhmm(self.start)}"
            f"&end={day}T{hhmm(self.end)}{people}"
        )

    def ask(self) -> Ask:
        """The search this sheet stands beside."""
        return Ask(
            places=(self.space.location,),
            where=self.space.location.slug,
            day=self.day,
            start=min(self.start, 24 * 60 - 5),
            minutes=max(min(self.end - self.start, 24 * 60), 5),
            people=self.seats,
        )

    def guest_wishes(self) -> list[GuestWish]:
        """One address per line, comma or semicolon."""
        parts = re.split(r"[\s,;]+", self.guests)
        return [GuestWish(part) for part in parts if part]

    def booking(self) -> BookingWish:
        """The draft as the service takes it."""
        return BookingWish(
            space_id=self.space.id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            title=self.title.strip(),
            people=self.seats,
            guests=self.guest_wishes(),
            organisation_id=self._organisation_id(),
        )

    def _organisation_id(self) -> UUID | None:
        try:
            return UUID(self.organisation) if self.organisation else None
        except ValueError:
            return None

    def refused(self, errors: Mapping[str, list[str]]) -> "Draft":
        """The same draft with what is wrong about it."""
        return replace(self, errors={**self.errors, **errors})


def draft_of_address(space: Space, query: Mapping[str, str], now: datetime) -> Draft:
    """A draft from ?start=…&end=…; unusable times become the next opening, and are noted."""
    zone = space.location.time_zone
    errors: dict[str, list[str]] = {}
    day, start = default_start(space.location, now)
    starts = _instant(query.get("start", ""), zone)
    ends = _instant(query.get("end", ""), zone)
    people = query.get("people", "")[:9]
    if starts is None:
        if query.get("start") or query.get("end"):
            errors["from"] = [_("This time cannot be read. Here is the next one.")]
        return Draft(space, day, start, start + _first_length(space), people=people, errors=errors)
    day = formats.wall(starts, zone).date()
    start = minute_of(starts, day, zone)
    end = minute_of(ends, day, zone) if ends else start + _first_length(space)
    if end <= start or end - start > LONGEST_DAYS * 24 * 60:
        errors["to"] = [_("The end must come after the start. Choose another.")]
        end = start + _first_length(space)
    return Draft(space, day, start, end, people=people, errors=errors)


def draft_of_form(space: Space, form: Mapping[str, str], now: datetime) -> Draft:
    """A draft from the sheet's own form, with everything typed."""
    errors: dict[str, list[str]] = {}
    fallback, soon = default_start(space.location, now)
    day = _date(form.get("day", ""))
    start, end = _minute(form.get("from", "")), _minute(form.get("to", ""))
    if day is None or start is None:
        errors["from"] = [_("This time cannot be read.")]
        day, start = day or fallback, soon if start is None else start
    if end is None or end <= start:
        errors["to"] = [_("The end must come after the start.")]
        end = start + _first_length(space)
    people = form.get("people", "").strip()
    if people and not (people.isascii() and people.isdigit() and 0 < len(people) < 9):
        errors["people"] = [_("Write the number of people in figures.")]
    title = form.get("title", "")
    if len(title) > 200 or "\x00" in title:
        errors["title"] = [_("At most 200 characters.")]
    return Draft(
        space,
        day,
        start,
        end,
        title=title,
        guests=form.get("guests", ""),
        people=people,
        organisation=form.get("organisation", ""),
        errors=errors,
    )


def with_length(draft: Draft, text: str) -> Draft:
    """The draft with another length, from its start."""
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= LONGEST_DAYS * 24 * 60:
        return replace(draft, end=draft.start + int(text[:6]), errors={})
    return draft


def moved_to(draft: Draft, space: Space, starts: datetime, ends: datetime) -> Draft:
    """The draft in another space or at another time, with everything typed."""
    zone = space.location.time_zone
    day = formats.wall(starts, zone).date()
    return replace(
        draft,
        space=space,
        day=day,
        start=minute_of(starts, day, zone),
        end=minute_of(ends, day, zone),
        errors={},
    )


def times_from(draft: Draft, opening: list[tuple[int, int]]) -> list[tuple[str, str]]:
    """The starts to choose from, on the space's steps within the opening hours."""
    step = _shown_step(draft.space)
    least = draft.space.min_minutes
    starts = {m for a, b in opening for m in range(-(-a // step) * step, b - least + 1, step)}
    return [(hhmm(m), formats.clock_minute(m)) for m in sorted({*starts, draft.start})]


def times_to(draft: Draft, opening: list[tuple[int, int]]) -> list[tuple[str, str]]:
    """The ends to choose from: from the shortest to the longest, until closing."""
    step = _shown_step(draft.space)
    closes = max((b for a, b in opening if a <= draft.start), default=24 * 60)
    last = min(draft.start + draft.space.max_minutes, closes)
    ends = {*range(draft.start + max(draft.space.min_minutes, step), last + 1, step), draft.end}
    return [(hhmm(m), end_label(draft.day, m)) for m in sorted(ends)]


def end_label(day: date, minute: int) -> str:
    """15.30; with the day when it lies beyond this one."""
    if minute <= 24 * 60:
        return formats.clock_minute(minute)
    later, rest = divmod(minute, 24 * 60)
    return f"{formats.day_short(day + timedelta(days=later))} {formats.clock_minute(rest)}"


def lengths_of(draft: Draft) -> list[tuple[int, str, bool]]:
    """(minutes, label, chosen) of the usual lengths this space allows."""
    space = draft.space
    allowed = [
        m
        for m in SHOWN_LENGTHS
        if space.min_minutes <= m <= space.max_minutes and m % space.granularity_minutes == 0
    ]
    return [(m, formats.duration_short(m), m == draft.end - draft.start) for m in allowed[:5]]


def viewer_zone(actor: User | None, zone: str, at: datetime) -> str:
    """The person's own zone when its clock differs from the building's then, else ""."""
    if actor is None:
        return ""
    differs = formats.wall(at, actor.time_zone).utcoffset() != formats.wall(at, zone).utcoffset()
    return actor.time_zone if differs else ""


def _shown_step(space: Space) -> int:
    step = space.granularity_minutes
    return step if step >= 15 else -(-15 // step) * step


def _first_length(space: Space) -> int:
    return max(space.min_minutes, min(60, space.max_minutes))


def _instant(text: str, zone: str) -> datetime | None:
    """An instant with its offset, or a wall time of the zone; "T24:00" is the day's end."""
    try:
        if text[10:] in {"T24:00", " 24:00"}:
            return formats.local_instant(date.fromisoformat(text[:10]), 24 * 60, zone)
        found = datetime.fromisoformat(text)
        if not 2000 <= found.year <= 9000:
            return None
        return found if found.tzinfo else found.replace(tzinfo=formats.zone_info(zone))
    except (ValueError, OverflowError):
        return None


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 9000 else None


def _minute(text: str) -> int | None:
    """ "14:30" or "14.30" -> 870; hours beyond 24 lie on the days after."""
    found = re.fullmatch(r"(\d{1,4})[:.](\d\d)", text.strip())
    if not found or int(found[2]) > 59 or int(found[1]) > LONGEST_DAYS * 24:
        return None
    return int(found[1]) * 60 + int(found[2])
