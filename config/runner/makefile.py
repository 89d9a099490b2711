"""Ending together with the `make` that started us.

make passes SIGTERM on to its children, but not SIGINT and SIGHUP, which it expects the
terminal to send to all: after `kill -INT` of make alone it would wait for us for ever.
And when make is killed nobody tells us. Both are seen here.
"""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1


class MakeWatch:
    """Looks at our parent, when that is a make, twice a second at most."""

    def __init__(self) -> None:
        self.parent = os.getppid()
        self.next_look = 0.0
        self.active = "MAKELEVEL" in os.environ and self._name() in {"make", "gmake"}
        # A make in the background of a script ignores SIGINT from the start, one below
        # nohup SIGHUP; what it ignores does not end it either.
        self.caught = self._caught()
        # What we start is no longer a part of that make.
        os.environ.pop("MAKELEVEL", None)
        if self.active and sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)

    def wants_us_to_end(self) -> bool:
        """Whether make is gone, or is ending and waits for us."""
        if not self.active or time.monotonic() < self.next_look:
            return False
        self.next_look = time.monotonic() + 0.5
        return os.getppid() != self.parent or self._caught() != self.caught

    def _caught(self) -> int:
        """Which of SIGINT and SIGHUP it handles: it stops to handle one once it got it."""
        wanted = 1 << (signal.SIGINT - 1) | 1 << (signal.SIGHUP - 1)
        for line in self._status():
            if line.startswith("SigCgt:"):
                return int(line.split()[1], 16) & wanted
        return 0

    def _name(self) -> str:
        """The parent's name as Linux shows it; elsewhere we trust MAKELEVEL."""
        for line in self._status():
            if line.startswith("Name:"):
                return line.split()[1]
        return "make"

    def _status(self) -> list[str]:
        try:
            return Path(f"/proc/{self.parent}/status").read_text().splitlines()
        except OSError:
            return []
