"""The booking sheet: what it shows about a draft before anybody presses the button."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import organisations_of
from billing.quotes import Line, Quote
from frontend import drafts, formats
from frontend.asking import hhmm
from frontend.drafts import Draft
from frontend.grid import minute_of
from privacy.errors import Broken
from reservations.errors import RulesBroken
from reservations.hours import open_periods
from reservations.models import Reservation, Space
from reservations.rules import Facts, rules_broken
from reservations.selectors.alternatives import Alternative, alternatives_find
from reservations.selectors.busy import days_load
from reservations.selectors.holds import hold_of
from reservations.services.booking import quote_for
from reservations.services.facts import closure_reasons, facts_gather


@dataclass(frozen=True)
class PriceLine:
    """A line of the price in words."""

    label: str
    amount: str


def sheet_context(
    draft: Draft,
    *,
    actor: User | None,
    now: datetime,
    alternatives: Sequence[Alternative] | None = None,
) -> dict[str, Any]:
    """Everything the sheet's template shows."""
    space = draft.space
    hold = _hold(draft, actor, now)
    broken, taken = _obstacles(draft, actor, now, hold)
    if alternatives is None and taken:
        alternatives = alternatives_find(actor=actor, space_id=space.id, wish=draft.wish, now=now)
    quote, no_price = _quote(draft)
    opening = [
        (minute_of(a, draft.day, draft.zone), minute_of(b, draft.day, draft.zone))
        for a, b in open_periods(space.location.opening_hours, draft.day, draft.zone)
    ]
    errors = _merged(draft.errors, by_field([*broken, *no_price]))
    return {
        "sheet": True,
        "draft": draft,
        "space": space,
        "day_name": formats.day_long(draft.day),
        "from_options": drafts.times_from(draft, opening),
        "to_options": drafts.times_to(draft, opening),
        "from_value": hhmm(draft.start),
        "to_value": hhmm(draft.end),
        "lengths": drafts.lengths_of(draft),
        "errors": errors,
        "other_errors": [text for key, texts in errors.items() if key == "" for text in texts],
        "taken": taken,
        "alternatives": [_way_out(way, draft) for way in alternatives or ()],
        "lines": price_lines(quote) if quote else [],
        "total": formats.money(quote.total, quote.currency) if quote else "",
        "free_until": deadline(draft, now),
        "viewer": _viewer(draft, actor),
        "building_zone": formats.zone_name(draft.zone, draft.starts_at),
        "hold": hold,
        "organisations": organisations_of(actor) if actor else [],
        "can_book": quote is not None and not taken,
        "close_query": draft.ask().query(),
    }


def by_field(broken: Sequence[Broken]) -> dict[str, list[str]]:
    """The rules' sentences by the field of the form that shows them; "" for none."""
    found: dict[str, list[str]] = {}
    for rule in broken:
        found.setdefault(drafts.FIELDS.get(rule.field, ""), []).append(rule.detail)
    return found


