"""Opening hours: wall time, midnight, summer time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from reservations.hours import (
    day_bounds,
    is_open,
    open_periods,
    opening_hours_default,
    validate_opening_hours,
    validate_zone,
)

BERLIN = "Europe/Berlin"
ROUND_THE_CLOCK = [[[0, 1440]]] * 7


def berlin(*parts: int, fold: int = 0) -> datetime:
    """A wall time in Berlin as an instant."""
    return datetime(*parts, tzinfo=ZoneInfo(BERLIN), fold=fold).astimezone(UTC)


def test_open_across_midnight_where_days_touch() -> None:
    late = [[[480, 1440]], [[0, 120], [480, 1440]], *([[]] * 5)]
    monday = datetime(2026, 11, 23, 15, tzinfo=UTC)

    assert is_open(late, "Asia/Jakarta", monday, datetime(2026, 11, 23, 19, tzinfo=UTC))
    assert not is_open(late, "Asia/Jakarta", monday, datetime(2026, 11, 23, 19, 1, tzinfo=UTC))


def test_days_of_a_zone_with_summer_time_have_23_and_25_hours() -> None:
    def length(day: date) -> float:
        starts, ends = day_bounds(day, BERLIN)
        return (ends - starts).total_seconds() / 3600

    assert [length(date(2026, 3, 29)), length(date(2026, 10, 25))] == [23, 25]


def test_round_the_clock_has_no_hole_at_gap_and_fold() -> None:
    for starts, ends in (
        (berlin(2026, 3, 29, 1), berlin(2026, 3, 29, 4)),
        (berlin(2026, 10, 25, 1), berlin(2026, 10, 25, 4)),
        (berlin(2026, 10, 25, 2), berlin(2026, 10, 25, 2, 30, fold=1)),
    ):
        assert is_open(ROUND_THE_CLOCK, BERLIN, starts, ends)


def test_opening_at_eight_is_eight_on_the_clock_all_year() -> None:
    hours = [[[480, 1200]]] * 7
    opens = [
        open_periods(hours, day, BERLIN)[0][0] for day in (date(2026, 7, 1), date(2026, 12, 1))
    ]

    assert [instant.hour for instant in opens] == [6, 7]


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        [[[480, 1200]]] * 6,
        [[[1200, 480]]] * 7,
        [[[480, 1441]]] * 7,
        [[[480, 700], [690, 900]]] * 7,
        [[["08:00", "20:00"]]] * 7,
        [[[True, 20]]] * 7,
        ["x"] * 7,
    ],
)
def test_hours_that_are_none_are_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        validate_opening_hours(value)


def test_default_hours_are_valid() -> None:
    validate_opening_hours(opening_hours_default())


@pytest.mark.parametrize("zone", ["WIB", "Asia/Bekasi", "", "../etc/passwd"])
def test_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError):
        validate_zone(zone)
