"""Finds or starts the embedded servers: what commands, tests and tools call.

One process owns the servers of a folder and holds `run/stack.lock` while they live, so
"does it run?" is answered by the lock and never by a process number. The owner is
`make run`, `make stack`, or a keeper: a process that the first command starts, and that
ends the servers when the last command has ended. Commands count by a shared lock on
`run/users.lock`, which the kernel returns for them however they end.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from .children import Guard, Log, silent
from .development import development_settings
from .paths import ROOT, Lock, prepare_var, read_json, var_dir, write_private
from .ports import answers
from .servers import URLS, Servers, is_set, wanted
from .trouble import Trouble

WAIT_SECONDS = 90.0


def state_file(var: Path) -> Path:
    """Where the owner writes down the addresses; private, since they hold passwords."""
    return var / "run" / "stack.json"


def stack_lock(var: Path) -> Lock:
    """Held by the owner of the servers for as long as they live."""
    return Lock(var / "run" / "stack.lock")


def users_lock(var: Path) -> Lock:
    """Held, shared, by every command that uses a keeper's servers."""
    return Lock(var / "run" / "users.lock")


def become_owner(var: Path) -> Lock | None:
    """Take the stack lock and forget what a killed owner wrote; None when there is an owner.

    The lock is tried for a moment, since whoever asks whether it is held holds it briefly.
    """
    lock = stack_lock(var)
    if not lock.take_within(0.5):
        return None
    state_file(var).unlink(missing_ok=True)
    return lock


def publish(var: Path, kind: str, environment: Mapping[str, str], ports: Mapping[str, int]) -> None:
    """Write down where the servers are; call only while holding the stack lock.

    Addresses from outside are included, so that whoever reads this needs nothing else.
    """
    outside = {name: os.environ[name] for name in URLS if os.environ.get(name)}
    state = {
        "kind": kind,
        "pid": os.getpid(),
        "ports": dict(ports),
        "environment": {**outside, **environment},
    }
    write_private(state_file(var), json.dumps(state, indent=2) + "\n")


def find_running(var: Path) -> dict[str, str] | None:
    """The addresses of servers that run in this folder now, or None."""
    if not (var / "run" / "stack.lock").exists() or not stack_lock(var).held_by_another():
        return None
    state = read_json(state_file(var))
    found = state.get("environment")
    if not found or not all(answers(int(port)) for port in state.get("ports", {}).values()):
        return None
    return {str(name): str(value) for name, value in found.items()}


def owner(var: Path) -> str:
    """Who holds the servers of this folder, for a sentence."""
    state = read_json(state_file(var))
    names = {"run": "make run", "stack": "make stack", "keeper": "a management command"}
    kind = names.get(str(state.get("kind")), "another start")
    return f"{kind} (process {state.get('pid', '?')})"


def apply(environment: Mapping[str, str]) -> None:
    """Put addresses into our environment, where they are not set already."""
    for name, value in environment.items():
        if not is_set(name):
            os.environ[name] = value


def ensure_environment() -> None:
    """Make sure that this process has a database, a broker, a mail server and secrets.

    What the environment names is used as it is. For the rest, the servers that run in
    RUANG_VAR are found, or started until this process ends. Takes about 10 ms when they
    run and about half a second when they do not.
    """
    var = var_dir()
    if wanted():
        prepare_var(var)
        os.environ["RUANG_VAR"] = str(var)
        apply({"RUANG_DEVELOPMENT": "1"})
        apply(development_settings(var, create=True))
        _join(var)
    else:
        apply(development_settings(var, create=False))


def _join(var: Path) -> None:
    """Register as a user, then take the running servers or have them started."""
    users = users_lock(var)
    # Waits only while a keeper is ending its servers.
    users.take(shared=True, wait=True)
    _USED.append(users)
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        found = find_running(var)
        if found is None and not stack_lock(var).held_by_another():
            found = _start_keeper(var, users)
        if found is not None:
            apply(found)
            return
        time.sleep(0.05)
    raise Trouble(
        f"The servers in {var} belong to {owner(var)} and do not answer.",
        "End that process, then try again.",
    )


# Locks that must live as long as this process.
_USED: list[Lock] = []


def _start_keeper(var: Path, users: Lock) -> dict[str, str] | None:
    """Start a keeper and read its answer; None when somebody else was faster."""
    keeper = subprocess.Popen(
        [sys.executable, "-m", "config.runner.keeper", str(var)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    said = keeper.stdout.readline() if keeper.stdout is not None else ""
    answer = json.loads(said or "{}")
    if "trouble" in answer:
        keeper.wait()
        raise Trouble(*answer["trouble"])
    if "environment" not in answer:
        keeper.wait()
        return None
    atexit.register(_leave, os.getpid(), users, keeper)
    return dict(answer["environment"])


def _leave(pid: int, users: Lock, keeper: "subprocess.Popen[str]") -> None:
    """At our end: wait for the keeper's, unless other commands still use its servers.

    So `manage.py something && rm -r var` meets no server that still writes.
    """
    if os.getpid() != pid:
        return
    alone = users.take()
    users.release()
    if alone:
        with contextlib.suppress(subprocess.TimeoutExpired):
            keeper.wait(20)
    keeper.returncode = 0  # It may outlive us by intent; no warning about that.


@contextlib.contextmanager
def throwaway_stack(folder: Path, *, log: Log = silent) -> Iterator[dict[str, str]]:
    """Fresh servers below `folder` for a block; gives the environment that uses them.

    The database does not wait for the disk. The environment of this process is not
    touched: apply() it, or hand it to a child. On leaving, servers and data are gone.
    """
    guard = Guard()
    folder = folder.absolute()
    names = ["postgres", "valkey", "mail"]
    servers = Servers(folder, names, guard=guard, log=log, fast=True, temporary=True)
    try:
        found = servers.start()
        yield {
            **found,
            **development_settings(folder, create=True, announce=False),
            "RUANG_VAR": str(folder),
        }
    finally:
        servers.stop()
        guard.close()