def _merged(
    first: Mapping[str, list[str]], second: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    found = {key: list(texts) for key, texts in first.items()}
    for key, texts in second.items():
        kept = found.setdefault(key, [])
        kept += [text for text in texts if text not in kept]
    return found


def _hold(draft: Draft, actor: User | None, now: datetime) -> Reservation | None:
    if actor is None:
        return None
    return hold_of(
        actor=actor, space=draft.space, starts_at=draft.starts_at, ends_at=draft.ends_at, now=now
    )


def _obstacles(
    draft: Draft, actor: User | None, now: datetime, hold: Reservation | None
) -> tuple[list[Broken], bool]:
    """Every rule the draft breaks, and whether somebody else has the time."""
    space, wish = draft.space, draft.wish
    facts = (
        facts_gather(
            space,
            wish,
            actor=actor,
            holder_id=actor.subject_id,
            now=now,
            excluding=hold.id if hold else None,
        )
        if actor
        else Facts(
            now=now,
            may_use=space.access == Space.Access.EVERYONE,
            closures=closure_reasons(space, wish.starts_at, wish.ends_at),
        )
    )
    until = wish.ends_at + timedelta(minutes=space.turnover_minutes)
    day = days_load([space], wish.starts_at, until, now=now, excluding=hold.id if hold else None)[
        space.id
    ]
    return rules_broken(space, wish, facts), bool(day.taken)


def _quote(draft: Draft) -> tuple[Quote | None, Sequence[Broken]]:
    try:
        return quote_for(draft.space, draft.wish), ()
    except RulesBroken as error:
        return None, error.broken


def price_lines(quote: Quote) -> list[PriceLine]:
    """The lines of a quote and its tax, in words."""
    found = [
        PriceLine(line_label(line, quote.currency), formats.money(line.amount, quote.currency))
        for line in quote.lines
    ]
    if quote.tax:
        found.append(PriceLine(tax_label(quote), formats.money(quote.tax, quote.currency)))
    return found


def line_label(line: Line, currency: str) -> str:
    """Hire, 1.5 hours × Rp150,000."""
    unit = formats.money(line.unit_amount, currency)
    if line.unit == "hour":
        length = formats.duration(line.minutes)
        return _("Hire, %(length)s × %(price)s") % {"length": length, "price": unit}
    count = max(round(line.amount / line.unit_amount), 1) if line.unit_amount else 1
    if line.unit == "day":
        return _("Hire by the day, %(count)s × %(price)s") % {"count": count, "price": unit}
    return _("Hire by the half day, %(count)s × %(price)s") % {"count": count, "price": unit}


def tax_label(quote: Quote) -> str:
    """PPN 12 % × 11/12, as the tax itself is called; says so when the price already has it."""
    included = sum(line.amount for line in quote.lines) == quote.total
    return _("of which %(tax)s") % {"tax": quote.tax_name} if included else quote.tax_name


def deadline(draft: Draft, now: datetime) -> str:
    """Until when cancelling is free, in the building's time; "" when that has passed."""
    until = draft.starts_at - timedelta(minutes=draft.space.cancel_free_minutes)
    return moment(until, draft.zone, now) if until > now else ""


def moment(at: datetime, zone: str, now: datetime) -> str:
    """today 12.00 WIB; Thu 26 Nov 12.00 WIB."""
    local, today = formats.wall(at, zone), formats.wall(now, zone).date()
    day = _("today") if local.date() == today else formats.day_short(local.date())
    return f"{day} {local:%H.%M} {formats.zone_name(zone, at)}"


def _viewer(draft: Draft, actor: User | None) -> str:
    zone = drafts.viewer_zone(actor, draft.zone, draft.starts_at)
    if not zone:
        return ""
    span = formats.clock_range(draft.starts_at, draft.ends_at, zone)
    return f"{span} {formats.zone_name(zone, draft.starts_at)}"


def _way_out(way: Alternative, draft: Draft) -> dict[str, str]:
    zone = way.space.location.time_zone
    span = formats.clock_range(way.starts_at, way.ends_at, zone)
    day = formats.wall(way.starts_at, zone).date()
    if day != draft.day:
        span = f"{formats.day_short(day)} {span}"
    return {
        "value": f"{way.space.slug},{way.starts_at.isoformat()},{way.ends_at.isoformat()}",
        "name": f"{way.space.name}, {span}",
        "hint": _hint(way, draft),
        "price": formats.money(way.quote.total, way.quote.currency),
        "icon": "door-open" if way.how == "other_space" else "clock",
    }


def _hint(way: Alternative, draft: Draft) -> str:
    if way.how == "other_space":
        seats = formats.people(way.space.capacity)
        return _("%(seats)s · %(place)s · same time") % {
            "seats": seats,
            "place": way.space.location.name,
        }
    if way.how == "shorter":
        less = draft.end - draft.start - round((way.ends_at - way.starts_at).seconds / 60)
        return _("%(length)s shorter") % {"length": formats.duration(max(less, 0))}
    shift = round((way.starts_at - draft.starts_at).total_seconds() / 60)
    length = formats.duration(abs(shift))
    if shift > 0:
        return _("%(length)s later") % {"length": length}
    return _("%(length)s earlier") % {"length": length}
