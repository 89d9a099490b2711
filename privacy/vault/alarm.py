"""What must be looked at by a person: a value that does not open with its key."""

import logging
from uuid import UUID

from prometheus_client import Counter

logger = logging.getLogger(__name__)

BROKEN = Counter(
    "ruang_sealed_refused",
    "Sealed values that did not open: changed, moved, or without their key.",
    ["what"],
)


def ring_alarm(what: str, *, field: str, row: str, person: UUID) -> None:
    """Count and log one, by identifiers alone."""
    BROKEN.labels(what).inc()
    logger.critical("Sealed value refused (%s): %s of row %s, person %s.", what, field, row, person)
