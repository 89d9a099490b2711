"""`make run` and `make stack`: everything up, in the foreground, and down again."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from urllib.parse import urlsplit

from . import ports
from .children import Child, Guard
from .development import development_settings
from .makefile import MakeWatch
from .paths import ROOT, Lock, check_space, prepare_var, read_json, var_dir, write_private
from .servers import NEEDS, Servers, wanted
from .service import Service, fetch, services
from .stack import apply, become_owner, find_running, owner, publish, state_file
from .terminal import log, say
from .trouble import Trouble

KEEPER_SECONDS = 120.0


class Stopped(Exception):
    """We were asked to end while starting."""


class Supervisor:
    """Owns the servers of one folder; run() adds the product, stack() does not."""

    def __init__(self) -> None:
        self.var = var_dir()
        self.port = port_number()
        self.guard = Guard()
        self.servers: Servers | None = None
        self.services: list[Service] = []
        self.asked = 0
        self.stack_lock: Lock | None = None
        self.make = MakeWatch()

    def run(self) -> None:
        """Start everything, say where it is, stay until asked to end."""
        only = Lock(self.var / "run" / "run.lock")
        self._within(self._run, only)

    def stack(self) -> None:
        """Start the servers alone and print their addresses."""
        only = Lock(self.var / "run" / "stack-command.lock")
        self._within(self._stack, only)

    def _within(self, work: Callable[[], None], only: Lock) -> None:
        """Hold the folder and the signals around the work, and always end what runs."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_end)
        prepare_var(self.var)
        check_space(self.var)
        os.environ["RUANG_VAR"] = str(self.var)
        if not only.take_within(0.5):
            raise self._occupied()
        try:
            self._note()
            self.stack_lock = self._own()
            work()
        except Stopped:
            pass
        finally:
            self._end()
            only.release()

    def _own(self) -> Lock | None:
        """Become the owner of the folder's servers, waiting for a command that has them.

        None when `make stack` owns them: then they are used as if they were elsewhere.
        """
        end = time.monotonic() + KEEPER_SECONDS
        told = False
        while (lock := become_owner(self.var)) is None:
            kind = read_json(state_file(self.var)).get("kind")
            if kind == "stack" and (found := find_running(self.var)):
                log("ruang", f"using the servers of {owner(self.var)}")
                apply(found)
                return None
            if kind == "run" or time.monotonic() > end:
                raise self._occupied()
            if not told and kind == "keeper":
                log("ruang", f"waiting for {owner(self.var)} to end")
                told = True
            self._pause(0.2)
        return lock

    def _note(self) -> None:
        """Write down who we are, for the sentence that refuses a second start."""
        note = {"pid": os.getpid(), "port": self.port}
        write_private(self.var / "run" / "run.json", json.dumps(note) + "\n")

    def _occupied(self) -> Trouble:
        """The sentence when another start owns the folder."""
        note = read_json(self.var / "run" / "run.json")
        pid, port = note.get("pid", "?"), note.get("port", "?")
        return Trouble(
            f"Ruang already runs with {self.var}: process {pid}, http://{ports.LOOPBACK}:{port}",
            f"Use that one, end it (kill {pid}), or start a second one beside it: "
            f"RUANG_VAR={self.var}2 PORT={ports.next_free(self.port)} make run",
        )

    def _run(self) -> None:
        """The work of `make run`."""
        check_port(self.port)
        begun = time.monotonic()
        self._start_servers("run")
        self._prepare()
        self.services = services(self.var, self.port, self.guard, log)
        web, beat, worker = self.services
        web.start()
        self._until_answers("/healthz", web)
        beat.start()
        worker.start()
        self._until_answers("/readyz", web)
        self._until_answers("/", web)
        say(self._welcome(time.monotonic() - begun))
        self._stay()

    def _stack(self) -> None:
        """The work of `make stack`."""
        environment = self._start_servers("stack")
        for name, value in environment.items():
            say(f"{name}={value}")
        self._stay()

    def _start_servers(self, kind: str) -> dict[str, str]:
        """Start what nobody has set an address for, and tell others where it is."""
        apply({"RUANG_DEVELOPMENT": "1", "PORT": str(self.port), "PYTHONUNBUFFERED": "1"})
        apply(development_settings(self.var, create=True))
        os.environ.setdefault("RUANG_DEMO", "1" if local_database() else "0")
        self.servers = Servers(self.var, wanted(), guard=self.guard, log=log)
        found = self.servers.start()
        if self.stack_lock is not None:
            publish(self.var, kind, found, self.servers.ports)
        apply(found)
        if self.servers.names:
            log("ruang", f"servers up: {', '.join(self.servers.names)}")
        if os.environ["RUANG_DEMO"] == "0" and kind == "run":
            log("ruang", "demo data is left out; RUANG_DEMO=1 loads it")
        return found

    def _prepare(self) -> None:
        """Migrations, translations, static files, demo data, checks; see prepare.py."""
        # The product's own modules are compiled once, not by each process anew.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        argv = [sys.executable, "-m", "config.runner.prepare"]
        child = Child("prepare", argv, self.guard, log=log, cwd=ROOT)
        child.start()
        try:
            while child.alive():
                self._pause(0.02)
            status = child.process.returncode if child.process else 1
        finally:
            child.stop(5)
        if status != 0:
            raise Trouble(
                "Ruang was not started: a step before it failed; its words are above.",
                "Mend that and start again; finished steps are not repeated.",
            )

    def _until_answers(self, path: str, web: Service) -> None:
        """Wait for the page; say once what it is waiting for; give up after crashes."""
        begun = time.monotonic()
        told = False
        while True:
            status, words = fetch(self.port, path)
            if 200 <= status < 500:
                return
            if web.crashes >= 3:
                raise Trouble("The web server keeps crashing; its words are above.")
            if not told and time.monotonic() - begun > 20:
                log("ruang", f"still waiting for {path}: {status or 'no answer'} {words[:200]}")
                told = True
            if status >= 500 and path == "/":
                raise Trouble("The first page fails; the web server's words are above.")
            self._tend()
            self._pause(0.05)

    def _welcome(self, seconds: float) -> str:
        """Where it is, who can sign in, where mail is caught."""
        lines = ["", f"Ruang is ready: http://{ports.LOOPBACK}:{self.port}", ""]
        people = self.var / "run" / "people.txt"
        if os.environ["RUANG_DEMO"] == "1" and people.exists():
            lines += [people.read_text().rstrip(), ""]
        if self.servers is not None and self.servers.mail is not None:
            lines.append(f"Mail is caught in {self.var / 'mail'}; nothing leaves this machine.")
        lines.append(f"Started in {seconds:.1f} s. Ctrl-C ends everything.")
        return "\n".join([*lines, ""])

    def _stay(self) -> None:
        """Tend what runs until asked to end."""
        while True:
            self._tend()
            self._pause(0.1)

    def _tend(self) -> None:
        """Bring back what crashed: the servers first, since the others need them."""
        if self.servers is not None:
            self.servers.tend()
        for service in self.services:
            if service.began_at:
                service.tend(log)

    def _pause(self, seconds: float) -> None:
        """Sleep, unless we were asked to end."""
        if not self.asked:
            time.sleep(seconds)
        if self.make.wants_us_to_end():
            self.asked = max(self.asked, 1)
        if self.asked:
            raise Stopped

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        """Remember the request; a second one shortens the wait for work in hand."""
        self.asked += 1

    def _end(self) -> None:
        """Web, beat, worker, then the servers, the database last."""
        if self.services and self.asked:
            log("ruang", "ending; a second Ctrl-C does not wait for work in hand")
        running = [service for service in self.services if service.child.process is not None]
        for service in running:
            if not service.stop(hurry=self.asked > 1):
                log(service.child.name, "did not end in time and was killed")
        if self.servers is not None and not self.servers.stop():
            log("ruang", "a server did not end in time and was killed; its data is safe")
        self.guard.close()
        if self.stack_lock is not None:
            state_file(self.var).unlink(missing_ok=True)
            self.stack_lock.release()
        if self.asked:
            log("ruang", "ended")


def port_number() -> int:
    """PORT, strictly."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Trouble(f"PORT must be a number from 1 to 65535, not {text!r}.", "PORT=8001 make run")
    return int(text)


def check_port(port: int) -> None:
    """Say who has the port before anything is started."""
    if ports.is_free(port):
        return
    who = ports.taker(port)
    other = ports.next_free(port)
    if port < 1024 and os.geteuid() != 0 and not ports.answers(port):
        raise Trouble(f"Port {port} is for root alone.", f"PORT={other} make run")
    raise Trouble(
        f"Port {port} is taken" + (f" by {who}." if who else " by another program."),
        f"End that program, or take another port: PORT={other} make run",
    )


def local_database() -> bool:
    """Whether the database is on this machine: demo people never go into one elsewhere."""
    if not os.environ.get(NEEDS["postgres"][0]):
        return not os.environ.get("DATABASE_URL_FILE")
    return urlsplit(os.environ["DATABASE_URL"]).hostname in {"127.0.0.1", "::1", "localhost"}
