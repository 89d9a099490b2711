"""A week of reservations around today: what was, what is, and what comes."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from billing.quotes import PriceBasis, quote_compute
from billing.selectors import price_bases
from reservations.demo.guests import Booker, bookers_load
from reservations.hours import open_periods
from reservations.models import ClosurePeriod, Location, Reservation, ReservationEvent, Space
from reservations.services.booking import cancel_free_until, expires_at, price_columns

State = Reservation.State
SEED: Final = 48
AROUND: Final = range(-7, 9)
#: Lengths in minutes, the usual ones more often.
LENGTHS: Final = {
    Space.Kind.MEETING_ROOM: (60, 60, 90, 90, 120, 120, 180),
    Space.Kind.PRIVATE_OFFICE: (240, 240, 480),
    Space.Kind.HOT_DESK: (120, 240, 240, 480),
    Space.Kind.EVENT_HALL: (240, 240, 480),
}
#: How likely the next free half hour begins a reservation; makes about 40 % full.
BUSY: Final = 0.22
#: The share of the three tenants with an account; walk-ins have the rest.
TENANTS: Final = 0.02


@dataclass
class Book:
    """What has been written so far, and what writing needs to know."""

    now: datetime
    chance: random.Random
    bookers: list[Booker]
    desk: UUID
    rows: list[Reservation] = field(default_factory=list)
    events: list[ReservationEvent] = field(default_factory=list)
    begun: dict[UUID, datetime] = field(default_factory=dict)


def bookings_load(*, now: datetime) -> None:
    """Write the reservations of the demo's locations; the trigger writes their occupancy."""
    chance = random.Random(SEED)  # noqa: S311 - the same demo every time, no secret
    desk = User.objects.get(email="dewi@ruang.test").subject_id
    book = Book(now, chance, bookers_load(), desk)
    for location in Location.objects.all():
        for offset in AROUND:
            day = now.astimezone(ZoneInfo(location.time_zone)).date() + timedelta(days=offset)
            _day_fill(book, location, day)
    Reservation.objects.bulk_create(book.rows, batch_size=500)
    ReservationEvent.objects.bulk_create(book.events, batch_size=500)
    _created_at_write(book)


def _day_fill(book: Book, location: Location, day: date) -> None:
    periods = open_periods(location.opening_hours, day, location.time_zone)
    if not periods or _is_shut(location, periods[0][0], periods[-1][1]):
        return
    spaces = list(_spaces(location))
    bases = price_bases({space.rate_plan_id for space in spaces}, day)
    for space in spaces:
        for opens, closes in periods:
            for starts, ends in _slots(book.chance, space, opens, closes):
                _add(book, space, starts, ends, bases[space.rate_plan_id])


def _spaces(location: Location) -> QuerySet[Space]:
    """Halls are booked by their parts here, so that whole and part never collide."""
    return location.spaces.filter(parts=None).order_by("slug").select_related("location")


def _is_shut(location: Location, starts: datetime, ends: datetime) -> bool:
    return ClosurePeriod.objects.filter(location=location, period__overlap=(starts, ends)).exists()


