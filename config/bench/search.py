"""How long the first page of a search takes as reservations grow a hundredfold."""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.bench import bulk
from config.bench.figures import Figure, spread
from reservations.rules import Wish
from reservations.selectors.availability import availability_search
from reservations.selectors.spaces import Filters

SPACES = 10_000
FEW_DAYS, MANY_DAYS = 1, 100
ROUNDS = 200
TARGET_RATIO, TARGET_P95 = 1.2, 15.0


def run() -> list[Figure]:
    """50,000 reservations first, then 5,000,000 in the same tables."""
    bulk.world(SPACES)
    few = bulk.reserve(0, FEW_DAYS - 1)
    bulk.settle()
    before = _measure()
    many = few + bulk.reserve(FEW_DAYS, MANY_DAYS - 1)
    bulk.settle()
    after = _measure()
    ratio = after["p50"] / before["p50"]
    return [
        Figure(
            f"first page, {few:,} reservations",
            f"{before['p50']:.1f} ms",
            f"p95 {before['p95']:.1f} ms",
        ),
        Figure(
            f"first page, {many:,} reservations",
            f"{after['p50']:.1f} ms",
            f"p95 {after['p95']:.1f} ms",
        ),
        Figure("times as long", f"{ratio:.2f}", f"at most {TARGET_RATIO}", ratio <= TARGET_RATIO),
        Figure(
            "its SQL, p95",
            f"{after['sql']:.1f} ms",
            f"under {TARGET_P95:.0f} ms",
            after["sql"] < TARGET_P95,
        ),
    ]


def _measure() -> dict[str, float]:
    """Milliseconds of a page as a caller sees it, and of its SQL alone."""
    whole, sql = [], []
    for number in range(ROUNDS + 20):
        # Another hour and another size each time, so that no cache answers.
        starts = bulk.monday() + timedelta(hours=number % bulk.A_DAY)
        wish = Wish(starts, starts + timedelta(minutes=60), people=2 + number % 30)
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as queries:
            page = availability_search(
                actor=None, wish=wish, filters=Filters(people=wish.people), now=datetime.now(UTC)
            )
        spent = (time.perf_counter() - begun) * 1000
        if len(page.results) != 20:
            raise RuntimeError("A page of twenty was expected.")
        if number >= 20:
            whole.append(spent)
            sql.append(sum(float(query["time"]) for query in queries) * 1000)
    return {"p50": spread(whole)[0], "p95": spread(whole)[1], "sql": spread(sql)[1]}
