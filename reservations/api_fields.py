"""What the API reads: bodies and queries, checked before any service sees them."""

import re
from datetime import UTC, date, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.serializers import StrictSerializer
from reservations.models import Space

MOST_ROWS = 100
MOST_PEOPLE = 2**31 - 1
Day = date
# What services call a calendar; at its very edges a change of zone would leave it.
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(8999, 12, 31)
# RFC 3339; a blank before the offset is a plus sign that a query string has eaten.
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?\d*)?)([Zz]|[+\- ]\d\d:\d\d)?",
    re.ASCII,
)


@extend_schema_field({"type": "string", "format": "date-time"})
class InstantField(serializers.Field[Any, Any, Any, Any]):
    """An RFC 3339 instant with its offset, as an aware datetime in UTC."""

    default_error_messages = {
        "invalid": _("Write a time as 2026-11-25T14:00:00+07:00."),
        "naive": _("A time needs its offset, e.g. 2026-11-25T14:00:00+07:00."),
    }

    def to_internal_value(self, data: Any) -> datetime:
        """The instant; a naive or malformed one is refused."""
        found = _INSTANT.fullmatch(data) if isinstance(data, str) else None
        if found is None:
            self.fail("invalid")
        day, clock, offset = found.groups()
        if offset is None:
            self.fail("naive")
        offset = "+00:00" if offset in "Zz" else offset.replace(" ", "+")
        try:
            return datetime.fromisoformat(f"{day}T{clock}{offset}").astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")


@extend_schema_field({"type": "string", "maxLength": 400})
class WordsField(serializers.Field[Any, Any, Any, Any]):
    """Words separated by commas, e.g. `screen,whiteboard`."""

    default_error_messages = {"invalid": _("Separate at most 20 words by commas.")}

    def to_internal_value(self, data: Any) -> tuple[str, ...]:
        """The words, trimmed, without empty ones."""
        words = tuple(word.strip() for word in str(data).split(",") if word.strip())
        if len(words) > 20 or any(len(word) > 40 for word in words):
            self.fail("invalid")
        return words


class GuestIn(StrictSerializer):
    """A person to invite."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    email = serializers.EmailField(max_length=254)


class BookingIn(StrictSerializer):
    """What somebody wants to book, or with `hold` to keep for some minutes."""

    space = serializers.UUIDField()
    starts_at = InstantField()
    ends_at = InstantField()
    title = serializers.CharField(required=False, allow_blank=True, max_length=200)
    people = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PEOPLE)
    guests = GuestIn(many=True, required=False)
    organisation = serializers.UUIDField(required=False, allow_null=True)
    hold = serializers.BooleanField(required=False)


class MoveIn(StrictSerializer):
    """Another period, and another space when one is named."""

    starts_at = InstantField()
    ends_at = InstantField()
    space = serializers.UUIDField(required=False)


class ExtendIn(StrictSerializer):
    """A later end."""

    ends_at = InstantField()


class ConfirmIn(StrictSerializer):
    """What a hold becomes; the title may be given now."""

    title = serializers.CharField(required=False, allow_blank=True, max_length=200)


class TitleIn(StrictSerializer):
    """Another title; an empty one takes it away."""

    title = serializers.CharField(allow_blank=True, max_length=200)


class GuestsIn(StrictSerializer):
    """Who else is to be invited."""

    guests = GuestIn(many=True, allow_empty=False)


class NothingIn(StrictSerializer):
    """An act that needs nothing but the reservation."""


class PageQuery(serializers.Serializer[Any]):
    """Which page of a list: `cursor` comes from the `next` of the page before."""

    cursor = serializers.CharField(required=False, default="", allow_blank=True, max_length=400)
    limit = serializers.IntegerField(required=False, default=20, min_value=1, max_value=MOST_ROWS)


class SpaceQuery(PageQuery):
    """What is asked of a space."""

    location = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(choices=Space.Kind.choices, required=False)
    capacity = serializers.IntegerField(required=False, min_value=1, max_value=MOST_PEOPLE)
    amenities = WordsField(required=False)
    q = serializers.CharField(required=False, max_length=200)


class AvailabilityQuery(SpaceQuery):
    """The same, for a period."""

    starts_at = InstantField()
    ends_at = InstantField()


class ReservationQuery(PageQuery):
    """Which of one's reservations; `mine` leaves out those of one's organisations."""

    when = serializers.ChoiceField(choices=["upcoming", "past"], default="upcoming")
    mine = serializers.BooleanField(default=False)


class TimelineQuery(serializers.Serializer[Any]):
    """A local day of a location, today unless said otherwise."""

    location = serializers.UUIDField()
    date = serializers.DateField(required=False)

    def validate_date(self, value: Day) -> Day:
        """Refuse days no calendar here keeps: time zones end at the edges of the calendar."""
        if not FIRST_DAY <= value <= LAST_DAY:
            raise serializers.ValidationError(
                _("This date is outside any calendar we keep."), code="invalid"
            )
        return value


def body(kind: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """The request's body as `kind` reads it; 400 with every fault. No body is an empty one."""
    form = kind(data=request.data)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def query(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The query string as `kind` reads it; a name given several times is joined by commas."""
    given = {
        name: ",".join(values) if name == "amenities" else values[-1]
        for name, values in request.query_params.lists()
    }
    form = kind(data=given)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)
