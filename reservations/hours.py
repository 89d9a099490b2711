"""Opening hours and zones: pure functions on wall time, no database."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DAY_MINUTES = 24 * 60


def opening_hours_default() -> list[list[list[int]]]:
    """Monday to Friday 08:00-20:00, Saturday 09:00-15:00, Sunday shut."""
    return [[[480, 1200]] for _day in range(5)] + [[[540, 900]], []]


def validate_opening_hours(value: Any) -> None:
    """Seven days of ordered, non-touching [opens, closes] pairs in minutes, 0 to 1440."""
    if not isinstance(value, list) or len(value) != 7:
        raise ValidationError(_("Opening hours need seven days."))
    for day in value:
        end = -1
        for pair in day if isinstance(day, list) else [None]:
            if (
                not isinstance(pair, list)
                or len(pair) != 2
                or not all(type(x) is int for x in pair)
            ):
                raise ValidationError(_("Write each opening time as opens and closes."))
            if not end < pair[0] < pair[1] <= DAY_MINUTES:
                raise ValidationError(_("Opening times must follow one another within the day."))
            end = pair[1]


def validate_zone(value: str) -> None:
    """An IANA name, e.g. Asia/Jakarta."""
    if value not in available_timezones():
        raise ValidationError(_("“%(zone)s” is not a time zone we know.") % {"zone": value})


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The UTC instants at which a local day begins and ends (23 to 25 hours apart)."""
    tz = ZoneInfo(zone)
    start = datetime.combine(day, time(), tz)
    end = datetime.combine(day + timedelta(days=1), time(), tz)
    return start.astimezone(UTC), end.astimezone(UTC)


def open_periods(
    hours: list[list[list[int]]], day: date, zone: str
) -> list[tuple[datetime, datetime]]:
    """The UTC periods in which a place is open on a local day, in order."""
    tz = ZoneInfo(zone)
    midnight = datetime.combine(day, time())
    return [
        (
            (midnight + timedelta(minutes=opens)).replace(tzinfo=tz).astimezone(UTC),
            (midnight + timedelta(minutes=closes)).replace(tzinfo=tz).astimezone(UTC),
        )
        for opens, closes in hours[day.weekday()]
    ]


def is_open(hours: list[list[list[int]]], zone: str, starts: datetime, ends: datetime) -> bool:
    """Whether [starts, ends) lies within opening hours, across midnight where days touch."""
    tz = ZoneInfo(zone)
    day, last = starts.astimezone(tz).date(), ends.astimezone(tz).date()
    if (last - day).days > 400:
        return False
    reached = starts
    while day <= last:
        for opens, closes in open_periods(hours, day, zone):
            if opens <= reached < closes:
                reached = closes
        if reached >= ends:
            return True
        day += timedelta(days=1)
    return False
