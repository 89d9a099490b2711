"""The sweeps of the booking core: thin calls of services, in short transactions.

Each finds its work in the database, so a day without a scheduler costs a delay and
nothing else. They end well within a task's soft time limit; the next run goes on.
"""

import time
from collections.abc import Callable
from typing import Final

from celery import shared_task

from privacy import clock
from reservations.services.closures import closures_extend
from reservations.services.expiry import reservations_complete_due, reservations_expire_due
from reservations.services.holidays import holidays_load
from reservations.services.prices import prices_refresh
from reservations.services.reminders import reminders_put

SWEEP_SECONDS: Final = 40.0
BATCH: Final = 100


@shared_task
def expiries_sweep(**_: object) -> None:
    """Holds and requests whose time has run out."""
    _batches(lambda: reservations_expire_due(now=clock.now(), limit=BATCH))


@shared_task
def completions_sweep(**_: object) -> None:
    """Reservations whose period is over."""
    _batches(lambda: reservations_complete_due(now=clock.now(), limit=BATCH))


@shared_task
def reminders_sweep(**_: object) -> None:
    """Reminders of what begins within a day."""
    _batches(lambda: reminders_put(now=clock.now(), limit=BATCH))


@shared_task
def closure_horizon_sweep(**_: object) -> None:
    """Occurrences of repeating closures that came within the horizon, and a new year's holidays."""
    closures_extend(now=clock.now())
    holidays_load(now=clock.now())


@shared_task
def prices_sweep(**_: object) -> None:
    """The hour price by which lists are ordered."""
    prices_refresh(now=clock.now())


def _batches(step: Callable[[], int]) -> None:
    """Repeat full batches until one is not full or the time is up."""
    end = time.monotonic() + SWEEP_SECONDS
    while step() == BATCH and time.monotonic() < end:
        pass
