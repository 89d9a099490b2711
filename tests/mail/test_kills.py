"""kill -9 at any point of a delivery: after the lease the message is sent, never lost."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from privacy import clock
from privacy.delivery import outbox_drain
from privacy.models import OutboxMessage
from privacy.outbox import outbox_put
from reservations.models import Reservation
from tests.live import database_urls
from tests.mail.conftest import Inbox, free_port

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db(transaction=True)

CHILD = """
import django
django.setup()
from privacy.delivery import outbox_drain
outbox_drain()
"""


class SlowServer:
    """Speaks SMTP up to a point, then says nothing more; `reached` tells that it is there.

    `until` is "hello" (before anything was sent) or "end" (the message was taken and
    kept, and only its "250" is missing, so that the client is killed between the
    server's keeping it and its own mark).
    """

    def __init__(self, until: str) -> None:
        self.until = until
        self.reached = threading.Event()
        self.kept: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        peer, _address = self.listener.accept()
        with peer, peer.makefile("rb") as lines:
            if self.until == "hello":
                self.reached.set()
                lines.read()
                return
            peer.sendall(b"220 slow\r\n")
            for line in lines:
                verb = line[:4].upper()
                if verb == b"DATA":
                    peer.sendall(b"354 go\r\n")
                    self.kept.append(self._letter(lines))
                    self.reached.set()
                    # The "250" is withheld: the client still waits when it is killed.
                    lines.read()
                    return
                peer.sendall(b"250 ok\r\n")

    def _letter(self, lines: Any) -> bytes:
        letter = b""
        for line in lines:
            if line == b".\r\n":
                break
            letter += line
        return letter

    def close(self) -> None:
        """End the server."""
        self.listener.close()


@pytest.fixture
def message(book: Callable[..., Reservation]) -> OutboxMessage:
    """The committed message of a booking, which a fresh process knows how to build."""
    book()
    return OutboxMessage.objects.get()


@pytest.fixture
def worker() -> Iterator[Any]:
    """Starts a real process that delivers to the given port, on the test's database."""
    started: list[subprocess.Popen[bytes]] = []

    def start(port: int) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **database_urls(),
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "SECRET_KEY": django_settings.SECRET_KEY,
        }
        process = subprocess.Popen([sys.executable, "-c", CHILD], cwd=ROOT, env=environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize("until", ["hello", "end"])
def test_a_killed_worker_loses_no_message(
    message: OutboxMessage, worker: Any, inbox: Inbox, until: str
) -> None:
    server = SlowServer(until)
    process = worker(server.port)
    assert server.reached.wait(20), "the worker never reached the mail server"
    process.send_signal(signal.SIGKILL)
    process.wait()
    server.close()

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("leased", 1)
    assert outbox_drain() == 0, "a lease that still runs must not be taken"

    OutboxMessage.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    assert outbox_drain() == 1

    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 2)
    assert len(inbox.letters) == 1
    if until == "end":
        # The one window for a second copy; the receiver tells it by the Message-ID.
        first = next(line for line in server.kept[0].splitlines() if b"Message-ID" in line)
        assert first.split()[1].decode() == inbox.letters[0]["Message-ID"]


def test_two_workers_send_each_message_once(
    message: OutboxMessage, inbox: Inbox, worker: Any
) -> None:
    with transaction.atomic():
        for _number in range(11):
            outbox_put(template=message.template, recipient=message.recipient_id, data=message.data)
    port = django_settings.EMAIL_PORT

    workers = [worker(port), worker(port)]
    for process in workers:
        assert process.wait(60) == 0

    assert OutboxMessage.objects.filter(state="sent", attempts=1).count() == 12
    assert len({letter["Message-ID"] for letter in inbox.letters}) == len(inbox.letters) == 12


def test_mail_waits_for_a_server_that_comes_back(
    message: OutboxMessage, settings: Any, inbox: Inbox
) -> None:
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = free_port()
    outbox_drain()
    message.refresh_from_db()
    assert message.state == "queued"
    assert message.outcome.startswith("no_server")

    settings.EMAIL_PORT = port
    OutboxMessage.objects.update(due_at=clock.now())
    start = time.monotonic()
    outbox_drain()

    assert len(inbox.letters) == 1
    assert time.monotonic() - start < 5
