"""Processes that end with us: started through launch.py, known to one guard."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
Log = Callable[[str, str], None]


@dataclass(frozen=True)
class Account:
    """The user and group a server runs as."""

    uid: int
    gid: int


def silent(name: str, line: str) -> None:
    """A log for those who want none."""


def launcher(spec: Mapping[str, Any]) -> list[str]:
    """The command line that runs launch.py in a bare interpreter."""
    return [sys.executable, "-I", "-S", str(HERE / "launch.py"), json.dumps(spec)]


class Guard:
    """The process that ends the others when we are killed; see guard.py."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        # A forked copy of us must not keep the pipe open after our own end.
        os.register_at_fork(after_in_child=self._let_go)

    def watch(self, group: int, number: int) -> None:
        """End this process group when we are gone, by this signal first."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(HERE / "guard.py")],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
                cwd="/",
            )
        self._tell(f"+{group} {number}\n")

    def forget(self, group: int) -> None:
        """The group has ended; its number may be another's soon."""
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """End the guard itself; groups it still knows of end with it."""
        process, self.process = self.process, None
        if process is not None:
            with contextlib.suppress(OSError):
                process.communicate(timeout=20)

    def _tell(self, line: str) -> None:
        """Send one line; a guard that was killed leaves us with the parent-death signal."""
        if self.process is not None and self.process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self.process.stdin.write(line)
                self.process.stdin.flush()

    def _let_go(self) -> None:
        """Close the pipe in a forked copy, without the flush that close() would do."""
        if self.process is not None and self.process.stdin is not None:
            with contextlib.suppress(OSError):
                os.close(self.process.stdin.fileno())
            self.process = None


@dataclass
class Child:
    """One process of ours: how it starts, how it is asked to end, what it said last."""

    name: str
    argv: Sequence[str]
    guard: Guard
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Log = silent
    stop_signal: int = signal.SIGTERM
    account: Account | None = None
    cwd: Path | None = None
    lock: Path | None = None
    stale: Path | None = None
    process: subprocess.Popen[str] | None = None
    last_words: list[str] = field(default_factory=list)
    reader: threading.Thread | None = None

    def start(self) -> None:
        """Start it in a process group of its own.

        Call from a thread that lives as long as we do: Linux sends the parent-death
        signal when the *thread* that started a process ends.
        """
        spec: dict[str, Any] = {
            "argv": list(self.argv),
            "parent": os.getpid(),
            "signal": int(self.stop_signal),
        }
        if self.account is not None:
            spec |= {"uid": self.account.uid, "gid": self.account.gid}
        if self.cwd is not None:
            spec["cwd"] = str(self.cwd)
        if self.lock is not None:
            spec["lock"] = str(self.lock)
        if self.stale is not None:
            spec["stale"] = str(self.stale)
        self.last_words.clear()
        self.process = subprocess.Popen(
            launcher(spec),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **self.environment},
            process_group=0,
        )
        self.guard.watch(self.process.pid, int(self.stop_signal))
        self.reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self.reader.start()

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def wait(self, seconds: float) -> bool:
        """Wait for its end; false when it still runs after so long."""
        if self.process is None:
            return True
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def ask(self, number: int | None = None) -> None:
        """Ask it to end; do not wait."""
        if self.process is not None and self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, self.stop_signal if number is None else number)

    def stop(self, patience: float) -> bool:
        """Ask, wait, kill the whole group; false when it had to be killed."""
        self.ask()
        gentle = self.wait(patience)
        self.sweep()
        return gentle

    def sweep(self) -> None:
        """Kill whatever is left of the group, collect it, and tell the guard."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.guard.forget(self.process.pid)
        if self.reader is not None:
            self.reader.join(1)
        self.process = None

    def _read(self, process: "subprocess.Popen[str]") -> None:
        """Pass on each line and remember the last ones, to quote them when it fails."""
        if process.stdout is None:
            return
        with contextlib.suppress(ValueError, OSError), process.stdout as lines:
            for raw in lines:
                line = raw.rstrip()
                self.last_words.append(line)
                del self.last_words[:-12]
                self.log(self.name, line)
