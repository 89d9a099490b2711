"""The day's timeline: pages a second, how long one takes, how large it is, how it grows."""

import asyncio
import gzip
import itertools
import time
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client as TestClient
from django.test.utils import CaptureQueriesContext

from config.bench import bulk
from config.bench.booking import key_make
from config.bench.client import Act, Answer, Client, load
from config.bench.figures import Figure, spread
from config.bench.sides import Spent, compared, copied, main_name
from config.bench.stand import SMALL, Web, web
from frontend.memory import forget_all
from reservations.models import Location, Space

FEW, MANY = 40, 200
CLIENTS = 16
SECONDS = 2.0 if SMALL else 15.0
#: Pages in each round of what is measured with one client.
PAGES = 10 if SMALL else 40
#: MRBS's day page with 40 rooms, two cores, 16 clients: 49 to 58 pages a second.
MRBS, TIMES = 58, 5
MOST_QUERIES, MOST_MS, MOST_BYTES, MOST_GROWTH = 6, 150.0, 100_000, 1.2
#: Bookings a second that go on beside the pages.
BOOKINGS = 5


def run() -> list[Figure]:
    """Two places with 40 and 200 spaces on one usual day; then ten times the reservations."""
    small, large = _places()
    few = bulk.reserve(0, 0)
    bulk.settle()
    queries, size = _once(large)
    with web() as server:
        still, same, busy = _rates(server, small)
        alone = _alone(server, large)
    less = copied("ruang_few")
    many = few + bulk.reserve(1, 9)
    bulk.settle()
    before, after = compared(less, main_name(), _grid_page(large), PAGES)
    return [
        _rate(f"{FEW} spaces, {CLIENTS} clients, pages a second", still),
        _rate(f"  with {BOOKINGS} bookings a second there", busy),
        Figure("  nothing changed (304), answers a second", f"{same:.0f}"),
        *_large(queries, size, alone),
        *_growth(few, many, before, after),
    ]


def _rate(name: str, found: float) -> Figure:
    least = TIMES * MRBS
    return Figure(name, f"{found:.0f}", f"at least {TIMES} x {MRBS} = {least}", found >= least)


def _large(queries: int, size: int, alone: list[float]) -> list[Figure]:
    p50, p95 = spread(alone)
    return [
        Figure(
            f"{MANY} spaces, queries with nothing cached",
            f"{queries}",
            f"at most {MOST_QUERIES}",
            queries <= MOST_QUERIES,
        ),
        Figure(
            "  drawn anew, one client, p95",
            f"{p95:.0f} ms",
            f"under {MOST_MS:.0f} ms; median {p50:.0f} ms",
            p95 < MOST_MS,
        ),
        Figure(
            "  compressed",
            f"{size / 1000:.0f} kB",
            f"under {MOST_BYTES / 1000:.0f} kB",
            size < MOST_BYTES,
        ),
    ]


def _growth(few: int, many: int, before: Spent, after: Spent) -> list[Figure]:
    p50, q50 = spread(before.whole)[0], spread(after.whole)[0]
    return [
        Figure(f"  {few:,} reservations, the grid read anew", f"{p50:.1f} ms"),
        Figure(f"  {many:,} reservations", f"{q50:.1f} ms"),
        Figure(
            "  times as long", f"{q50 / p50:.2f}", f"at most {MOST_GROWTH}",
            q50 / p50 <= MOST_GROWTH,
        ),
        Figure("  CPU a page", f"{after.cpu_ms:.1f} ms", f"{before.cpu_ms:.1f} ms with the few"),
        Figure("  buffers a page", f"{after.buffers_each}",
               f"{before.buffers_each} with the few"),
    ]  # fmt: skip


def _places() -> tuple[Location, Location]:
    """The benchmark's world with its spaces in two places, one of 40 and one of 200."""
    bulk.world(FEW + MANY)
    small, large = Location.objects.order_by("slug")[:2]
    ids = list(Space.objects.order_by("id").values_list("id", flat=True))
    Space.objects.filter(id__in=ids[:FEW]).update(location=small, floor=None)
    Space.objects.filter(id__in=ids[FEW:]).update(location=large, floor=None)
    return small, large


def _day() -> date:
    return bulk.monday().astimezone(ZoneInfo("Asia/Jakarta")).date()


def _query(place: Location, minute: int = 600) -> str:
    start = f"{minute // 60:02d}:{minute % 60:02d}"
    return f"where={place.slug}&date={_day()}&start={start}&length=60"


