"""What the API answers: plain dictionaries, and the serializers that describe them.

Rows become dictionaries by hand, since that is several times faster than a serializer;
the serializers are the OpenAPI document's, and the fuzzer holds one to the other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rest_framework import serializers

from billing.quotes import PriceBasis, Quote
from reservations.hours import DAY_MINUTES
from reservations.models import Guest, Location, Reservation, Space
from reservations.selectors.alternatives import Alternative
from reservations.selectors.availability import Found
from reservations.selectors.timeline import Grid, Row

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TAKEN_KINDS = ("reservation", "hold", "turnover", "closure")


class PriceOut(serializers.Serializer[Any]):
    """Whole minor units of the currency; `amount` includes `tax`. Rupiah have no decimals."""

    amount = serializers.IntegerField()
    currency = serializers.CharField()
    tax = serializers.IntegerField()


class OpeningOut(serializers.Serializer[Any]):
    """One opening time of a weekday, as wall time; `24:00` is the end of the day."""

    day = serializers.ChoiceField(choices=DAYS)
    opens = serializers.RegexField(r"^\d\d:\d\d$")
    closes = serializers.RegexField(r"^\d\d:\d\d$")


class LocationOut(serializers.Serializer[Any]):
    """A building."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    time_zone = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    city = serializers.CharField()
    country = serializers.CharField()
    opening_hours = OpeningOut(many=True)


class RateOut(serializers.Serializer[Any]):
    """Today's tariff in minor units; half a day and a day may have no price of their own."""

    currency = serializers.CharField()
    hour = serializers.IntegerField()
    half_day = serializers.IntegerField(allow_null=True)
    day = serializers.IntegerField(allow_null=True)
    tax_included = serializers.BooleanField()


class SpaceOut(serializers.Serializer[Any]):
    """Something that can be reserved; `parts` are the spaces it divides into."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    location = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Space.Kind.choices)
    capacity = serializers.IntegerField()
    amenities = serializers.ListField(child=serializers.CharField())
    turnover_minutes = serializers.IntegerField()
    granularity_minutes = serializers.IntegerField()
    min_minutes = serializers.IntegerField()
    max_minutes = serializers.IntegerField()
    approval_required = serializers.BooleanField()
    rate = RateOut(allow_null=True)
    parts = serializers.ListField(child=serializers.UUIDField())


class ReasonOut(serializers.Serializer[Any]):
    """Why not: a stable code, and a sentence in the caller's language."""

    code = serializers.CharField()
    detail = serializers.CharField()


class AvailabilityOut(serializers.Serializer[Any]):
    """Whether a space can be had for the period, and if not, why and when next."""

    space = serializers.UUIDField()
    space_name = serializers.CharField()
    free = serializers.BooleanField()
    reasons = ReasonOut(many=True)
    next_free_at = serializers.DateTimeField(allow_null=True)
    price = PriceOut(allow_null=True)


class PeriodOut(serializers.Serializer[Any]):
    """A half-open period [starts_at, ends_at)."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class TakenOut(PeriodOut):
    """A period that is not free; never whose it is."""

    kind = serializers.ChoiceField(choices=TAKEN_KINDS)


class TimelineRowOut(serializers.Serializer[Any]):
    """One space on that day."""

    space = serializers.UUIDField()
    space_name = serializers.CharField()
    opening = PeriodOut(many=True)
    taken = TakenOut(many=True)


class TimelineOut(serializers.Serializer[Any]):
    """A local day of a location."""

    location = serializers.UUIDField()
    date = serializers.DateField()
    time_zone = serializers.CharField()
    next = serializers.URLField(allow_null=True)
    results = TimelineRowOut(many=True)


class ReservationOut(serializers.Serializer[Any]):
    """A reservation; its `version` is the ETag that If-Match compares."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Reservation.State.choices)
    space = serializers.UUIDField()
    space_name = serializers.CharField()
    location = serializers.UUIDField()
    organisation = serializers.UUIDField(allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    # Null for staff whose role does not see it.
    title = serializers.CharField(allow_blank=True, allow_null=True)
    people = serializers.IntegerField(allow_null=True)
    price = PriceOut(allow_null=True)
    version = serializers.IntegerField()
    cancel_free_until = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    checked_in_at = serializers.DateTimeField(allow_null=True)


class GuestOut(serializers.Serializer[Any]):
    """Somebody invited by e-mail; the name may be empty. Null for staff who do not see it."""

    id = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True, allow_null=True)
    email = serializers.EmailField(allow_null=True)
    invited_at = serializers.DateTimeField(allow_null=True)


class AlternativeOut(PeriodOut):
    """A way out of a conflict, free at that moment."""

    how = serializers.ChoiceField(choices=["other_time", "shorter", "other_space"])
    space = serializers.UUIDField()
    space_name = serializers.CharField()
    price = PriceOut()


class ConflictOut(serializers.Serializer[Any]):
    """Taken: code `slot_taken`, with up to five ways out."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    alternatives = AlternativeOut(many=True, required=False)


def instant(value: datetime, zone: ZoneInfo) -> str:
    """RFC 3339 with the location's offset."""
    return value.astimezone(zone).isoformat(timespec="seconds")


def instant_or_none(value: datetime | None, zone: ZoneInfo) -> str | None:
    """The same, or None."""
    return None if value is None else instant(value, zone)


