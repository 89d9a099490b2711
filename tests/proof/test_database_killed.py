"""kill -9 of PostgreSQL under load: what was answered is kept, and the site comes back by itself.

The whole product runs as `make run` starts it: web, worker, beat, a database that waits for
the disk. Clients book without a pause, some of them for the same room and hour, while the
postmaster is killed. Nobody may see a fault of ours, only "try again".
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import psycopg
import pytest

from accounts.demo import PASSWORD
from config.bench.client import Client
from config.runner.paths import ROOT
from tests.live import is_drill
from tests.proof.kills import Patient
from tests.race.test_service_races import OVERLAPS
from tests.runner.harness import OURS, Run, fresh_folder, started, wait_for

pytestmark = pytest.mark.runner

CLIENTS = 8
KILLS = 8 if is_drill() else 1
#: Final answers (201 or 409) wanted before each kill and after the last.
BETWEEN = 120 if is_drill() else 40

_BLOCKING = "('held', 'pending', 'confirmed', 'checked_in')"
#: A blocking reservation has exactly the rows of its parts; any other has none.
_OCCUPANCY = f"""
SELECT r.id, o.part_id FROM reservations_reservation r
LEFT JOIN reservations_space part ON part.whole_id = r.space_id
FULL JOIN reservations_occupancy o
    ON o.reservation_id = r.id AND o.part_id = coalesce(part.id, r.space_id)
WHERE (r.state IN {_BLOCKING} AND (o.reservation_id IS NULL OR o.period <> tstzrange(
        r.starts_at, r.ends_at + r.turnover_minutes * interval '1 minute')))
   OR (o.reservation_id IS NOT NULL AND (r.id IS NULL OR r.state NOT IN {_BLOCKING}))
"""


@pytest.fixture(scope="module")
def running() -> Iterator[Run]:
    """The product with its demo people and rooms."""
    with fresh_folder() as var, started(var, more={"LOG_LEVEL": "ERROR"}) as run:
        run.until("Ruang is ready", 180)
        yield run


def key_of(run: Run, email: str) -> str:
    """A key of a demo person, made as anybody makes one."""
    done = subprocess.run(
        [sys.executable, "manage.py", "token_create", email],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k not in OURS} | {"RUANG_VAR": str(run.var)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


async def rooms_of(client: Client) -> list[str]:
    """Rooms that anybody may book without approval, in steps of an hour or less."""
    answer = await client.get("/api/v1/spaces?kind=meeting_room&limit=100")
    return [
        space["id"]
        for space in answer.json()["results"]
        if not space["approval_required"] and not space["parts"] and space["min_minutes"] <= 60
    ]


def hours() -> Iterator[tuple[datetime, datetime]]:
    """An hour of each working day from the tenth on, at ten in Jakarta."""
    day = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
    for offset in range(10, 170):
        starts = day + timedelta(days=offset)
        if starts.weekday() < 5:
            yield starts, starts + timedelta(hours=1)


class Load:
    """Clients that book, and one that reads pages, until told to stop."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.stopped = False
        self.made: dict[str, str] = {}
        self.final = 0
        self.statuses: Counter[int] = Counter()
        self.pages: Counter[int] = Counter()

    async def book(self, number: int, secret: str, wishes: list[dict[str, str]]) -> None:
        """Book one wish after the other; neighbours want the same ones."""
        patient = Patient(Client(self.run.port, {"Authorization": f"Bearer {secret}"}))
        for index, wish in enumerate(wishes):
            if self.stopped:
                break
            answer = await patient.book(wish, f"{number}-{index}")
            self.final += 1
            if answer.status == 201:
                self.made[answer.json()["id"]] = wish["space"]
        assert self.stopped, "too few wishes for this load"
        self.statuses += patient.statuses
        patient.client.close()

    async def read(self, headers: dict[str, str]) -> None:
        """Look at pages and lists all the time."""
        patient = Patient(Client(self.run.port, headers))
        paths = ("/find", "/api/v1/locations", "/reservations", "/api/v1/me")
        while not self.stopped:
            for path in paths:
                await patient.look(path)
            await asyncio.sleep(0.02)
        self.pages += patient.statuses
        patient.client.close()

    async def kills(self) -> None:
        """Kill the database once the load has grown, and again after it has."""
        for _kill in range(KILLS):
            await self._grown()
            os.kill(postmaster(self.run), signal.SIGKILL)
        await self._grown()
        self.stopped = True

    async def _grown(self) -> None:
        wanted, end = self.final + BETWEEN, time.monotonic() + 120
        while self.final < wanted:
            assert time.monotonic() < end, f"the site did not come back: {self.run.said()}"
            await asyncio.sleep(0.02)


