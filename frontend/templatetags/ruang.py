"""{% load ruang %}: icons, plans, and the formats of the lower floors (formats, amounts)."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from billing.templatetags import amounts
from frontend import formats
from frontend.outside import SITES
from privacy.templatetags import formats as format_tags
from reservations.drawing import Room, plan_inner, room_of, subject_of
from reservations.models import Space

register = template.Library()
# Pages load one library; mails load those of their own floor and below.
for lower in (format_tags.register, amounts.register):
    register.filters.update(lower.filters)
    register.tags.update(lower.tags)

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
def outside(code: str) -> SafeString:
    """A link to another site of the register, by way of the page that says so."""
    return format_html(
        '<a href="{}" rel="nofollow">{} <span class="quiet">({})</span></a>',
        reverse("frontend:leave", args=[code]),
        SITES[code].words,
        _("another site"),
    )


@register.simple_tag
def state_badge(state: str, label: str) -> SafeString:
    """A reservation's state as the look draws it: glyph and word."""
    glyph = _icon(STATE_ICONS.get(state, "circle"))
    return format_html('<span class="badge" data-state="{}">{}{}</span>', state, glyph, label)


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
