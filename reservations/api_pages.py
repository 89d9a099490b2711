"""Cursors of lists, and the OpenAPI shape every list has."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from privacy.keyset import place_of, word_of
from reservations.errors import Malformed
from reservations.models import Reservation


def listed(kind: type[serializers.Serializer[Any]]) -> Any:
    """The serializer of a page of `kind`."""
    return inline_serializer(
        name=f"{kind.__name__.removesuffix('Out')}Page",
        fields={"next": serializers.URLField(allow_null=True), "results": kind(many=True)},
    )


def next_link(request: Request, cursor: str) -> str | None:
    """The address of the next page, or None on the last."""
    if not cursor:
        return None
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def cursor_after(when: str, last: Reservation) -> str:
    """Where a page of reservations ended, as an opaque word."""
    place = [when, last.starts_at.astimezone(UTC).isoformat(), last.id.hex]
    return word_of(place)


def cursor_read(when: str, word: str) -> tuple[datetime, UUID] | None:
    """What `cursor_after` wrote for the same list, None for no word; else Malformed."""
    if not word:
        return None
    try:
        listing, instant, row = place_of(word)
        after = datetime.fromisoformat(instant).astimezone(UTC), UUID(hex=row)
        if listing != when or not 1900 < after[0].year < 9900:
            raise ValueError(word)
    except (ValueError, TypeError, AttributeError, OverflowError):
        detail = _("This page's address is not complete; start the list anew.")
        raise Malformed(detail) from None
    return after
