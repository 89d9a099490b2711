"""Private calendar feeds: what they show, to whom, and that they can be ended."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from icalevents.icalevents import events as parse_calendar
from icalevents.icalparser import Event

from accounts.models import User
from privacy import clock
from privacy.errors import NotAllowed, NotFound
from privacy.models import Subject
from reservations.feeds import TooManyFeeds, feed_create, feed_revoke, feeds_of
from reservations.models import CalendarFeed, Reservation, ReservationEvent
from reservations.services import reservation_cancel, reservation_move
from tests.cast import Cast, at, space

Book = Callable[..., Reservation]


def fetch(client: Client, secret: str, **headers: str) -> tuple[int, bytes]:
    """Status and bytes."""
    answer = client.get(f"/calendar/{secret}.ics", headers=headers)
    return answer.status_code, answer.content


def events_of(ics: bytes) -> list[Event]:
    """As another program reads them, soonest first."""
    now = clock.now()
    found = parse_calendar(
        string_content=ics, start=now - timedelta(days=60), end=now + timedelta(days=60)
    )
    return sorted(found, key=lambda event: event.start)


def test_a_feed_shows_ones_own_and_nobody_elses(cast: Cast, book: Book, client: Client) -> None:
    made = book(title="Mine")
    book(actor=cast.charlie, title="Theirs", day=2)
    new = feed_create(actor=cast.alice)

    status, ics = fetch(client, new.secret)

    assert status == 200
    assert b"Theirs" not in ics
    [event] = events_of(ics)
    assert (event.summary, event.start, event.uid) == ("Mine", at(14), f"{made.id}@ruang")
    assert b"ATTENDEE" not in ics
    assert b"METHOD" not in ics
    assert f"/reservations/{made.id}" in ics.replace(b"\r\n ", b"").decode()


def test_a_feed_follows_moves_and_keeps_the_uid(cast: Cast, book: Book, client: Client) -> None:
    made = book()
    secret = feed_create(actor=cast.alice).secret
    before = fetch(client, secret)[1]
    reservation_move(actor=cast.alice, reservation_id=made.id, starts_at=at(16), ends_at=at(17))

    after = fetch(client, secret)[1]

    assert b"SEQUENCE:0" in before
    assert b"SEQUENCE:1" in after
    [event] = events_of(after)
    assert (event.uid, event.start) == (f"{made.id}@ruang", at(16))


def test_a_cancelled_booking_stays_as_cancelled_for_thirty_days(
    cast: Cast, book: Book, client: Client
) -> None:
    made = book()
    secret = feed_create(actor=cast.alice).secret
    reservation_cancel(actor=cast.alice, reservation_id=made.id)

    [event] = events_of(fetch(client, secret)[1])
    assert event.status == "CANCELLED"

    ReservationEvent.objects.update(at=clock.now() - timedelta(days=31))
    assert events_of(fetch(client, secret)[1]) == []


def test_holds_are_not_shown(cast: Cast, book: Book, client: Client) -> None:
    made = book()
    secret = feed_create(actor=cast.alice).secret
    assert len(events_of(fetch(client, secret)[1])) == 1

    Reservation.objects.filter(id=made.id).update(
        state="held", expires_at=clock.now() + timedelta(minutes=5)
    )

    assert events_of(fetch(client, secret)[1]) == []


def test_an_unchanged_feed_answers_304(cast: Cast, book: Book, client: Client) -> None:
    book()
    secret = feed_create(actor=cast.alice).secret
    first = client.get(f"/calendar/{secret}.ics")
    assert "private" in first["Cache-Control"]

    status, content = fetch(client, secret, if_none_match=first["ETag"])
    assert (status, content) == (304, b"")

    book(day=3)
    status, content = fetch(client, secret, if_none_match=first["ETag"])
    assert status == 200
    assert len(events_of(content)) == 2


def test_a_revoked_feed_is_gone(cast: Cast, client: Client) -> None:
    new = feed_create(actor=cast.alice)
    assert fetch(client, new.secret)[0] == 200

    feed_revoke(actor=cast.alice, feed_id=new.feed.id)
    feed_revoke(actor=cast.alice, feed_id=new.feed.id)

    assert fetch(client, new.secret)[0] == 404
    assert list(feeds_of(cast.alice)) == []


def test_nobody_revokes_anothers_feed(cast: Cast, client: Client) -> None:
    new = feed_create(actor=cast.alice)

    with pytest.raises(NotFound):
        feed_revoke(actor=cast.charlie, feed_id=new.feed.id)

    assert fetch(client, new.secret)[0] == 200


@pytest.mark.parametrize("secret", ["unknown", "x" * 43, "%00", "..%2f"])
def test_an_unknown_secret_opens_nothing(cast: Cast, client: Client, secret: str) -> None:
    assert fetch(client, secret)[0] == 404


def test_the_secret_is_stored_only_as_its_digest(cast: Cast) -> None:
    new = feed_create(actor=cast.alice)

    stored = bytes(CalendarFeed.objects.get().digest)
    assert len(stored) == 32
    assert new.secret.encode() not in stored
    assert len(new.secret) == 43


@pytest.mark.parametrize("state", ["deactivated", "erasing", "erased"])
def test_a_closed_account_has_no_feed(cast: Cast, client: Client, state: str) -> None:
    secret = feed_create(actor=cast.alice).secret
    assert fetch(client, secret)[0] == 200

    Subject.objects.filter(id=cast.alice.subject_id).update(state=state)

    assert fetch(client, secret)[0] == 404


def test_only_managers_make_the_feed_of_a_space(cast: Cast) -> None:
    assert feed_create(actor=cast.eka, space_id=cast.room.id).feed.space_id == cast.room.id

    with pytest.raises(NotAllowed):
        feed_create(actor=cast.alice, space_id=cast.room.id)


def test_a_spaces_feed_shows_titles_only_while_its_owner_may_see_them(
    cast: Cast, book: Book, client: Client
) -> None:
    book(title="Rapat rahasia")
    secret = feed_create(actor=cast.eka, space_id=cast.room.id).secret
    assert [event.summary for event in events_of(fetch(client, secret)[1])] == ["Rapat rahasia"]

    User.objects.filter(id=cast.eka.id).update(roles=[])

    ics = fetch(client, secret)[1]
    assert b"rahasia" not in ics
    [event] = events_of(ics)
    assert (event.summary, event.start, event.end) == ("Terisi", at(14), at(15, 30))


def test_a_halls_feed_shows_what_takes_its_parts(cast: Cast, book: Book, client: Client) -> None:
    hall = space(cast.place, "Aula")
    part = space(cast.place, "Aula A", whole=hall)
    book(space=part, title="In a part")
    book(space=hall, title="In the whole", day=2)

    for watched in (hall, part):
        secret = feed_create(actor=cast.eka, space_id=watched.id).secret
        found = [event.summary for event in events_of(fetch(client, secret)[1])]
        assert found == ["In a part", "In the whole"]


def test_feeds_have_a_limit(cast: Cast) -> None:
    for _number in range(20):
        feed_create(actor=cast.alice)

    with pytest.raises(TooManyFeeds):
        feed_create(actor=cast.alice)


def test_a_feed_costs_the_same_at_one_and_at_thirty(
    cast: Cast, book: Book, client: Client, django_assert_num_queries: Callable[[int], object]
) -> None:
    secret = feed_create(actor=cast.alice).secret
    book()
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        fetch(client, secret)
    for day in range(2, 31):
        book(day=day)
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        ics = fetch(client, secret)[1]
    assert len(events_of(ics)) == 30
