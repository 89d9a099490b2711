"""What must be looked at by a person: a value that does not open with its key.

It is counted and logged at once. The alert to the privacy officers is a row, so it is
written when the unit of work is over, after whatever transaction the refusal ended.
"""

import logging
from uuid import UUID

from prometheus_client import Counter

from privacy.vault.ring import ring

logger = logging.getLogger(__name__)

BROKEN = Counter(
    "ruang_sealed_refused",
    "Sealed values that did not open: changed, moved, or without their key.",
    ["what"],
)


def ring_alarm(what: str, *, field: str, row: str, person: UUID) -> None:
    """Count, log and remember one, by identifiers alone."""
    BROKEN.labels(what).inc()
    logger.critical("Sealed value refused (%s): %s of row %s, person %s.", what, field, row, person)
    ring().broken.add(person)
