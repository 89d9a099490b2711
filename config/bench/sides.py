"""Two databases on one server, asked in turn: what one has more of shows in every round alike.

A comparison of "before" with "after" also compares the hours at which they were taken. Here
the smaller database is copied before it grows, and then both are measured alternately; with
the time go the CPU seconds of this process and of its database session, and the buffers
touched, which another load on the machine hardly changes.
"""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.db import connection

ROUNDS = 6


@dataclass
class Spent:
    """What one side cost: milliseconds of each page, and the sums over all pages."""

    whole: list[float] = field(default_factory=list)
    sql: list[float] = field(default_factory=list)
    cpu: float = 0.0
    buffers: int = 0

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of a page, here and in the database together."""
        return self.cpu * 1000 / len(self.whole)

    @property
    def buffers_each(self) -> int:
        """Buffers touched for a page."""
        return round(self.buffers / len(self.whole))


def main_name() -> str:
    """The database that the measurement fills."""
    return str(connection.settings_dict["NAME"])


def copied(name: str) -> str:
    """Copy the present database under another name; returns the name."""
    source = main_name()
    _switch(source)
    found = connection.settings_dict
    with psycopg.connect(
        host=found["HOST"],
        port=found["PORT"],
        user=found["USER"],
        password=found["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return name


def compared(few: str, many: str, page: Callable[[int], float], pages: int) -> tuple[Spent, Spent]:
    """So many pages of each database, in rounds that alternate.

    `page` asks for the page of that number and returns the milliseconds its SQL took.
    """
    sides = {few: Spent(), many: Spent()}
    for number in range(ROUNDS):
        order = (few, many) if number % 2 == 0 else (many, few)
        for name in order:
            _switch(name)
            _measure(sides[name], page, range(number * pages, (number + 1) * pages))
    _switch(many)
    return sides[few], sides[many]


def _measure(spent: Spent, page: Callable[[int], float], numbers: Iterable[int]) -> None:
    for number in range(20):  # a fresh session reads its catalogues first
        page(number)
    session, begun = _session(), _buffers()
    cpu = time.process_time() + _cpu(session)
    for number in numbers:
        start = time.perf_counter()
        spent.sql.append(page(number))
        spent.whole.append((time.perf_counter() - start) * 1000)
    spent.cpu += time.process_time() + _cpu(session) - cpu
    spent.buffers += _buffers() - begun


def _switch(name: str) -> None:
    """Let this process's one connection lead to another database."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # Django's own, for PostgreSQL
    connection.settings_dict["NAME"] = name


def _session() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _cpu(process: int) -> float:
    """CPU seconds of a process so far; 0 where there is no /proc."""
    file = Path(f"/proc/{process}/stat")
    if not file.exists():
        return 0.0
    words = file.read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _buffers() -> int:
    """Buffers this database has looked at so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[0])