def _slots(
    chance: random.Random, space: Space, opens: datetime, closes: datetime
) -> Iterator[tuple[datetime, datetime]]:
    step = timedelta(minutes=max(space.granularity_minutes, 30))
    at, turnover = opens, timedelta(minutes=space.turnover_minutes)
    while at < closes:
        ends = at + timedelta(minutes=chance.choice(LENGTHS[Space.Kind(space.kind)]))
        if chance.random() < BUSY and ends <= closes:
            yield at, ends
            # The next one may begin on the step after the turnover.
            at += step * -(-(ends + turnover - at) // step)
        else:
            at += step


def _add(book: Book, space: Space, starts: datetime, ends: datetime, basis: PriceBasis) -> None:
    booker = _booker(book, space)
    if booker is None:
        return
    state = _state(book, space, starts, ends)
    made_at = _made_at(book, starts, state)
    minutes = int((ends - starts).total_seconds()) // 60
    row = Reservation(
        space=space,
        holder_id=booker.subject_id,
        contact_id=booker.contact_id,
        organisation_id=booker.organisation_id,
        created_by_id=booker.subject_id if booker.is_user else book.desk,
        state=state,
        starts_at=starts,
        ends_at=ends,
        turnover_minutes=space.turnover_minutes,
        title=book.chance.choice(booker.titles) if booker.titles else "",
        people=book.chance.randint(1, space.capacity),
        expires_at=expires_at(state, starts, made_at),
        cancel_free_until=cancel_free_until(space, starts),
        checked_in_at=starts if state in {State.CHECKED_IN, State.COMPLETED} else None,
        **price_columns(quote_compute(basis, minutes)),
    )
    _history(book, row, space, made_at)
    book.rows.append(row)
    book.begun[row.id] = made_at


def _booker(book: Book, space: Space) -> Booker | None:
    """Somebody the space's access admits; walk-ins where everyone may book."""
    if space.access == Space.Access.EVERYONE:
        tenants = book.chance.random() < TENANTS
        return book.chance.choice([one for one in book.bookers if one.is_user is tenants])
    named = set(space.organisations.values_list("id", flat=True))
    admitted = [
        booker
        for booker in book.bookers
        if booker.organisation_id and (not named or booker.organisation_id in named)
    ]
    return book.chance.choice(admitted) if admitted and book.chance.random() < 0.5 else None


def _state(book: Book, space: Space, starts: datetime, ends: datetime) -> State:
    dice = book.chance.random()
    if dice < 0.06:
        return State.CANCELLED
    if ends <= book.now:
        return State.NO_SHOW if dice < 0.09 else State.COMPLETED
    if starts <= book.now:
        return State.CHECKED_IN
    return State.PENDING if space.approval_required and dice < 0.35 else State.CONFIRMED


def _made_at(book: Book, starts: datetime, state: State) -> datetime:
    """When it was booked: days before, yet never in the future; what waits came just now.

    What begins within a day was booked within a day of it. Nobody is reminded of such
    bookings (services/reminders.py), so that the demo itself writes to nobody: whoever
    looks into the caught mail finds what they did.
    """
    if state == State.PENDING:
        return book.now - timedelta(hours=book.chance.randint(1, 6))
    day_before = starts - timedelta(days=1)
    if starts > book.now >= day_before:
        return day_before + (book.now - day_before) * book.chance.uniform(0.2, 0.9)
    before = timedelta(hours=book.chance.randint(30, 200))
    return min(starts - before, book.now - timedelta(hours=1))


def _history(book: Book, row: Reservation, space: Space, made_at: datetime) -> None:
    """The events that lead to the row's state, with its version counted along."""
    steps: list[tuple[str, str, datetime]] = []
    asked = space.approval_required and row.state != State.CANCELLED
    steps.append(("booked", State.PENDING if asked else State.CONFIRMED, made_at))
    if asked and row.state != State.PENDING:
        steps.append(("approved", State.CONFIRMED, _soon_after(book, made_at, 40)))
    if row.state == State.CANCELLED:
        steps.append(("cancelled", State.CANCELLED, _soon_after(book, made_at, 50)))
    if row.checked_in_at:
        steps.append(("checked_in", State.CHECKED_IN, row.checked_in_at))
    if row.state in {State.COMPLETED, State.NO_SHOW}:
        steps.append((row.state, row.state, row.ends_at))
    row.version = len(steps)
    book.events.extend(_events(row, steps))


def _soon_after(book: Book, made_at: datetime, minutes: int) -> datetime:
    """So many minutes later, where these have passed already."""
    return min(made_at + timedelta(minutes=minutes), max(made_at, book.now))


def _events(
    row: Reservation, steps: Iterable[tuple[str, str, datetime]]
) -> Iterator[ReservationEvent]:
    before = ""
    for version, (verb, state, at) in enumerate(steps, start=1):
        yield ReservationEvent(
            reservation=row,
            actor_id=row.created_by_id if verb in {"booked", "cancelled"} else None,
            verb=verb,
            from_state=before,
            to_state=state,
            version=version,
            at=at,
            changes={"late": False} if verb == "cancelled" else {},
        )
        before = state


def _created_at_write(book: Book) -> None:
    """Inserting stamps every row with now; the demo's were booked earlier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reservations_reservation AS row SET created_at = made.at"
            " FROM unnest(%s::uuid[], %s::timestamptz[]) AS made(id, at)"
            " WHERE row.id = made.id",
            [list(book.begun), list(book.begun.values())],
        )
