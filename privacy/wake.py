"""Wakes the worker through the broker, and costs nearly nothing when that is down.

The broker is a doorbell, not a letter box: what is to be done stands in PostgreSQL, and
the sweep finds it. So a broken broker is reported once, then left alone for a while,
instead of every booking waiting for it to time out.
"""

import logging
import threading
import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from celery import current_app
from kombu.exceptions import OperationalError
from kombu.pools import producers

logger = logging.getLogger(__name__)

#: One try, and a second at most for each step of it. Kombu's own default is to go on
#: connecting for four seconds even when told not to retry (measured: six).
IMPATIENT: Final = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
#: How long a broker that did not answer is left alone, in seconds.
REST_SECONDS: Final = 30.0


class Breaker:
    """Whether it is worth asking now; open (resting) for REST_SECONDS after a failure."""

    def __init__(self, rest: float = REST_SECONDS) -> None:
        self.rest = rest
        self._lock = threading.Lock()
        self._broken = False
        self._until = 0.0

    def may_try(self) -> bool:
        """True while all is well; after a rest, true for one caller at a time."""
        if not self._broken:
            return True
        with self._lock:
            now = time.monotonic()
            if self._broken and now < self._until:
                return False
            self._until = now + self.rest
            return True

    def failed(self) -> bool:
        """Note a failure; true when it is the first since things were well."""
        with self._lock:
            first, self._broken = not self._broken, True
            self._until = time.monotonic() + self.rest
            return first

    def succeeded(self) -> bool:
        """Note a success; true when things had been broken."""
        if not self._broken:
            return False
        with self._lock:
            was, self._broken = self._broken, False
            return was


breaker = Breaker()


@dataclass(frozen=True)
class Wake:
    """An on_commit call: ask a worker to send one message and what else is due."""

    message_id: UUID

    def __call__(self) -> None:
        """Ring once, without a second try. Never raises for a broker that is down."""
        if not breaker.may_try():
            return
        try:
            self._ring()
        except (OperationalError, OSError) as error:
            if breaker.failed():
                logger.warning(
                    "The broker cannot be reached (%s). Messages wait for the next sweep.",
                    type(error).__name__,
                )
        else:
            if breaker.succeeded():
                logger.info("The broker answers again.")

    def _ring(self) -> None:
        connection = current_app.connection(transport_options=IMPATIENT)
        with producers[connection].acquire(block=True, timeout=1) as producer:
            current_app.send_task(
                "privacy.tasks.outbox_deliver",
                args=[str(self.message_id)],
                producer=producer,
                retry=False,
                ignore_result=True,
            )
