"""Keeps the embedded servers while any command uses them; see stack.py."""

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from .children import Guard, Log
from .paths import prepare_var
from .servers import Servers, wanted
from .stack import become_owner, publish, state_file, users_lock
from .trouble import Trouble

LOG_BYTES = 1024 * 1024
_asked_to_end: list[int] = []


def answer(**words: object) -> None:
    """Tell the command that started us how it went, and let go of its pipe and terminal."""
    print(json.dumps(words), flush=True)
    quiet = os.open(os.devnull, os.O_RDWR)
    for handle in (1, 2):
        os.dup2(quiet, handle)


def serve(var: Path, servers: Servers) -> None:
    """Start, answer, and stay until no command is left."""
    environment = servers.start()
    publish(var, "keeper", environment, servers.ports)
    answer(environment=environment)
    users = users_lock(var)
    while not users.take() and not _asked_to_end:
        time.sleep(0.1)
        servers.tend()
    # Commands that come now wait for our end, then start a keeper of their own.


def log_to(path: Path) -> Log:
    """A log that writes lines to a file, which begins anew when it has grown large."""
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.unlink()

    def write(name: str, line: str) -> None:
        with contextlib.suppress(OSError), path.open("a") as file:
            file.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {name} {line}\n")

    return write


def main() -> None:
    """The folder is the argument."""
    var = Path(sys.argv[1])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    prepare_var(var)
    lock = become_owner(var)
    if lock is None:
        answer()
        return
    guard = Guard()
    log = log_to(var / "log" / "servers.log")
    servers = Servers(var, wanted(), guard=guard, log=log)
    try:
        serve(var, servers)
    except Trouble as trouble:
        answer(trouble=[trouble.sentence, trouble.way_out])
    finally:
        servers.stop()
        state_file(var).unlink(missing_ok=True)
        guard.close()
        lock.release()


def _end(number: int, frame: FrameType | None) -> None:
    """Remember that we were asked; the loop looks."""
    _asked_to_end.append(number)


if __name__ == "__main__":
    main()