def _once(place: Location) -> tuple[int, int]:
    """(statements, compressed bytes) of a page that nothing was remembered for.

    The reference data (locations, amenities, currencies) is remembered for ten seconds by
    every process, whatever is asked, so it is not the page's.
    """
    client = TestClient(SERVER_NAME="127.0.0.1")
    forget_all()
    client.get("/find/timeline?start=08:00")
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(f"/find?{_query(place)}")
    if answer.status_code != 200 or answer.content.count(b'class="tl-row"') != MANY:
        raise RuntimeError(f"A page with {MANY} rows was expected.")
    return len(queries), len(gzip.compress(answer.content, 6))


def _rates(server: Web, place: Location) -> tuple[float, float, float]:
    """Pages a second when nothing changes; 304s a second; pages while others book there."""
    path = f"/find?{_query(place)}"
    load(_clients(server), 1, _getter(path))
    still = _per_second(load(_clients(server), SECONDS, _getter(path)), 200)
    part = f"/find/timeline?{_query(place)}"
    known = {"If-None-Match": _tag(part)}
    same = _per_second(load(_clients(server, known), SECONDS, _getter(part)), 304)
    booking = Client(server.port, {"Authorization": f"Bearer {key_make(0)}"})
    clients = [*_clients(server), booking]
    act = _with_bookings(_getter(path), booking, place)
    busy = _per_second([a for a in load(clients, SECONDS, act) if a.status != 201], 200)
    return still, same, busy


def _clients(server: Web, more: dict[str, str] | None = None) -> list[Client]:
    headers = {"Accept-Encoding": "gzip", "Accept-Language": "en", **(more or {})}
    return [Client(server.port, headers) for _ in range(CLIENTS)]


def _getter(path: str) -> Act:
    async def act(client: Client, _number: int) -> Answer:
        return await client.get(path)

    return act


def _with_bookings(page: Act, booking: Client, place: Location) -> Act:
    """The same, but one of the clients books a room there again and again instead."""
    rooms = itertools.cycle(Space.objects.filter(location=place).values_list("id", flat=True))
    ends = itertools.count()

    async def act(client: Client, number: int) -> Answer:
        if client is not booking:
            return await page(client, number)
        await asyncio.sleep(1 / BOOKINGS)
        # Half hours after the reserved ten hours of that day, while it lasts, room by room.
        slot = next(ends)
        starts = bulk.monday() + timedelta(hours=10, minutes=30 * (slot // FEW))
        return await client.post(
            "/api/v1/reservations",
            {
                "space": str(next(rooms)),
                "starts_at": starts.isoformat(),
                "ends_at": (starts + timedelta(minutes=30)).isoformat(),
            },
        )

    return act


def _tag(path: str) -> str:
    answer = TestClient(SERVER_NAME="127.0.0.1", headers={"Accept-Language": "en"}).get(path)
    return str(answer["ETag"])


def _per_second(answers: list[Answer], status: int) -> float:
    wrong = next((answer for answer in answers if answer.status != status), None)
    if wrong is not None:
        raise RuntimeError(f"Not every answer was {status}: {wrong.status} {wrong.body[:300]!r}")
    return len(answers) / SECONDS


def _alone(server: Web, place: Location) -> list[float]:
    """Milliseconds of pages that are drawn anew, each for another start and people."""

    async def run() -> list[float]:
        client = Client(server.port, {"Accept-Encoding": "gzip"})
        found = []
        for number in range(PAGES * 6):
            path = f"/find?{_query(place, 480 + 15 * (number % 24))}&people={1 + number // 24 % 2}"
            begun = time.perf_counter()
            answer = await client.get(path)
            if answer.status != 200:
                raise RuntimeError(f"{answer.status} {answer.body[:300]!r}")
            found.append((time.perf_counter() - begun) * 1000)
        client.close()
        return found[5:]

    return asyncio.run(run())


class _grid_page:  # noqa: N801 - called like the function it stands for
    """The API's grid of a place's day, which is read from the tables each time."""

    def __init__(self, place: Location) -> None:
        self.path = f"/api/v1/timeline?location={place.id}&date={_day()}"
        self.client = TestClient(SERVER_NAME="127.0.0.1")

    def __call__(self, _number: int) -> float:
        """Ask; the milliseconds of the SQL."""
        with CaptureQueriesContext(connection) as queries:
            answer = self.client.get(self.path)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.status_code} {answer.content[:300]!r}")
        return sum(float(query["time"]) for query in queries) * 1000
