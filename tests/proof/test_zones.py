"""Wall time, summer time and midnight: a place's own clock decides, whoever looks."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from reservations.errors import RulesBroken, SlotTaken
from reservations.hours import day_bounds, is_open, open_periods
from reservations.models import ClosurePeriod, Reservation
from reservations.services.booking import BookingWish, reservation_book
from reservations.services.closures import ClosureWish, closure_create
from reservations.services.expiry import reservations_expire_due
from tests.cast import cast_make, location, space

BERLIN = "Europe/Berlin"
#: Sundays on which the clocks of Berlin change in 2027: 02.00 to 03.00, and 03.00 to 02.00.
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
NINE_TO_FIVE = [[[540, 1020]] for _day in range(7)]
NIGHT = [[[0, 300], [1320, 1440]] for _day in range(7)]

pytestmark = pytest.mark.django_db(transaction=True)


def berlin(day: date, hour: int, minute: int = 0) -> datetime:
    """A wall time of Berlin as an instant."""
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(BERLIN))
    return local.astimezone(UTC)


def test_a_day_of_change_has_23_or_25_hours() -> None:
    """Day bounds follow the clock."""
    lengths = [end - start for start, end in (day_bounds(d, BERLIN) for d in (SPRING, AUTUMN))]
    assert lengths == [timedelta(hours=23), timedelta(hours=25)]


def test_opening_hours_stay_on_the_wall() -> None:
    """09.00 is 08.00 UTC the day before the change and 07.00 UTC on the day."""
    before = open_periods(NINE_TO_FIVE, SPRING - timedelta(days=1), BERLIN)[0][0]
    after = open_periods(NINE_TO_FIVE, SPRING, BERLIN)[0][0]
    assert (before.hour, after.hour) == (8, 7)
    assert is_open(NINE_TO_FIVE, BERLIN, berlin(SPRING, 9), berlin(SPRING, 10))
    assert not is_open(NINE_TO_FIVE, BERLIN, after - timedelta(hours=1), berlin(SPRING, 10))


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 6), (AUTUMN, 8)])
def test_a_night_across_the_change_is_one_stay(day: date, hours: int) -> None:
    """22.00 to 05.00 is open across midnight and the change, and lasts what it lasts."""
    opens, closes = berlin(day - timedelta(days=1), 22), berlin(day, 5)
    assert closes - opens == timedelta(hours=hours)
    assert is_open(NIGHT, BERLIN, opens, closes)
    assert not is_open(NIGHT, BERLIN, opens, closes + timedelta(minutes=15))


def test_both_hours_of_a_fold_are_bookable_apart() -> None:
    """02.00 comes twice in autumn: two instants, two bookings, no conflict."""
    cast = cast_make()
    room = space(location("Berlin", BERLIN, city="Berlin"), "Linde", ahead_days=366)
    first = berlin(AUTUMN, 2)
    # The night before nobody is late: an hour after the first 02.00 it is 02.00 again.
    with patch("privacy.clock.now", lambda: first - timedelta(days=30)):
        for starts in (first, first + timedelta(hours=1)):
            ends = starts + timedelta(hours=1)
            wish = BookingWish(space_id=room.id, starts_at=starts, ends_at=ends)
            made = reservation_book(actor=cast.alice, wish=wish)
            assert made.starts_at.astimezone(ZoneInfo(BERLIN)).hour == 2
        with pytest.raises(SlotTaken):
            reservation_book(actor=cast.bob, wish=wish)


def test_a_weekly_closure_keeps_its_wall_time() -> None:
    """Every Sunday 10.00 to 11.00 moves by an hour of UTC with the clocks, and still shuts."""
    cast = cast_make()
    place = location("Berlin", BERLIN, city="Berlin")
    room = space(place, "Linde", ahead_days=366)
    week = SPRING - timedelta(days=7)
    now = berlin(week, 0) - timedelta(days=3)
    wish = ClosureWish(
        location_id=place.id,
        starts_local=datetime(week.year, week.month, week.day, 10),  # noqa: DTZ001 - wall time
        ends_local=datetime(week.year, week.month, week.day, 11),  # noqa: DTZ001
        recurrence="weekly",
        reason_id="Servis",
        reason_en="Service",
    )
    with patch("privacy.clock.now", lambda: now):
        closure_create(actor=cast.eka, wish=wish)
        starts = [
            period.lower
            for period in ClosurePeriod.objects.order_by("period").values_list("period", flat=True)
        ][:2]
        assert [start.hour for start in starts] == [9, 8]
        shut = BookingWish(
            space_id=room.id, starts_at=berlin(SPRING, 10), ends_at=berlin(SPRING, 11)
        )
        with pytest.raises(RulesBroken) as refused:
            reservation_book(actor=cast.alice, wish=shut)
        assert [broken.code for broken in refused.value.broken] == ["closed"]
        free = BookingWish(
            space_id=room.id, starts_at=berlin(SPRING, 11), ends_at=berlin(SPRING, 12)
        )
        assert reservation_book(actor=cast.alice, wish=free).state == "confirmed"


def test_one_instant_in_two_zones_is_one_time() -> None:
    """10.00 in Jayapura (WIT) is 08.00 in Jakarta (WIB): whoever asks, the slot is the same."""
    cast = cast_make()
    room = space(location("Jayapura", "Asia/Jayapura", city="Jayapura"), "Matoa")
    day = datetime.now(UTC).date() + timedelta(days=5)

    def wall(zone: str, hour: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone))

    eastern = BookingWish(
        space_id=room.id, starts_at=wall("Asia/Jayapura", 10), ends_at=wall("Asia/Jayapura", 11)
    )
    western = BookingWish(
        space_id=room.id, starts_at=wall("Asia/Jakarta", 8), ends_at=wall("Asia/Jakarta", 9)
    )
    assert reservation_book(actor=cast.alice, wish=eastern).state == "confirmed"
    with pytest.raises(SlotTaken):
        reservation_book(actor=cast.bob, wish=western)


@pytest.mark.parametrize("swept", [True, False])
def test_a_hold_that_ran_out_never_blocks(swept: bool) -> None:
    """Swept or not, and a hold that has not run out does block."""

    cast = cast_make()
    base = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0)
    starts = base + timedelta(days=2)
    wish = BookingWish(space_id=cast.room.id, starts_at=starts, ends_at=starts + timedelta(hours=1))
    with patch("privacy.clock.now", lambda: base):
        held = reservation_book(actor=cast.alice, wish=wish, hold=True)
        with pytest.raises(SlotTaken):
            reservation_book(actor=cast.bob, wish=wish)
    later = base + timedelta(minutes=9)
    if swept:
        assert reservations_expire_due(now=later) == 1
    with patch("privacy.clock.now", lambda: later):
        assert reservation_book(actor=cast.bob, wish=wish).state == "confirmed"
    assert Reservation.objects.get(id=held.id).state == "expired"
