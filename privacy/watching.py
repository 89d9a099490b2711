"""Tells the privacy officers before and when a contract runs out, once each time."""

import logging

from django.db import transaction

from privacy.channels import channels
from privacy.models import Processor
from privacy.processors import WARN_DAYS, days_left, services_in_trouble
from privacy.staff import staff_tell

logger = logging.getLogger(__name__)


def processors_watch() -> int:
    """Warn of contracts that end within 30, 7 and 1 days or have ended; how many were told of.

    The word about a lapsed mail provider cannot leave by mail: that is what the warnings
    before, the register's page and the error in the log are for.
    """
    told = 0
    for row in Processor.objects.filter(state=Processor.State.ACTIVE).order_by("id"):
        left = days_left(row)
        steps = [days for days in (*WARN_DAYS, -1) if left is not None and left <= days]
        if steps and row.contract_until is not None:
            told += _tell(row, row.contract_until.isoformat(), min(steps))
    for service, reason in services_in_trouble(sorted({c.service for c in channels()})).items():
        logger.error("Messages over %s wait: %s.", service, reason)
    return told


def _tell(row: Processor, until: str, step: int) -> int:
    word = "over" if step < 0 else str(step)
    with transaction.atomic():
        return staff_tell(
            "privacy_officer",
            template="processor_ends",
            data={"processor": row.id, "until": until},
            dedupe_key=f"processor:{row.id}:{until}:{word}",
        )
