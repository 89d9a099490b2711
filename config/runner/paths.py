"""Folders and files of one installation, and how they are written safely."""

import contextlib
import fcntl
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from .trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
# A fresh cluster, its write-ahead log and collected files take about 200 MB.
NEEDED_BYTES = 400 * 1024 * 1024


def var_dir() -> Path:
    """The folder that holds everything this installation writes (RUANG_VAR)."""
    return Path(os.environ.get("RUANG_VAR") or ROOT / "var").absolute()


def prepare_var(var: Path) -> None:
    """Make the folder and prove that it can be written; say plainly when it cannot.

    Root leaves the way in open (0711) for the unprivileged user the servers run as;
    the folders with secrets below are closed to everybody else.
    """
    try:
        fresh = not var.exists()
        var.mkdir(parents=True, exist_ok=True)
        if fresh:
            var.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("run", "secrets", "mail", "log"):
            (var / name).mkdir(exist_ok=True)
            (var / name).chmod(0o700)
        with tempfile.TemporaryFile(dir=var / "run"):
            pass
    except NotADirectoryError:
        raise Trouble(f"{var} is not a folder.", "Set RUANG_VAR to another folder.") from None
    except FileExistsError:
        raise Trouble(f"{var} is not a folder.", "Set RUANG_VAR to another folder.") from None
    except PermissionError:
        raise Trouble(
            f"{var} cannot be written by this user.",
            f"Give the folder to yourself (chown -R $(id -un) {var}), "
            "or set RUANG_VAR to a folder of yours.",
        ) from None
    except OSError as error:
        raise disk_trouble(error, var) from None


def disk_trouble(error: OSError, folder: Path) -> Trouble:
    """The sentence for an operating-system error while writing below `folder`."""
    return Trouble(
        f"{folder} cannot be written: {error.strerror or error}.",
        "Free some space or make the folder writable, or set RUANG_VAR to another folder, "
        "then start again; nothing half-written is kept.",
    )


def check_space(folder: Path, statvfs: Callable[[Path], os.statvfs_result] = os.statvfs) -> None:
    """Stop before the start when the disk is (nearly) full: a server would stop midway."""
    stat = statvfs(folder)
    free = stat.f_bavail * stat.f_frsize
    if free < NEEDED_BYTES:
        raise Trouble(
            f"The disk of {folder} is full: {free // 2**20} MB are free, "
            f"{NEEDED_BYTES // 2**20} MB are needed.",
            "Free some space, or set RUANG_VAR to a folder on another disk.",
        )


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only, on disk when this returns."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty when the file is missing or half-written."""
    try:
        value = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


class Lock:
    """A lock on a file that ends with its holder, even when the holder is killed.

    flock belongs to the open file, so no process number need be trusted: when the lock
    can be taken, nobody holds it.
    """

    def __init__(self, path: Path, mode: str = "a") -> None:
        self.path = path
        self.mode = mode
        self.file: IO[str] | None = None

    def take(self, *, shared: bool = False, wait: bool = False) -> bool:
        """Take the lock; false when another process holds it and `wait` was not asked."""
        file = self.file or self.path.open(self.mode)
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, mode if wait else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            if self.file is None:
                file.close()
            return False
        self.file = file
        return True

    def take_within(self, seconds: float) -> bool:
        """Try to take the lock for so long; the wait can be interrupted by signals."""
        end = time.monotonic() + seconds
        while not self.take():
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def release(self) -> None:
        """Give the lock back; a lock not held is no error."""
        if self.file is not None:
            self.file.close()
            self.file = None

    def held_by_another(self) -> bool:
        """Whether some other process holds it now."""
        if self.file is not None:
            return False
        free = self.take(shared=True)
        self.release()
        return not free


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock for a block, waiting for whoever holds it."""
    lock = Lock(path)
    lock.take(wait=True)
    try:
        yield
    finally:
        lock.release()