def postmaster(run: Run) -> int:
    """The process number of the database server."""
    return int((run.var / "postgres" / "postmaster.pid").read_text().split()[0])


def signed_in(run: Run) -> dict[str, str]:
    """The cookies of a browser in which Alice has signed in."""
    jar = CookieJar()
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(jar))
    url = f"http://127.0.0.1:{run.port}/sign-in"
    page = opener.open(url).read().decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {
        "csrfmiddlewaretoken": token,
        "email": "alice@ruang.test",
        "password": PASSWORD,
    }
    opener.open(url, urlencode(form).encode()).read()
    cookies = {cookie.name: cookie.value for cookie in jar}
    assert "sessionid" in cookies, sorted(cookies)
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def test_database_killed_under_load(running: Run) -> None:
    """Every 201 is kept, nothing is booked twice, nobody sees a 500."""
    people = ("alice@ruang.test", "bob@ruang.test", "charlie@ruang.test")
    secrets = [key_of(running, email) for email in people]
    cookies = signed_in(running)
    load = Load(running)

    async def work() -> None:
        client = Client(running.port)
        rooms = await rooms_of(client)
        client.close()
        assert rooms
        wishes = [
            {"space": room, "starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
            for starts, ends in hours()
            for room in rooms
        ]
        # Two clients each want the same room and hour at about the same time.
        booking = (
            load.book(n, secrets[n % 3], wishes[n // 2 :: CLIENTS // 2]) for n in range(CLIENTS)
        )
        await asyncio.gather(load.kills(), load.read(cookies), load.read({}), *booking)

    asyncio.run(work())

    # Those who asked during the outage were told to ask again, and that is all.
    assert set(load.statuses) <= {201, 409, 422, 503}, load.statuses
    assert set(load.pages) <= {200, 302, 401, 503}, load.pages
    assert load.statuses[503] + load.pages[503] > 0, "nobody asked during the outage"
    assert load.statuses[201] > 20
    assert load.statuses[409] > 0
    for _kill in range(KILLS):
        assert "postgres | ended unexpectedly (-9)" in running.said()
    kept(running, load)
    told_once(running, load)


def kept(run: Run, load: Load) -> None:
    """Every answered reservation is there, with its event, its occupancy and its message."""
    with psycopg.connect(run.url(), autocommit=True) as database:
        ids = list(load.made)
        rows = database.execute(
            "SELECT id::text, space_id::text, state FROM reservations_reservation"
            " WHERE id = ANY(%s::uuid[])",
            [ids],
        ).fetchall()
        assert {row[0]: row[1] for row in rows} == load.made
        assert {row[2] for row in rows} == {"confirmed"}
        events = database.execute(
            "SELECT count(*), count(DISTINCT reservation_id) FROM reservations_reservationevent"
            " WHERE verb = 'booked' AND reservation_id = ANY(%s::uuid[])",
            [ids],
        ).fetchone()
        assert events == (len(ids), len(ids))
        # Nothing was booked that nobody was told of: each retry found the first one's row.
        booked = database.execute(
            "SELECT count(*) FROM reservations_reservation r JOIN accounts_idempotencykey k"
            " ON k.resource = r.id"
        ).fetchone()
        assert booked == (len(ids),)
        assert database.execute(_OCCUPANCY).fetchall() == []
        assert database.execute(OVERLAPS).fetchone() == (0,)


def told_once(run: Run, load: Load) -> None:
    """Each holder gets the confirmation; a second copy bears the same Message-ID."""

    def all_sent() -> bool:
        with psycopg.connect(run.url(), autocommit=True) as database:
            row = database.execute(
                "SELECT count(*) FROM privacy_outboxmessage"
                " WHERE template = 'reservation_confirmed' AND state = 'sent'"
            ).fetchone()
            return row == (len(load.made),)

    assert wait_for(all_sent, 240), run.said()
    identities: Counter[str] = Counter()
    for file in (run.var / "mail").glob("*.eml"):
        mail: Any = message_from_bytes(file.read_bytes(), policy=policy.default)
        if "BEGIN:VEVENT" in file.read_text() or mail.get_body(("calendar",)):
            identities[mail["Message-ID"]] += 1
    assert len(identities) == len(load.made)
    # One worker process each may have died with its claim at each kill.
    assert sum(identities.values()) - len(identities) <= 2 * KILLS
