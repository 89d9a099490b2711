"""Ports of the loopback interface."""

import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether nobody listens there.

    Without SO_REUSEPORT on purpose: the web server sets it, and two of them on one port
    would share the visitors between two installations.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return not answers(port)


def free_port(preferred: int = 0) -> int:
    """A free port; the preferred one when it is free, so that addresses stay the same."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def next_free(port: int) -> int:
    """The next free port above a taken one, to suggest it."""
    return next((one for one in range(port + 1, min(port + 200, 65536)) if is_free(one)), 0)


def answers(port: int, timeout: float = 0.2) -> bool:
    """Whether somebody accepts connections there."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout):
            return True
    except OSError:
        return False


def taker(port: int) -> str:
    """The process that listens on the port, as far as Linux lets us see; else nothing."""
    inode = _listening_inode(port)
    if not inode:
        return ""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _has_socket(entry, inode):
            name = (entry / "comm").read_text().strip()
            return f"process {entry.name} ({name})"
    return ""


def _listening_inode(port: int) -> str:
    """The inode of the socket that listens on the port, from /proc/net."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                return fields[9]
    return ""


def _has_socket(process: Path, inode: str) -> bool:
    """Whether the process has the socket open; processes of others look closed."""
    try:
        return any(
            handle.readlink().name == f"socket:[{inode}]" for handle in (process / "fd").iterdir()
        )
    except OSError:
        return False
