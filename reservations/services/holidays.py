"""Public holidays as closures, from the `holidays` library, renewed every year.

A year of a location is written once: whatever staff delete or change afterwards stays as
they left it. Some dates of a year to come are estimates (the moon decides); the reason
says so, and staff correct them like any closure.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from reservations.models import Closure, ClosurePeriod, Location, Space
from reservations.services.closures import occurrences
from reservations.services.locks import act, grid_touch, spaces_lock

REASON_LENGTH = 120


def holidays_load(*, now: datetime) -> int:
    """Shut every location on the holidays of this and the next local year; returns how many.

    Years that a location has already are left alone, so that it may run at any time.
    """
    return sum(
        _year_write(location, year, now)
        for location in Location.objects.filter(is_active=True)
        for year in _years_missing(location, now)
    )


def holidays_of(country: str, year: int) -> list[tuple[date, str, str]]:
    """(day, name in Indonesian, name in English) of a country's public holidays, in order.

    Empty for a country (ISO 3166 alpha-2) the library does not know. Where it has no
    Indonesian names, the English ones stand in, and its own language where it has neither.
    """
    known = holidays.list_supported_countries()
    if country not in known:
        return []
    english = _names(country, year, "en_US")
    indonesian = _names(country, year, "id")
    return [(day, indonesian.get(day, name), name) for day, name in sorted(english.items())]


def _names(country: str, year: int, language: str) -> dict[date, str]:
    spoken = holidays.list_localized_countries().get(country, [])
    wanted = language if language in spoken else next((x for x in spoken if x[:2] == "en"), None)
    return dict(holidays.country_holidays(country, years=year, language=wanted))


def _years_missing(location: Location, now: datetime) -> Iterable[int]:
    this = now.astimezone(ZoneInfo(location.time_zone)).year
    present = set(
        Closure.objects.filter(
            location=location, is_holiday=True, starts_local__year__in=[this, this + 1]
        ).values_list("starts_local__year", flat=True)
    )
    return [year for year in (this, this + 1) if year not in present]


def _year_write(location: Location, year: int, now: datetime) -> int:
    days = holidays_of(location.country, year)
    if not days:
        return 0
    with act():
        # The locks of every space it shuts, as a closure made by hand takes them.
        spaces = list(Space.objects.filter(location=location).values_list("id", flat=True))
        if spaces:
            spaces_lock(*spaces)
        closures = [_closure(location, *holiday) for holiday in days]
        Closure.objects.bulk_create(closures)
        ClosurePeriod.objects.bulk_create(
            ClosurePeriod(closure=closure, location=location, period=period)
            for closure in closures
            for period in occurrences(
                closure,
                location.time_zone,
                datetime(year - 1, 12, 1, tzinfo=UTC),
                datetime(year + 1, 2, 1, tzinfo=UTC),
            )
        )
        grid_touch(location.id, [day for day, _id, _en in days])
    return len(days)


def _closure(location: Location, day: date, name_id: str, name_en: str) -> Closure:
    # Wall times are stored as if they were UTC: the column keeps what the clock shows.
    starts = datetime.combine(day, time(), UTC)
    return Closure(
        location=location,
        reason_id=name_id[:REASON_LENGTH],
        reason_en=name_en[:REASON_LENGTH],
        starts_local=starts,
        ends_local=starts + timedelta(days=1),
        is_holiday=True,
    )
