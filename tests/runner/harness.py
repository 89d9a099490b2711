"""Starts the supervisor as `make run` does, in a folder of its own, and looks after it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config.runner.paths import ROOT, read_json
from config.runner.ports import free_port
from config.runner.servers import URLS

OURS = {*URLS, *(f"{name}_FILE" for name in URLS), "SECRET_KEY", "VAULT_MASTER_KEY", "RUANG_DEMO"}


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder below the system's temporary one that another user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="ruang-runner-"))
    folder.chmod(0o755)
    try:
        yield folder / "var"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(fact: Callable[[], bool], seconds: float) -> bool:
    """Whether the fact comes true in time."""
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def survivors(var: Path) -> list[str]:
    """Processes that were started for this folder: by their environment or their folder."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            known = f"RUANG_VAR={var}\0".encode() in (process / "environ").read_bytes()
            inside = (process / "cwd").readlink().is_relative_to(var)
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        # A zombie has no command line; it is gone and only waits to be counted.
        if command and (known or inside):
            found.append(f"{process.name} {command}")
    return found


class Run:
    """One supervisor; its log goes to a file, so that a full pipe never stops it."""

    def __init__(self, var: Path, work: str, port: int, more: Mapping[str, str] | None) -> None:
        self.var = var
        self.port = port or free_port()
        self.log = var.parent / "log.txt"
        environment = {k: v for k, v in os.environ.items() if k not in OURS}
        environment |= {"RUANG_VAR": str(var), "PORT": str(self.port), **(more or {})}
        script = f"from config.runner.supervisor import Supervisor; Supervisor().{work}()"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", script],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        """All it said so far."""
        return self.log.read_text()

    def until(self, words: str, seconds: float = 90) -> None:
        """Wait for words in the log; fail with the log when they do not come."""
        wait_for(lambda: words in self.said() or self.process.poll() is not None, seconds)
        assert words in self.said(), self.said()

    def url(self, name: str = "DATABASE_URL") -> str:
        """An address that it published."""
        return str(read_json(self.var / "run" / "stack.json")["environment"][name])

    def end(self, number: int = signal.SIGINT) -> int:
        """Signal the supervisor alone and wait for it."""
        self.process.send_signal(number)
        return self.process.wait(60)

    def close(self) -> None:
        """Whatever happened, leave nothing behind."""
        if self.process.poll() is None:
            self.end(signal.SIGTERM)


@contextmanager
def started(
    var: Path, work: str = "run", port: int = 0, more: Mapping[str, str] | None = None
) -> Iterator[Run]:
    """A supervisor for a block, with more environment when given."""
    run = Run(var, work, port, more)
    try:
        yield run
    finally:
        run.close()


def refused(var: Path, port: int = 0) -> str:
    """What a start says that must be refused."""
    with started(var, port=port) as run:
        assert run.process.wait(60) == 1, run.said()
        return run.said()


def rows(url: str) -> int:
    """How many rows the test's own table has."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT count(*) FROM runner_rows").fetchone()
        assert row is not None
        return int(row[0])


def write_rows(url: str, count: int) -> None:
    """Commit so many rows, one transaction each, in the test's own table."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS runner_rows (n int)")
        for number in range(count):
            connection.execute("INSERT INTO runner_rows VALUES (%s)", [number])
