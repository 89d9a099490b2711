"""Ends the servers when their supervisor is gone, however it went. Run by path.

It holds the other end of a pipe. The kernel closes the pipe when the supervisor ends,
also by kill -9, on every system. Then each process group it was told of is asked to
end, and killed when it does not. Lines: "+GROUP SIGNAL" and "-GROUP".
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 2.0
DATABASE_SECONDS = 15.0


def send(group: int, number: int, *, whole: bool) -> bool:
    """Signal a group (or its first process only); false when nobody is left to get it."""
    try:
        if whole:
            os.killpg(group, number)
        else:
            os.kill(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def alive(group: int) -> bool:
    """Whether any process of the group is left (a zombie nobody reaps counts, briefly)."""
    return send(group, 0, whole=True)


def end(groups: dict[int, int]) -> None:
    """Ask all to end, the database by its first process, then kill what stays."""
    for group, number in groups.items():
        send(group, number, whole=number == signal.SIGTERM)
    begun = time.monotonic()
    while any(alive(group) for group in groups):
        spent = time.monotonic() - begun
        for group, number in groups.items():
            limit = GRACE_SECONDS if number == signal.SIGTERM else DATABASE_SECONDS
            if spent > limit:
                send(group, signal.SIGKILL, whole=True)
        if spent > DATABASE_SECONDS + 2:
            return
        time.sleep(0.05)


def main() -> None:
    """Keep the list of groups until the pipe closes."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        if line[0] == "+":
            group, first = line[1:].split()
            groups[int(group)] = int(first)
        else:
            groups.pop(int(line[1:]), None)
    end(groups)


main()
