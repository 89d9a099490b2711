"""From `make run` to the first page: with an empty database, and the second time."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from config.bench.figures import Figure
from config.bench.stand import SMALL
from config.runner.paths import ROOT
from config.runner.ports import free_port
from config.runner.servers import URLS
from config.runner.service import fetch

TIMES = 1 if SMALL else 5
PATIENCE = 300.0


def run() -> list[Figure]:
    """As often as TIMES: a folder that does not exist yet, then the same one again."""
    firsts, seconds = [], []
    for _time in range(TIMES):
        with tempfile.TemporaryDirectory(prefix="ruang-start-") as name:
            Path(name).chmod(0o755)
            var = Path(name) / "var"
            firsts.append(_start(var))
            seconds.append(_start(var))
    return [
        _figure("empty database, demo loaded, to the first page", firsts),
        _figure("second start, to the first page", seconds),
        Figure("packages", "installed", "a fresh clone fetches them once before"),
    ]


def _figure(name: str, found: list[float]) -> Figure:
    middle = sorted(found)[len(found) // 2]
    note = f"of {len(found)}: {min(found):.1f} to {max(found):.1f} s"
    return Figure(name, f"{middle:.1f} s", note)


def _start(var: Path) -> float:
    """Seconds from the command to a page that was served; then everything is ended."""
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if key not in URLS}
    environment |= {"RUANG_VAR": str(var), "PORT": str(port)}
    environment.pop("RUANG_DEMO", None)
    begun = time.monotonic()
    command = subprocess.Popen(  # noqa: S603 - what `make run` starts
        [sys.executable, "-m", "config.runner", "run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said: list[str] = []
    try:
        while not _is_ready(command, said):
            if time.monotonic() - begun > PATIENCE:
                raise RuntimeError("It did not start:\n" + "".join(said[-30:]))
        status, words = fetch(port, "/")
        if status != 200:
            raise RuntimeError(f"The first page: {status} {words}")
        return time.monotonic() - begun
    finally:
        command.send_signal(signal.SIGINT)
        command.communicate(timeout=60)


def _is_ready(command: "subprocess.Popen[str]", said: list[str]) -> bool:
    """Read one more line; true for the one that gives the address."""
    line = command.stdout.readline() if command.stdout is not None else ""
    said.append(line)
    if not line:
        raise RuntimeError("It ended by itself:\n" + "".join(said[-30:]))
    return re.match(r"Ruang is ready: http://", line) is not None
