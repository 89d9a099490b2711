"""{% load formats %}: how times, days, lengths and people are written (privacy/formats.py)."""

from datetime import date, datetime

from django import template

from privacy import formats

register = template.Library()


@register.simple_tag
def people(count: int) -> str:
    """8 orang."""
    return formats.people(count)


@register.filter
def clock(instant: datetime, zone: str) -> str:
    """14.00 on the wall clock of the zone."""
    return formats.clock(instant, zone)


@register.simple_tag
def clock_range(starts: datetime, ends: datetime, zone: str) -> str:
    """14.00–15.30."""
    return formats.clock_range(starts, ends, zone)


@register.filter
def day(instant: datetime, zone: str) -> str:
    """Rabu, 25 November, in the zone."""
    return formats.day_long(formats.wall(instant, zone).date())


@register.filter
def day_short(instant: datetime, zone: str) -> str:
    """Rab 25 Nov, in the zone."""
    return formats.day_short(formats.wall(instant, zone).date())


@register.filter
def date_long(value: date) -> str:
    """Rabu, 25 November."""
    return formats.day_long(value)


@register.filter
def date_full(value: date) -> str:
    """Rabu, 25 November 2026."""
    return formats.day_full(value)


@register.filter
def zone_name(instant: datetime, zone: str) -> str:
    """WIB."""
    return formats.zone_name(zone, instant)


@register.filter
def duration(minutes: int) -> str:
    """1,5 jam."""
    return formats.duration(minutes)


@register.filter
def number(value: float) -> str:
    """1,5."""
    return formats.number(value)
