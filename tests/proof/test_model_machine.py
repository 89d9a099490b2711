"""Random lives of a house, act by act, against a model of twenty lines: they never differ."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from privacy.errors import DomainError
from reservations.models import ClosurePeriod, Occupancy, Reservation
from reservations.services.booking import BookingWish, reservation_book, reservation_confirm
from reservations.services.changes import reservation_extend, reservation_move
from reservations.services.closures import ClosureWish, closure_create
from reservations.services.decisions import (
    reservation_cancel,
    reservation_check_in,
    reservation_end_early,
)
from reservations.services.expiry import reservations_expire_due
from tests.cast import JAKARTA, cast_make, space
from tests.live import is_drill
from tests.proof.model import HOLD, ROOMS, STEP, Entry, Model

ROOM = st.sampled_from(sorted(ROOMS))
PERSON = st.sampled_from(["alice", "bob", "charlie"])
SLOT = st.integers(0, 15)
LENGTH = st.integers(2, 6)


class House(RuleBasedStateMachine):
    """Acts on the real services and on the model; each rule compares the two answers."""

    known = Bundle("known")

    @initialize()
    def build(self) -> None:
        """A hall of two halves and a plain room, at 08.00 of a quiet day."""
        clean()
        self.cast = cast_make()
        hall = space(self.cast.place, "hall", kind="event_hall")
        made = {"hall": hall, "plain": space(self.cast.place, "plain", turnover_minutes=30)}
        for part in ("north", "south"):
            turnover = ROOMS[part][1]
            made[part] = space(self.cast.place, part, whole=hall, turnover_minutes=turnover)
        self.rooms = {name: room.id for name, room in made.items()}
        self.names = {key: name for name, key in self.rooms.items()}
        day = datetime.now(UTC).date() + timedelta(days=3)
        self.base = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        self.model = Model(self.base - timedelta(minutes=20))

    @rule(target=known, room=ROOM, person=PERSON, slot=SLOT, length=LENGTH, hold=st.booleans())
    def book(self, room: str, person: str, slot: int, length: int, hold: bool) -> Any:
        """Book or hold."""
        starts, ends = self._period(slot, length)
        expected = self.model.refusal(room, starts, ends, person)
        wish = BookingWish(space_id=self.rooms[room], starts_at=starts, ends_at=ends)
        made = self._both(
            expected, lambda: reservation_book(actor=self._actor(person), wish=wish, hold=hold)
        )
        if made is None:
            return multiple()
        self.model.give_way(room, starts, ends, person)
        expires = self.model.now + HOLD if hold else None
        state = "held" if hold else "confirmed"
        self.model.entries[made.id] = Entry(room, person, starts, ends, state, expires)
        return made.id

    @rule(key=known)
    def confirm(self, key: UUID) -> None:
        """Turn a hold into a booking."""
        entry = self.model.entries[key]
        expected = () if self.model.live(entry) else ("hold_expired",)
        expected = expected if entry.state == "held" else ("wrong_state",)
        actor = self._actor(entry.person)
        if self._both(expected, lambda: reservation_confirm(actor=actor, reservation_id=key)):
            entry.state, entry.expires = "confirmed", None

    @rule(key=known, room=ROOM, slot=SLOT, length=LENGTH)
    def move(self, key: UUID, room: str, slot: int, length: int) -> None:
        """Another room, another time, or both."""
        entry = self.model.entries[key]
        starts, ends = self._period(slot, length)
        self._reschedule(
            key, room, starts, ends, {"held", "confirmed"},
            lambda: reservation_move(
                actor=self._actor(entry.person), reservation_id=key, starts_at=starts,
                ends_at=ends, space_id=self.rooms[room],
            ),
        )  # fmt: skip

    @rule(key=known, more=st.integers(1, 3))
    def extend(self, key: UUID, more: int) -> None:
        """A later end."""
        entry = self.model.entries[key]
        # One that was ended early ends off the step; the way back is a plain refusal.
        ends = self.base + STEP * (-(-(entry.ends - self.base) // STEP) + more)
        self._reschedule(
            key, entry.room, entry.starts, ends, {"confirmed", "checked_in"},
            lambda: reservation_extend(
                actor=self._actor(entry.person), reservation_id=key, ends_at=ends
            ),
        )  # fmt: skip

    @rule(key=consumes(known))
    def cancel(self, key: UUID) -> None:
        """Give it back."""
        entry = self.model.entries[key]
        begun = entry.state == "confirmed" and entry.starts <= self.model.now
        expected = ("already_started",) if begun else ()
        expected = expected if entry.state in {"held", "confirmed"} else ("wrong_state",)
        actor = self._actor(entry.person)
        if self._both(expected, lambda: reservation_cancel(actor=actor, reservation_id=key)):
            entry.state, entry.expires = "cancelled", None

    @rule(key=known)
    def check_in(self, key: UUID) -> None:
        """The people are here."""
        entry, now = self.model.entries[key], self.model.now
        early = now < entry.starts - STEP
        may = entry.state == "confirmed" and not early and now < entry.ends
        actor = self._actor(entry.person)
        expected = () if may else ("wrong_state",)
        if self._both(expected, lambda: reservation_check_in(actor=actor, reservation_id=key)):
            entry.state = "checked_in"

    @rule(key=known)
    def end_early(self, key: UUID) -> None:
        """They leave before the end."""
        entry, now = self.model.entries[key], self.model.now
        may = entry.state in {"confirmed", "checked_in"} and entry.starts < now < entry.ends
        actor = self._actor(entry.person)
        expected = () if may else ("wrong_state",)
        if self._both(expected, lambda: reservation_end_early(actor=actor, reservation_id=key)):
            entry.ends = min(entry.ends, now + timedelta(minutes=1))

    @rule(room=ROOM, slot=st.integers(8, 18), length=st.integers(1, 2))
    def close(self, room: str, slot: int, length: int) -> None:
        """Shut a room for a while; what it hits is listed and stays."""
        starts, ends = self._period(slot, length)
        zone = ZoneInfo(JAKARTA)
        wish = ClosureWish(
            location_id=self.cast.place.id, space_id=self.rooms[room], reason_id="Servis",
            reason_en="Service", starts_local=starts.astimezone(zone).replace(tzinfo=None),
            ends_local=ends.astimezone(zone).replace(tzinfo=None),
        )  # fmt: skip
        with self._clock():
            _closure, hit = closure_create(actor=self.cast.eka, wish=wish)
        assert {row.id for row in hit} == {
            key
            for key, entry in self.model.entries.items()
            if entry.state in {"held", "confirmed", "checked_in"}
            and ROOMS[entry.room][0] & ROOMS[room][0]
            and entry.starts < ends
            and starts < entry.ends
        }
        self.model.closures.append((room, starts, ends))

    @rule(minutes=st.sampled_from([3, 9, 20]))
    def wait(self, minutes: int) -> None:
        """Time passes; nobody sweeps."""
        self.model.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        """The sweep comes by."""
        self.model.sweep()
        reservations_expire_due(now=self.model.now)

    @invariant()
    def nothing_overlaps(self) -> None:
        """No two live reservations have a part at the same time, turnover included."""
        if not hasattr(self, "model"):
            return
        rows = [
            row
            for row in Occupancy.objects.select_related("reservation").order_by("part", "period")
            if row.reservation.expires_at is None or row.reservation.expires_at > self.model.now
        ]
        for one, other in zip(rows, rows[1:], strict=False):
            assert one.part_id != other.part_id or one.period.upper <= other.period.lower

    @invariant()
    def the_tables_say_what_the_model_says(self) -> None:
        """States and occupancy, row by row."""
        if not hasattr(self, "model"):
            return
        states = dict(Reservation.objects.values_list("id", "state"))
        assert states == {key: entry.state for key, entry in self.model.entries.items()}
        rows = Occupancy.objects.values_list("reservation_id", "part_id", "period")
        found = {(key, self.names[part], p.lower, p.upper) for key, part, p in rows}
        assert found == self.model.occupancy()

    def _reschedule(
        self,
        key: UUID,
        room: str,
        starts: datetime,
        ends: datetime,
        states: set[str],
        act: Callable[[], Reservation],
    ) -> None:
        entry, model = self.model.entries[key], self.model
        keeps = starts == entry.starts
        expected = model.refusal(room, starts, ends, entry.person, key, keeps)
        if entry.state not in states or entry.ends <= model.now or not model.live(entry):
            expected = ("wrong_state",)
        if self._both(expected, act):
            model.give_way(room, starts, ends, entry.person, key)
            entry.room, entry.starts, entry.ends = room, starts, ends

    def _both(
        self, expected: tuple[str, ...], act: Callable[[], Reservation]
    ) -> Reservation | None:
        """Do it; the refusal, or its absence, must be the model's."""
        try:
            with self._clock():
                made = act()
        except DomainError as error:
            codes = sorted(broken.code for broken in error.broken) or [error.code]
            assert tuple(codes) == expected
            return None
        assert expected == ()
        return made

    def _clock(self) -> Any:
        return patch("privacy.clock.now", lambda: self.model.now)

    def _period(self, slot: int, length: int) -> tuple[datetime, datetime]:
        return self.base + STEP * slot, self.base + STEP * (slot + length)

    def _actor(self, person: str) -> Any:
        return getattr(self.cast, person)


def clean() -> None:
    """Empty every table, so that each life begins in an empty house."""
    TransactionTestCase._fixture_teardown(TransactionTestCase())  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_the_house_and_the_model_never_differ() -> None:
    """Lives of thirty acts; `make drill` runs ten times as many."""
    run_state_machine_as_test(
        House,
        settings=settings(
            max_examples=150 if is_drill() else 15,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not ClosurePeriod.objects.filter(period__isempty=True).exists()