def location_shape(place: Location) -> dict[str, Any]:
    """See LocationOut."""
    return {
        "id": place.id,
        "name": place.name,
        "slug": place.slug,
        "time_zone": place.time_zone,
        "address": place.address,
        "city": place.city,
        "country": place.country,
        "opening_hours": [
            {"day": DAYS[number], "opens": wall(opens), "closes": wall(closes)}
            for number, day in enumerate(place.opening_hours)
            for opens, closes in day
        ],
    }


def wall(minutes: int) -> str:
    """480 -> "08:00"; the end of the day is "24:00"."""
    hour, minute = divmod(min(minutes, DAY_MINUTES), 60)
    return f"{hour:02d}:{minute:02d}"


def space_shape(space: Space, basis: PriceBasis | None, parts: Sequence[UUID]) -> dict[str, Any]:
    """See SpaceOut."""
    return {
        "id": space.id,
        "name": space.name,
        "slug": space.slug,
        "location": space.location_id,
        "kind": space.kind,
        "capacity": space.capacity,
        "amenities": space.amenities,
        "turnover_minutes": space.turnover_minutes,
        "granularity_minutes": space.granularity_minutes,
        "min_minutes": space.min_minutes,
        "max_minutes": space.max_minutes,
        "approval_required": space.approval_required,
        "rate": None if basis is None else rate_shape(basis),
        "parts": list(parts),
    }


def rate_shape(basis: PriceBasis) -> dict[str, Any]:
    """See RateOut."""
    return {
        "currency": basis.currency,
        "hour": basis.hour_amount,
        "half_day": basis.half_day_amount,
        "day": basis.day_amount,
        "tax_included": basis.tax_included,
    }


def quote_shape(quote: Quote) -> dict[str, Any]:
    """See PriceOut."""
    return {"amount": quote.total, "currency": quote.currency, "tax": quote.tax}


def availability_shape(found: Found) -> dict[str, Any]:
    """See AvailabilityOut."""
    zone = ZoneInfo(found.space.location.time_zone)
    return {
        "space": found.space.id,
        "space_name": found.space.name,
        "free": found.free,
        "reasons": [{"code": rule.code, "detail": rule.detail} for rule in found.reasons],
        "next_free_at": instant_or_none(found.next_free_at, zone),
        "price": None if found.quote is None else quote_shape(found.quote),
    }


def timeline_shape(grid: Grid) -> dict[str, Any]:
    """See TimelineOut."""
    zone = ZoneInfo(grid.location.time_zone)
    opening = [period_shape(starts, ends, zone) for starts, ends in grid.open]
    return {
        "location": grid.location.id,
        "date": grid.day,
        "time_zone": grid.location.time_zone,
        "next": None,
        "results": [
            {
                "space": row.space.id,
                "space_name": row.space.name,
                "opening": opening,
                "taken": taken_shapes(row, zone),
            }
            for row in grid.rows
        ],
    }


def period_shape(starts: datetime, ends: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """See PeriodOut."""
    return {"starts_at": instant(starts, zone), "ends_at": instant(ends, zone)}


def taken_shapes(row: Row, zone: ZoneInfo) -> list[dict[str, Any]]:
    """See TakenOut; the turnover after a reservation is a period of its own."""
    periods = [(t.starts, t.ends, "hold" if t.held else "reservation") for t in row.taken]
    periods += [(t.ends, t.until, "turnover") for t in row.taken if t.until > t.ends]
    periods += [(s.starts, s.ends, "closure") for s in row.shut]
    return [
        {**period_shape(starts, ends, zone), "kind": kind} for starts, ends, kind in sorted(periods)
    ]


def reservation_shape(reservation: Reservation) -> dict[str, Any]:
    """See ReservationOut; needs space and location loaded."""
    space = reservation.space
    zone = ZoneInfo(space.location.time_zone)
    return {
        "id": reservation.id,
        "state": reservation.state,
        "space": space.id,
        "space_name": space.name,
        "location": space.location_id,
        "organisation": reservation.organisation_id,
        "starts_at": instant(reservation.starts_at, zone),
        "ends_at": instant(reservation.ends_at, zone),
        "time_zone": space.location.time_zone,
        "title": reservation.title,
        "people": reservation.people,
        "price": {
            "amount": reservation.price_amount,
            "currency": reservation.price_currency,
            "tax": reservation.price_tax,
        },
        "version": reservation.version,
        "cancel_free_until": instant(reservation.cancel_free_until, zone),
        "expires_at": instant_or_none(reservation.expires_at, zone),
        "checked_in_at": instant_or_none(reservation.checked_in_at, zone),
    }


def guest_shape(guest: Guest, zone: ZoneInfo) -> dict[str, Any]:
    """See GuestOut; needs the contact loaded."""
    return {
        "id": guest.id,
        "name": guest.contact.name,
        "email": guest.contact.email,
        "invited_at": instant(guest.invited_at, zone),
    }


def alternative_shape(way: Alternative) -> dict[str, Any]:
    """See AlternativeOut."""
    zone = ZoneInfo(way.space.location.time_zone)
    return {
        "how": way.how,
        "space": way.space.id,
        "space_name": way.space.name,
        **period_shape(way.starts_at, way.ends_at, zone),
        "price": quote_shape(way.quote),
    }


def page_shape(link: str | None, results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Every list's shape."""
    return {"next": link, "results": list(results)}
