"""Preconditions and repeated requests, for the API of every app."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.idempotency import Repeat, repeat_of
from privacy.errors import Stale

#: No row has this version, so an If-Match that names none of ours fails as it should.
NO_VERSION = -1


def etag(version: int) -> str:
    """The ETag of a row's version, e.g. "3" with its quotes."""
    return f'"{version}"'


def expected_version(request: Request) -> int | None:
    """The version an If-Match asks for; None without one or with `*`."""
    asked = request.headers.get("If-Match", "").strip()
    if asked in {"", "*"}:
        return None
    number = asked.removeprefix("W/").strip('"')
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else NO_VERSION


def check_if_match(
    request: Request, version: int, difference: Callable[[], Mapping[str, Any]]
) -> None:
    """Raise Stale (412) with `difference()` when If-Match names another version.

    For rows that nobody else can change meanwhile; a service that takes
    `expected_version` checks under its lock instead.
    """
    expected = expected_version(request)
    if expected is not None and expected != version:
        raise Stale(
            _("This was changed in the meantime. Nothing was overwritten."),
            extra={"difference": dict(difference()), "version": version},
        )


def repeat(request: Request) -> Repeat | None:
    """The request's Idempotency-Key with its route and body, or None without one."""
    key = request.headers.get("Idempotency-Key")
    return repeat_of(key, f"{request.method} {request.path}"[:120], request.data)
