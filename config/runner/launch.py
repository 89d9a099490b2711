"""Becomes another program after tying it to its parent. Run by path, imports no sibling.

A server must not outlive the process that started it, must not run as root, and must
not meet a second server on the same data. All three are settled here, between fork and
exec, in a process of one thread: no other place can do them without a race.

The one argument is a JSON object: argv, and optionally uid, gid, cwd, parent (the
process number whose end ends us), signal (what we get then), lock (a file whose lock
the program and its children hold until the last of them is gone), stale (a file to
delete once the lock is ours) and probe (paths: only tell by the status whether this
user can reach them).
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
LOCK_SECONDS = 15.0
LOCKED = 75  # EX_TEMPFAIL: an earlier server still lives on the same data.


def hold_lock(path: str) -> None:
    """Take the lock and leave it open across exec, so that it lasts as long as the server."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > end:
                sys.exit(LOCKED)
            time.sleep(0.02)
    os.set_inheritable(handle, True)


def drop_privileges(uid: int, gid: int) -> None:
    """Give up root for good: groups first, the user last."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def reachable(path: str) -> bool:
    """Whether we can pass through this folder, or read and run this file."""
    return os.access(path, os.X_OK if os.path.isdir(path) else os.R_OK | os.X_OK)


def die_with(parent: int, number: int) -> None:
    """Ask Linux to signal us when the parent ends; elsewhere the guard alone does that.

    The request is lost when the user changes, so this comes after. The parent may have
    ended before the request was made, so that is looked at last.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(0)


def main() -> None:
    """Do what the argument says, then become the program."""
    spec = json.loads(sys.argv[1])
    if "lock" in spec:
        hold_lock(spec["lock"])
    if "stale" in spec:
        # A pid file whose number may be a stranger's by now; the lock proves it stale.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(spec["stale"])
    if "uid" in spec:
        drop_privileges(spec["uid"], spec["gid"])
    if "probe" in spec:
        sys.exit(0 if all(reachable(path) for path in spec["probe"]) else 1)
    if "cwd" in spec:
        os.chdir(spec["cwd"])
    if "parent" in spec:
        die_with(spec["parent"], spec["signal"])
    # A terminal's Ctrl-C reaches the parent, which ends its children in order.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.execvpe(spec["argv"][0], spec["argv"], os.environ)  # noqa: S606


main()
