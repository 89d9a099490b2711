"""{% load ruang %}: icons, and the formats of frontend/formats.py as filters."""

from datetime import date, datetime
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from frontend import formats
from reservations.drawing import Room, plan_inner, room_of, subject_of
from reservations.models import Space

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


@register.simple_tag
def people(count: int) -> str:
    """8 orang."""
    return formats.people(count)


@register.simple_tag
def plan(space: Space, width: int, height: int) -> SafeString:
    """The space's measured plan, drawn inline so that it follows the theme."""
    parts = space.parts.count() if space.kind == Space.Kind.EVENT_HALL else 1
    subject = subject_of(space, parts)
    room = room_of(subject)
    box = (width, height)
    decimal = "," if formats.language() == "id" else "."
    return format_html(
        '<svg class="plan" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        width,
        height,
        plan_words(space, room),
        # Drawn from numbers alone (reservations/drawing.py).
        mark_safe(plan_inner(room, subject.seed, box, decimal)),  # noqa: S308
    )


def plan_words(space: Space, room: Room) -> str:
    """What the drawing shows, for those who cannot see it."""
    return _("Plan of %(name)s: %(width)s by %(depth)s metres, door in the south wall.") % {
        "name": space.name,
        "width": formats.number(room.width),
        "depth": formats.number(room.depth),
    }


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
def money(amount: int, currency: str) -> str:
    """Rp249.750."""
    return formats.money(amount, currency)


@register.filter
def number(value: float) -> str:
    """1,5."""
    return formats.number(value)
