"""The product's own processes: web, worker, beat. Started again when they crash."""

import os
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from .children import Child, Guard, Log
from .paths import ROOT
from .ports import LOOPBACK

# Loopback is never reached through a proxy, whatever the environment says.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Service:
    """A child that is wanted for as long as we run."""

    child: Child
    patience: float
    began_at: float = 0.0
    crashes: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        """Start it now."""
        self.began_at = time.monotonic()
        self.child.start()

    def tend(self, log: Log) -> None:
        """Start it again after it ended: at once the first time, then ever more slowly.

        A minute of health wipes the slate, so that a crash a day never adds up.
        """
        now = time.monotonic()
        if self.child.alive():
            if self.crashes and now - self.began_at > 60:
                self.crashes = 0
            return
        if self.child.process is not None:
            status = self.child.process.returncode
            self.child.sweep()
            pause = 0.0 if self.crashes == 0 else min(30.0, 0.5 * 2**self.crashes)
            self.crashes += 1
            self.not_before = now + pause
            log(self.child.name, f"ended unexpectedly ({status}); starting again in {pause:.0f} s")
        if now >= self.not_before:
            self.start()

    def stop(self, *, hurry: bool) -> bool:
        """End it; a worker first finishes what it has in hand."""
        return self.child.stop(0.5 if hurry else self.patience)


def web_command(port: int) -> list[str]:
    """The web server: a process per core up to two, eight threads each.

    Threads wait for the database most of the time, so eight keep a core busy; the
    connection pool has as many and two to spare (settings.WEB_THREADS). Past two
    processes a development machine needs the cores for the database.
    """
    workers = os.environ.get("WEB_WORKERS") or str(min(2, os.cpu_count() or 1))
    threads = os.environ.get("WEB_THREADS") or "8"
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "config.wsgi:application"),
        *("--host", LOOPBACK, "--port", str(port), "--no-ws"),
        *("--workers", workers, "--blocking-threads", threads),
        *("--respawn-failed-workers", "--respawn-interval", "0.5"),
        *("--workers-kill-timeout", "8", "--log-level", "warning"),
    ]


def worker_command() -> list[str]:
    """The worker: two at a time; no gossip, since there is nobody to gossip with."""
    return [
        *(sys.executable, "-m", "celery", "-q", "-A", "config", "worker", "--loglevel", "WARNING"),
        *("--concurrency", os.environ.get("WORKER_CONCURRENCY") or "2"),
        *("--without-gossip", "--without-mingle"),
    ]


def beat_command(var: Path) -> list[str]:
    """The clock. Its file is no truth: the sweeps look at the database."""
    return [
        *(sys.executable, "-m", "celery", "-q", "-A", "config", "beat", "--loglevel", "WARNING"),
        *("--schedule", str(var / "run" / "beat"), "--pidfile", ""),
    ]


def services(var: Path, port: int, guard: Guard, log: Log) -> list[Service]:
    """Web, beat, worker: in the order in which they are asked to end.

    The web ends first, so that nothing new comes in; beat next, so that nothing new is
    due; the worker last, with time to finish.
    """
    commands = {
        "web": (web_command(port), 10.0),
        "beat": (beat_command(var), 5.0),
        "worker": (worker_command(), 20.0),
    }
    return [
        Service(Child(name, argv, guard, log=log, cwd=ROOT), patience)
        for name, (argv, patience) in commands.items()
    ]


def fetch(port: int, path: str) -> tuple[int, str]:
    """The status and the first words of a page; 0 when nobody answers."""
    request = urllib.request.Request(f"http://{LOOPBACK}:{port}{path}")
    try:
        with _opener.open(request, timeout=10) as response:
            return response.status, response.read(300).decode(errors="replace").strip()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(300).decode(errors="replace").strip()
    except OSError:
        return 0, ""
