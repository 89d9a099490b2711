"""One readable log: time, name, line; coloured on a terminal only."""

import contextlib
import os
import sys
import threading
import time

COLOURS = {
    "ruang": 32,
    "web": 36,
    "worker": 35,
    "beat": 34,
    "postgres": 33,
    "valkey": 33,
    "mail": 33,
    "prepare": 32,
}
# What a server says when it is asked to end says nothing to the reader.
NOISE = (
    "terminating connection due to administrator command",
    "the database system is shutting down",
    "the database system is starting up",
    "the database system is not yet accepting connections",
    "due to unexpected postmaster exit",
    "terminating background worker",
    "Received SIGTERM scheduling shutdown",
    "is now ready to exit",
    "Memory overcommit must be enabled",
    # The web server counts cores; service.py says why the threads are as many as they are.
    "Configuration allows spawning up to",
    # Celery dislikes root; here root has given its servers another user already.
    "_warn_or_raise_security_error",
    "running the worker with superuser privileges",
    "absolutely not recommended!",
    "specify a different user using the --uid option",
    "User information: uid=",
)
_lock = threading.Lock()


def log(name: str, line: str) -> None:
    """Write one line; a terminal that is gone is no reason to fail."""
    if not line.strip() or any(noise in line for noise in NOISE):
        return
    head = f"{time.strftime('%H:%M:%S')} {name:<8} |"
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        head = f"\033[{COLOURS.get(name, 37)}m{head}\033[0m"
    say(f"{head} {line}")


def say(text: str) -> None:
    """Write text as it is."""
    with _lock, contextlib.suppress(OSError, ValueError):
        print(text, flush=True)
