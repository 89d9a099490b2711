"""Every list asks as many statements for thirty rows as for one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Invitation, Membership, Organisation
from accounts.services import token_create
from frontend.memory import forget_all
from privacy.models import Subject
from reservations.feeds import feed_create
from reservations.services import BookingWish, reservation_book
from reservations.services.guests import GuestWish
from tests.cast import Cast, at, location, person, space
from tests.frontend.conftest import browser

pytestmark = pytest.mark.django_db


def rooms(cast: Cast, count: int) -> None:
    """So many more rooms at the place."""
    for number in range(count):
        space(cast.place, f"Ruang {number}")


def bookings(cast: Cast, count: int) -> None:
    """Alice has so many rooms tomorrow, each for guests and for her organisation."""
    for number in range(count):
        wish = BookingWish(
            space_id=space(cast.place, f"Ruang {number}").id,
            starts_at=at(10), ends_at=at(11), organisation_id=cast.lontar.id,
        )  # fmt: skip
        reservation_book(actor=cast.alice, wish=wish)


def busy_rooms(cast: Cast, count: int) -> None:
    """So many rooms that are taken all day."""
    for number in range(count):
        room = space(cast.place, f"Ruang {number}")
        wish = BookingWish(space_id=room.id, starts_at=at(9), ends_at=at(12))
        reservation_book(actor=cast.bob, wish=wish)


def guests(cast: Cast, count: int) -> None:
    """One booking of Alice's with so many guests."""
    wish = BookingWish(
        space_id=cast.room.id, starts_at=at(10), ends_at=at(11),
        guests=[GuestWish(f"g{n}@lontar.example") for n in range(count)],
    )  # fmt: skip
    reservation_book(actor=cast.alice, wish=wish)


def places(cast: Cast, count: int) -> None:
    """So many more locations with a room each."""
    for number in range(count):
        space(location(f"Gedung {number}"), "Jati")


def members(cast: Cast, count: int) -> None:
    """So many more members of Alice's organisation, and as many open invitations."""
    for number in range(count):
        Membership.objects.create(
            user=person(f"m{number}@lontar.example"), organisation=cast.lontar, role="member"
        )
        Invitation.objects.create(
            organisation=cast.lontar, subject=Subject.objects.create(), invited_by=cast.alice,
            email=f"i{number}@lontar.example", role="member", digest=number.to_bytes(32),
            expires_at=timezone.now() + timedelta(days=3),
        )  # fmt: skip


def organisations(cast: Cast, count: int) -> None:
    """Alice belongs to so many more organisations."""
    for number in range(count):
        made = Organisation.objects.create(name=f"PT {number}")
        Membership.objects.create(user=cast.alice, organisation=made, role="member")


def keys(cast: Cast, count: int) -> None:
    """So many keys and calendar links of Alice's, as far as one may have."""
    for number in range(count):
        if number < 15:
            token_create(actor=cast.alice, name=f"Key {number}", scopes=["read"])
        if number < 8:
            feed_create(actor=cast.alice)


Fill = Callable[[Cast, int], None]
PAGES: list[tuple[str, str, Fill]] = [
    ("alice", "/", rooms),
    ("alice", "/find?where=kebon-sirih&view=list", rooms),
    ("alice", "/reservations", bookings),
    ("alice", "/reservations?whose=all&when=upcoming", bookings),
    ("bob", "/reservations?whose=all", bookings),
    ("alice", "/calendar", keys),
    ("alice", "/account/security", keys),
    ("alice", "/organisations", organisations),
    ("alice", "/organisations/{lontar}", members),
    ("alice", "/locations/kebon-sirih", rooms),
    ("alice", "/reservations/{reservation}", guests),
    ("visitor", "/api/v1/locations", places),
    ("visitor", "/api/v1/spaces?limit=50", rooms),
    ("visitor", "/api/v1/availability?limit=50&{period}", rooms),
    ("visitor", "/api/v1/availability?limit=50&{period}", busy_rooms),
    ("alice", "/api/v1/organisations", organisations),
    ("alice", "/api/v1/organisations/{lontar}/members", members),
    ("alice", "/api/v1/organisations/{lontar}/invitations", members),
    ("alice", "/api/v1/reservations/{reservation}/guests", guests),
]


@pytest.mark.parametrize(("who", "address", "fill"), PAGES)
def test_list_asks_as_much_for_thirty_as_for_one(
    cast: Cast, who: str, address: str, fill: Fill
) -> None:
    counts, sizes = [], []
    for count in (1, 30):
        with rolled_back():
            fill(cast, count)
            client = browser(None if who == "visitor" else getattr(cast, who))
            url = filled(address, cast)
            client.get(url)  # what a session or a key notes down on its first use
            forget_all()
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(url)
            assert answer.status_code == 200, answer.content[:300]
            counts.append([query["sql"].split(" WHERE ")[0][:200] for query in queries])
            sizes.append(len(answer.content))
    assert len(counts[0]) == len(counts[1]), set(counts[1]) ^ set(counts[0])
    assert sizes[1] > sizes[0], "the list did not grow"


@contextmanager
def rolled_back() -> Iterator[None]:
    """A savepoint that is always undone."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def filled(address: str, cast: Cast) -> str:
    """The address with this cast's keys."""
    period = f"starts_at={at(10):%Y-%m-%dT%H:%M}Z&ends_at={at(11):%Y-%m-%dT%H:%M}Z"
    found = cast.room.reservations.order_by("created_at").last()
    return address.format(
        lontar=cast.lontar.id, period=period, reservation=found.id if found else ""
    )
