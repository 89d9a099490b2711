"""A real Chromium before the real web server, on a database filled for it alone."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django_otp.oath import totp
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from psycopg import sql

from config.runner.paths import ROOT
from tests.browser.fill import FACTOR, PASSWORD
from tests.live import server

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Site:
    """Where the server is and what its database holds."""

    url: str
    zone: str
    rooms: dict[str, str]
    organisation: str
    past: str
    staff_session: str
    database: str
    environment: dict[str, str] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)

    def day(self, days: int) -> str:
        """The date so many days from today at the first location, 2026-11-24."""
        return (datetime.now(ZoneInfo(self.zone)).date() + timedelta(days=days)).isoformat()

    def count(self, table: str) -> int:
        """How many rows a table of the server's database has."""
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        with psycopg.connect(self.database) as connection:
            [found] = connection.execute(query).fetchone() or [0]
        return int(found)

    def fill(self, what: str) -> None:
        """Run a part of tests/browser/fill.py on this database."""
        _python(self.environment, "-m", "tests.browser.fill", what)

    def sheet(self, room: str, days: int, start: str = "10:00", end: str = "11:00") -> str:
        """The address of a sheet."""
        day = self.day(days)
        return f"/book?space={self.rooms[room]}&start={day}T{start}&end={day}T{end}"


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The server, for a whole run; what tests book stays, so each has its own day."""
    place = _own_place()
    environment = {**os.environ, **place}
    # As `make run` prepares itself: the same files, only not compressed.
    _python({**environment, "RUANG_DEVELOPMENT": "1"}, "-m", "config.runner.prepare")
    found = json.loads(_python(environment, "-m", "tests.browser.fill").splitlines()[-1])
    with server(**place) as running:
        database = place["DATABASE_URL"]
        yield Site(url=running.url, database=database, environment=environment, **found)


def _own_place() -> dict[str, str]:
    """Fresh databases and a folder of this worker's own: two share neither rows nor files."""
    name = "browser_" + os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = Path(os.environ["RUANG_VAR"]) / name
    (folder / "run").mkdir(parents=True, exist_ok=True)
    return {
        "DATABASE_URL": _own_database("DATABASE_URL", name),
        "VAULT_DATABASE_URL": _own_database("VAULT_DATABASE_URL", f"{name}_vault"),
        "RUANG_VAR": str(folder),
    }


def _own_database(variable: str, name: str) -> str:
    """Makes the database, and says its address."""
    parts = urlsplit(os.environ[variable])
    with psycopg.connect(os.environ[variable], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(parts._replace(path=f"/{name}"))


def _python(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def chromium_path() -> str:
    """The browser of the machine."""
    return os.environ.get("CHROMIUM", "/usr/bin/chromium")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for the folder. It ends with it: its event loop is none of the others'."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


class Watch:
    """Everything a page must not do: ask other machines, or write errors in the console."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.strange: list[str] = []
        self.refusals: set[int] = set()

    def follow(self, context: BrowserContext) -> None:
        """Listen to every page of the context."""
        context.on("request", lambda request: self._request(request.url))
        context.on("console", self._console)
        context.on("weberror", lambda error: self.strange.append(f"thrown: {error.error}"))

    def _request(self, url: str) -> None:
        if not url.startswith((self.base + "/", "data:")):
            self.strange.append(f"asked {url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        refused = any(f"status of {status} " in message.text for status in self.refusals)
        if not refused:
            self.strange.append(f"{message.type}: {message.text} ({message.location})")


@dataclass
class Visits:
    """Opens windows: each person in a profile of their own."""

    site: Site
    browser: Browser
    watch: Watch
    opened: list[BrowserContext] = field(default_factory=list)

    def __call__(self, name: str = "", language: str = "en", **options: Any) -> Page:
        """An empty page, signed in as `name` if given."""
        if name and name not in self.site.states:
            self.site.states[name] = self._sign_in(name)
        return self._context(name, language, options).new_page()

    def _context(self, name: str, language: str, options: dict[str, Any]) -> BrowserContext:
        defaults: dict[str, Any] = {"viewport": WIDE, "reduced_motion": "reduce"}
        state = self.site.states.get(name)
        context = self.browser.new_context(
            base_url=self.site.url, storage_state=state, **(defaults | options)
        )
        context.set_default_timeout(10_000)
        self.opened.append(context)
        self.watch.follow(context)
        if language:
            cookie = {"name": "ruang_language", "value": language, "url": self.site.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        return context

    def _sign_in(self, name: str) -> Any:
        page = self._context("", "en", {}).new_page()
        page.goto("/sign-in")
        sign_in(page, name)
        page.wait_for_url(re.compile(r"/(two-step.*)?$"))
        if "/two-step" in page.url:
            page.get_by_label("Code").fill(f"{totp(bytes.fromhex(FACTOR)):06d}")
            page.get_by_role("button", name="Continue").click()
            page.wait_for_url("**/")
        return page.context.storage_state()


def sign_in(page: Page, name: str) -> None:
    """Fill in and send the form of the page at hand."""
    page.get_by_label("E-mail").fill(f"{name}@ruang.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Visits]:
    """`visit("alice")` opens a page; at the end nothing strange may have happened on any."""
    visits = Visits(site, chromium, Watch(site.url))
    yield visits
    for context in visits.opened:
        context.close()
    assert visits.watch.strange == []
