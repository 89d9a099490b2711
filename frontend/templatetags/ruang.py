"""{% load ruang %}: icons, and the formats of frontend/formats.py as filters."""

from datetime import date, datetime
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from frontend import formats

register = template.Library()

#: Each state as a glyph; its word stands beside it.
STATE_ICONS = {
    "held": "timer",
    "pending": "hourglass",
    "confirmed": "circle-check",
    "checked_in": "check",
    "completed": "check",
    "cancelled": "x",
    "declined": "x",
    "expired": "clock",
    "no_show": "user",
}


@lru_cache(maxsize=256)
def _icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("frontend/icons/icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol of the icon sheet; decorative, so its meaning also stands in words."""
    return _icon(name)


@register.simple_tag
def state_badge(state: str, label: str) -> SafeString:
    """A reservation's state as the look draws it: glyph and word."""
    glyph = _icon(STATE_ICONS.get(state, "circle"))
    return format_html('<span class="badge" data-state="{}">{}{}</span>', state, glyph, label)


@register.filter
def clock(instant: datetime, zone: str) -> str:
    """14.00 on the wall clock of the zone."""
    return formats.clock(instant, zone)


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
def money(amount: int, currency: str) -> str:
    """Rp249.750."""
    return formats.money(amount, currency)


@register.filter
def number(value: float) -> str:
    """1,5."""
    return formats.number(value)
