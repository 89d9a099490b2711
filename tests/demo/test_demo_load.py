"""The demo is believable, whole, silent, and loaded once."""

from datetime import date, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db.models import Count

from accounts.models import User
from billing.quotes import quote_compute
from billing.selectors import price_bases
from frontend.formats import wall
from privacy.models import OutboxMessage
from reservations.demo import demo_load
from reservations.demo.places import AMENITIES
from reservations.models import (
    Amenity,
    Closure,
    Location,
    Reservation,
    ReservationEvent,
    Space,
)
from reservations.services.holidays import holidays_load, holidays_of
from reservations.services.reminders import reminders_put
from tests.cast import at, location

pytestmark = pytest.mark.django_db
State = Reservation.State
NOW = at(10, days=0)


@pytest.fixture
def demo() -> None:
    """The demo as of ten in the morning in Jakarta."""
    assert demo_load(now=NOW) is True


def _run(*options: str) -> str:
    out = StringIO()
    call_command("demo_load", *options, stdout=out)
    return out.getvalue()


def test_demo_has_places_of_every_kind_in_three_zones(demo: None) -> None:
    zones = set(Location.objects.values_list("time_zone", flat=True))
    assert zones == {"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}
    kinds = dict(Space.objects.values_list("kind").annotate(n=Count("id")))
    assert set(kinds) == set(Space.Kind.values)
    assert sum(kinds.values()) >= 60
    halls = Space.objects.annotate(n=Count("parts")).filter(n__gt=0)
    assert [hall.n for hall in halls] == [2, 2, 2]
    named = Space.objects.get(access="organisations")
    assert [o.name for o in named.organisations.all()] == ["PT Lontar Digital"]


def test_demo_spaces_have_prices_and_words_in_both_languages(demo: None) -> None:
    for space in Space.objects.all():
        assert space.hour_amount > 0
        assert space.description_id != space.description_en
        assert set(space.amenities) <= set(AMENITIES)
    assert Amenity.objects.count() == len(AMENITIES)


def test_demo_reservations_are_in_every_usual_state_and_priced_by_quote(demo: None) -> None:
    states = set(Reservation.objects.values_list("state", flat=True))
    assert states >= {State.CONFIRMED, State.COMPLETED, State.CANCELLED, State.NO_SHOW}
    assert State.PENDING in states
    row = Reservation.objects.select_related("space__location").filter(state="confirmed")[0]
    day = wall(row.starts_at, row.space.location.time_zone).date()
    basis = price_bases([row.space.rate_plan_id], day)[row.space.rate_plan_id]
    quote = quote_compute(basis, int((row.ends_at - row.starts_at).total_seconds()) // 60)
    assert (row.price_amount, row.price_tax) == (quote.total, quote.tax)
    assert not Reservation.objects.filter(state__in=Reservation.OPEN, ends_at__lte=NOW).exists()


def test_demo_reservations_have_history_that_ends_in_their_state(demo: None) -> None:
    last: dict[object, ReservationEvent] = {}
    for event in ReservationEvent.objects.order_by("version"):
        last[event.reservation_id] = event
    for row in Reservation.objects.all():
        assert last[row.id].to_state == row.state
        assert last[row.id].version == row.version


def test_demo_tells_nobody_and_alice_and_bob_have_something_to_come(demo: None) -> None:
    assert Reservation.objects.count() > 200
    assert OutboxMessage.objects.count() == 0
    for email in ("alice@ruang.test", "bob@ruang.test"):
        subject = User.objects.by_email(email).get().subject
        assert Reservation.objects.filter(holder=subject, starts_at__gt=NOW).exists()


def test_demo_keeps_turnover_between_neighbours(demo: None) -> None:
    rows = Reservation.objects.exclude(state="cancelled").order_by("space", "starts_at")
    seen = 0
    for one, other in pairwise(rows):
        if one.space_id == other.space_id:
            seen += 1
            assert other.starts_at >= one.ends_at + timedelta(minutes=one.turnover_minutes)
    assert seen > 100


def test_demo_load_is_repeatable(demo: None) -> None:
    before = (Space.objects.count(), Reservation.objects.count(), Closure.objects.count())
    assert "already" in _run()
    assert (
        Space.objects.count(),
        Reservation.objects.count(),
        Closure.objects.count(),
    ) == before


def test_demo_itself_reminds_nobody_on_the_day_it_is_loaded(demo: None) -> None:
    """Whoever opens the caught mail finds what they did themselves."""
    soon = Reservation.objects.filter(
        state="confirmed", starts_at__gt=NOW, starts_at__lte=NOW + timedelta(days=1)
    )
    assert soon.count() > 20
    assert not soon.filter(created_at__gt=NOW).exists()
    assert not ReservationEvent.objects.filter(at__gt=NOW, verb__in=["booked", "approved"]).exists()

    assert reminders_put(now=NOW) == 0
    assert not OutboxMessage.objects.exists()
    # A tenant's own later booking is announced a day before, as everybody's is.
    alice = User.objects.get_by_natural_key("alice@ruang.test").subject_id
    later = Reservation.objects.filter(
        holder=alice, state="confirmed", starts_at__gt=NOW + timedelta(days=2)
    ).first()
    assert later is not None
    while reminders_put(now=later.starts_at - timedelta(hours=20)) == 100:
        pass
    assert OutboxMessage.objects.filter(recipient=alice, template="reservation_reminder").exists()


def test_demo_load_if_empty_leaves_a_database_in_use_alone() -> None:
    location("Gedung Nyata")
    assert "nothing loaded" in _run("--if-empty")
    assert (Location.objects.count(), User.objects.count()) == (1, 0)


def test_holidays_shut_two_years_once_and_stay_deleted() -> None:
    place = location()
    year = NOW.year
    wanted = len(holidays_of("ID", year)) + len(holidays_of("ID", year + 1))
    assert holidays_load(now=NOW) == wanted
    closure = Closure.objects.get(location=place, starts_local__date=date(year, 12, 25))
    assert (closure.reason_id, closure.reason_en) == ("Hari Raya Natal", "Christmas Day")
    period = closure.periods.get().period
    assert wall(period.lower, place.time_zone).isoformat()[:16] == f"{year}-12-25T00:00"
    closure.delete()
    assert holidays_load(now=NOW) == 0


def test_holidays_of_an_unknown_country_are_none() -> None:
    assert holidays_of("XX", 2026) == []
