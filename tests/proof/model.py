"""What the house should do, said a second time and as simply as possible, without SQL."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

BLOCKING: Final = {"held", "confirmed", "checked_in"}
HOLD: Final = timedelta(minutes=8)
#: Name of a room: its atomic parts and its turnover in minutes.
ROOMS: Final[dict[str, tuple[frozenset[str], int]]] = {
    "hall": (frozenset({"north", "south"}), 0),
    "north": (frozenset({"north"}), 15),
    "south": (frozenset({"south"}), 0),
    "plain": (frozenset({"plain"}), 30),
}
STEP: Final = timedelta(minutes=15)


@dataclass
class Entry:
    """A reservation of the model."""

    room: str
    person: str
    starts: datetime
    ends: datetime
    state: str
    expires: datetime | None = None

    @property
    def until(self) -> datetime:
        """When the turnover after it is over."""
        return self.ends + timedelta(minutes=ROOMS[self.room][1])


@dataclass
class Model:
    """Every reservation by key, closures, and a clock."""

    now: datetime
    entries: dict[UUID, Entry] = field(default_factory=dict)
    closures: list[tuple[str, datetime, datetime]] = field(default_factory=list)

    def live(self, entry: Entry) -> bool:
        """Whether it still stands in the way."""
        overdue = entry.expires is not None and entry.expires <= self.now
        return entry.state in BLOCKING and not overdue

    def taken(
        self, room: str, starts: datetime, ends: datetime, person: str, but: UUID | None = None
    ) -> bool:
        """Whether a live reservation has one of the parts; the person's own holds give way."""
        parts, turnover = ROOMS[room]
        until = ends + timedelta(minutes=turnover)
        return any(
            self.live(entry)
            and key != but
            and not (entry.state == "held" and entry.person == person)
            and parts & ROOMS[entry.room][0]
            and entry.starts < until
            and starts < entry.until
            for key, entry in self.entries.items()
        )

    def shut(self, room: str, starts: datetime, ends: datetime) -> bool:
        """Whether a closure of the room, its whole or a part of it touches the period."""
        return any(
            ROOMS[room][0] & ROOMS[where][0] and opens < ends and starts < closes
            for where, opens, closes in self.closures
        )

    def refusal(
        self,
        room: str,
        starts: datetime,
        ends: datetime,
        person: str,
        but: UUID | None = None,
        keeps_start: bool = False,
    ) -> tuple[str, ...]:
        """The codes a booking would be refused with, sorted; empty when it may be."""
        rules = []
        if ends <= self.now or (not keeps_start and starts <= self.now - STEP):
            rules.append("in_past")
        if self.shut(room, starts, ends):
            rules.append("closed")
        if but is not None and not keeps_start and self.entries[but].starts <= self.now:
            rules.append("already_started")
        taken = self.taken(room, starts, ends, person, but)
        if not rules:
            return ("slot_taken",) if taken else ()
        return tuple(sorted([*rules, "taken"] if taken else rules))

    def give_way(
        self, room: str, starts: datetime, ends: datetime, person: str, but: UUID | None = None
    ) -> None:
        """Expire what a new reservation there takes over: overdue holds, the person's own."""
        parts, turnover = ROOMS[room]
        until = ends + timedelta(minutes=turnover)
        for key, entry in self.entries.items():
            overlaps = (
                parts & ROOMS[entry.room][0] and entry.starts < until and starts < entry.until
            )
            own = entry.person == person and key != but
            if entry.state == "held" and overlaps and (own or not self.live(entry)):
                entry.state, entry.expires = "expired", None

    def sweep(self) -> None:
        """Expire every overdue hold."""
        for entry in self.entries.values():
            if entry.state == "held" and not self.live(entry):
                entry.state, entry.expires = "expired", None

    def occupancy(self) -> set[tuple[UUID, str, datetime, datetime]]:
        """The rows the occupancy table must hold: overdue holds stay until swept."""
        return {
            (key, part, entry.starts, entry.until)
            for key, entry in self.entries.items()
            if entry.state in BLOCKING
            for part in ROOMS[entry.room][0]
        }
