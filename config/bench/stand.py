"""A place to measure in: fresh durable servers, the product's tables, the real web server."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.runner.children import Child, Guard, silent
from config.runner.development import development_settings
from config.runner.paths import ROOT
from config.runner.ports import free_port
from config.runner.servers import URLS, Servers
from config.runner.service import fetch, web_command

#: Tries a measurement out, with little of everything; its figures mean nothing.
SMALL = os.environ.get("BENCH_SMALL") == "1"
# One program asks many times a second, which the limit for keys is there to stop.
OPEN_RATES = {"API_RATE_USER": "1000000/min", "API_RATE_ANONYMOUS": "1000000/min"}


@contextlib.contextmanager
def stand() -> Iterator[Servers]:
    """Fresh servers that wait for the disk as in production; Django is set up on them.

    Call once in a process: Django reads its settings a single time.
    """
    guard = Guard()
    with tempfile.TemporaryDirectory(prefix="ruang-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for url in URLS:
            os.environ.pop(url, None)
        names = ["postgres", "valkey", "mail"]
        servers = Servers(folder, names, guard=guard, temporary=True)
        try:
            os.environ.update(servers.start())
            os.environ.update(development_settings(folder, create=True, announce=False))
            os.environ |= {"RUANG_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
            os.environ |= OPEN_RATES
            subprocess.run(
                [sys.executable, "-m", "config.runner.prepare"],
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
            )
            _setup()
            yield servers
        finally:
            servers.stop()
            guard.close()


def _setup() -> None:
    import django  # noqa: PLC0415 - settings need the servers' addresses

    django.setup()


@contextlib.contextmanager
def web(environment: Mapping[str, str] | None = None) -> Iterator["Web"]:
    """The web server as `make run` starts it, on a free port, until the block ends."""
    guard = Guard()
    port = free_port()
    more = {"PORT": str(port), **OPEN_RATES, **(environment or {})}
    child = Child("web", web_command(port), guard, environment=more, log=silent, cwd=ROOT)
    child.start()
    try:
        _until_answers(child, port)
        yield Web(child, port)
    finally:
        child.stop(10)
        guard.close()


class Web:
    """A running web server: where it is, and its process."""

    def __init__(self, child: Child, port: int) -> None:
        self.child = child
        self.port = port
        self.url = f"http://127.0.0.1:{port}"


def _until_answers(child: Child, port: int) -> None:
    end = time.monotonic() + 60
    while fetch(port, "/healthz")[0] != 200:
        if not child.alive() or time.monotonic() > end:
            raise RuntimeError("The web server did not start:\n" + "\n".join(child.last_words))
        time.sleep(0.05)
