"""What the first page of a search costs as reservations grow a hundredfold."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.bench import bulk
from config.bench.figures import Figure, spread
from config.bench.sides import compared, copied, main_name
from config.bench.stand import SMALL
from reservations.rules import Wish
from reservations.selectors.availability import availability_search
from reservations.selectors.spaces import Filters

SPACES = 500 if SMALL else 10_000
FEW_DAYS, MANY_DAYS = 1, 10 if SMALL else 100
#: Pages of each side in each of the alternating rounds.
PAGES = 20 if SMALL else 100
TARGET_RATIO, TARGET_P95 = 1.2, 15.0


def run() -> list[Figure]:
    """50,000 reservations, copied; then 5,000,000 in the same tables; both in turn."""
    bulk.world(SPACES)
    few = bulk.reserve(0, FEW_DAYS - 1)
    bulk.settle()
    small = copied("ruang_few")
    many = few + bulk.reserve(FEW_DAYS, MANY_DAYS - 1)
    bulk.settle()
    before, after = compared(small, main_name(), _page, PAGES)
    (p50, p95), (q50, q95) = spread(before.whole), spread(after.whole)
    ratio, sql = q50 / p50, spread(after.sql)[1]
    return [
        Figure(f"first page, {few:,} reservations", f"{p50:.1f} ms", f"p95 {p95:.1f} ms"),
        Figure(f"first page, {many:,} reservations", f"{q50:.1f} ms", f"p95 {q95:.1f} ms"),
        Figure("times as long", f"{ratio:.2f}", f"at most {TARGET_RATIO}", ratio <= TARGET_RATIO),
        Figure("its SQL, p95", f"{sql:.1f} ms", f"under {TARGET_P95:.0f} ms", sql < TARGET_P95),
        Figure("CPU a page", f"{after.cpu_ms:.1f} ms", f"{before.cpu_ms:.1f} ms with the few"),
        Figure("buffers a page", f"{after.buffers_each}", f"{before.buffers_each} with the few"),
    ]


def _page(number: int) -> float:
    """One first page; the milliseconds of its SQL."""
    # Another hour and another size each time, so that no cache answers.
    starts = bulk.monday() + timedelta(hours=number % bulk.A_DAY)
    wish = Wish(starts, starts + timedelta(minutes=60), people=2 + number % 30)
    with CaptureQueriesContext(connection) as queries:
        page = availability_search(
            actor=None, wish=wish, filters=Filters(people=wish.people), now=datetime.now(UTC)
        )
    if len(page.results) != 20:
        raise RuntimeError("A page of twenty was expected.")
    return sum(float(query["time"]) for query in queries) * 1000
