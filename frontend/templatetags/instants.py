"""{% load instants %}: an instant of the past, on the clock of who looks."""

from datetime import datetime
from typing import Any, Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from frontend import formats

register = template.Library()
HOME: Final = "Asia/Jakarta"


@register.simple_tag(takes_context=True)
def moment(context: dict[str, Any], instant: datetime) -> SafeString:
    """25 November 2026, 14.00 WIB: in the zone of the viewer, else Jakarta's."""
    zone = getattr(getattr(context.get("request"), "viewer_zone", None), "key", HOME)
    day = formats.wall(instant, zone).date()
    words = f"{day.day} {formats.month_name(day)}, {formats.clock(instant, zone)}"
    return format_html(
        '<time datetime="{}">{} {}</time>',
        instant.isoformat(timespec="seconds"),
        words,
        formats.zone_name(zone, instant),
    )
