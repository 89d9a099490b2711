"""The shape of every domain error: a stable code and a sentence in the person's language.

The API turns one into RFC 9457 problem details, a page shows the same sentence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import OperationalError
from psycopg import errors as pg
from psycopg_pool import PoolTimeout


@dataclass(frozen=True)
class Broken:
    """One broken rule: `code` is stable, `detail` a translated sentence, `field` the input."""

    code: str
    detail: str
    field: str = ""


class DomainError(Exception):
    """A request that cannot be granted, for a reason the person can understand.

    `code` is stable and documented; `status` is the HTTP status of the API's answer;
    `extra` are further members of the problem document (JSON-ready).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422

    def __init__(
        self,
        detail: str,
        *,
        broken: Sequence[Broken] = (),
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.broken = tuple(broken)
        self.extra = dict(extra or {})


class NotFound(DomainError):
    """The thing does not exist for this actor (never says whether it exists for others)."""

    code = "not_found"
    status = 404


class NotAllowed(DomainError):
    """The actor's role does not include this act."""

    code = "not_allowed"
    status = 403


class Stale(DomainError):
    """Somebody changed the row since the actor read it; `extra["difference"]` says what."""

    code = "stale"
    status = 412


class Busy(DomainError):
    """A lock or the connection pool was not free in time; trying again is right."""

    code = "busy"
    status = 503


def is_busy(error: BaseException) -> bool:
    """Whether a lock, the pool or the server itself was not to be had in time."""
    causes = (error, error.__cause__)
    busy = (Busy, pg.LockNotAvailable, pg.QueryCanceled, pg.DeadlockDetected, PoolTimeout)
    return any(isinstance(cause, busy) for cause in causes) or isinstance(error, OperationalError)


__all__ = ["Broken", "Busy", "DomainError", "NotAllowed", "NotFound", "Stale", "is_busy"]
