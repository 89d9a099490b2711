"""Cursors of lists, and the OpenAPI shape every list has."""

import base64
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

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
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def cursor_read(when: str, word: str) -> tuple[datetime, UUID] | None:
    """What `cursor_after` wrote for the same list, None for no word; else Malformed."""
    if not word:
        return None
    try:
        listing, instant, row = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        after = datetime.fromisoformat(instant).astimezone(UTC), UUID(hex=row)
        if listing != when or not 1900 < after[0].year < 9900:
            raise ValueError(word)
    except (ValueError, TypeError, AttributeError, OverflowError):
        detail = _("This page's address is not complete; start the list anew.")
        raise Malformed(detail) from None
    return after
