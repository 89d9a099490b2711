"""`make run` on real parts: ready, refused, killed, ended, begun again."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.runner.service import fetch
from config.runner.stack import find_running
from tests.runner.harness import (
    Run,
    fresh_folder,
    refused,
    rows,
    started,
    survivors,
    wait_for,
    write_rows,
)

pytestmark = pytest.mark.runner


@pytest.fixture(scope="module")
def running() -> Iterator[Run]:
    """One product for the tests that do not end it."""
    with fresh_folder() as var, started(var) as run:
        run.until("Ruang is ready")
        yield run


def test_ready_line_comes_when_a_page_can_be_served(running: Run) -> None:
    assert f"Ruang is ready: http://127.0.0.1:{running.port}\n" in running.said()
    assert fetch(running.port, "/healthz")[0] == 200
    assert fetch(running.port, "/readyz")[0] == 200
    assert fetch(running.port, "/")[0] == 200


def test_demo_people_are_printed(running: Run) -> None:
    for person in ("alice", "bob", "charlie", "dewi", "eka", "farid", "gita", "hadi", "root"):
        assert f"{person}@ruang.test" in running.said()


def test_running_servers_are_found_by_their_folder(running: Run) -> None:
    found = find_running(running.var)
    assert found is not None
    assert found["DATABASE_URL"] == running.url()
    assert found["VAULT_DATABASE_URL"] == running.url("VAULT_DATABASE_URL")
    assert set(found) == {"DATABASE_URL", "VAULT_DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL"}


def test_second_run_on_the_same_folder_is_refused(running: Run) -> None:
    log = running.log
    said = running.said()
    with started(running.var) as second:
        assert second.process.wait(30) == 1
        words = second.said()
    log.write_text(said)
    assert f"Ruang already runs with {running.var}" in words
    assert f"http://127.0.0.1:{running.port}" in words
    assert "RUANG_VAR=" in words
    assert fetch(running.port, "/readyz")[0] == 200


def test_postgres_killed_comes_back_with_no_row_lost(running: Run) -> None:
    write_rows(running.url(), 200)
    before = rows(running.url())
    pid = int((running.var / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: "postgres | ended unexpectedly (-9)" in running.said(), 60)

    def settled() -> bool:
        """Each web process has dropped the connections that died with the server."""
        return all(fetch(running.port, "/")[0] == 200 for _ in range(10))

    assert wait_for(settled, 60), running.said()
    assert rows(running.url()) == before
    assert before >= 200


def test_taken_port_is_named_with_a_free_one() -> None:
    with fresh_folder() as var, socket.socket() as taker:
        taker.bind(("127.0.0.1", 0))
        taker.listen()
        port = taker.getsockname()[1]
        said = refused(var, port)
        assert f"Port {port} is taken by process {os.getpid()}" in said
        assert "PORT=" in said
        assert not (var / "postgres").exists()


def test_end_and_kill_leave_no_process_and_keep_the_data() -> None:
    # Demo data is proved above and takes time to load.
    bare = {"RUANG_DEMO": "0"}
    with fresh_folder() as var:
        with started(var, more=bare) as first:
            first.until("Ruang is ready")
            write_rows(first.url(), 50)
            port = first.port
            assert len(survivors(var)) > 8
            assert first.end(signal.SIGINT) == 0
            assert survivors(var) == []
        with started(var, port=port, more=bare) as second:
            second.until("Ruang is ready", 30)
            assert rows(second.url()) == 50
            assert "collecting static files" not in second.said()
            write_rows(second.url(), 50)
            second.end(signal.SIGKILL)
            assert wait_for(lambda: not survivors(var), 20), survivors(var)
        with started(var, "stack") as third:
            third.until("DATABASE_URL=")
            assert rows(third.url()) == 100


def test_make_told_to_stop_alone_stops_the_servers(tmp_path: Path) -> None:
    """make does not pass SIGINT on; without our look at it, it would wait for ever."""
    from tests.runner.make import make_ends_after  # noqa: PLC0415

    with fresh_folder() as var:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            make_ends_after(var, tmp_path, number)
            assert wait_for(lambda: not survivors(var), 10), survivors(var)
