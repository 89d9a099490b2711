"""Which spaces are free in a period: free ones first, by fit then price, page by page.

The index order of the spaces drives; each is probed in the exclusion constraint's own
index; the scan stops at the page's size. So the time does not grow with the number of
reservations (docs/performance.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from billing.quotes import Quote, quote_compute
from billing.selectors import price_bases
from privacy.errors import Broken
from privacy.keyset import place_of, word_of
from reservations.errors import Malformed
from reservations.hours import is_open
from reservations.models import ClosurePeriod, Location, Space
from reservations.rules import Facts, Wish, rules_broken
from reservations.selectors.busy import Day, days_load
from reservations.selectors.spaces import Filters, spaces_filtered, spaces_visible

LOOK_AHEAD = timedelta(days=14)
FREE, BUSY = "free", "busy"


@dataclass(frozen=True)
class Found:
    """One answer: free with a price, or busy with every reason and when it is next free."""

    space: Space
    free: bool
    reasons: Sequence[Broken]
    next_free_at: datetime | None
    quote: Quote | None


@dataclass(frozen=True)
class Page:
    """A page of answers; `cursor` asks for the next one, "" when this is the last."""

    results: list[Found]
    cursor: str


@dataclass(frozen=True)
class Mark:
    """Where a page ended: the phase and the sort key of its last space."""

    phase: str = FREE
    key: tuple[int, int, UUID] | None = None

    def encode(self) -> str:
        """As an opaque word for a URL."""
        if self.key is None:
            return word_of([self.phase])
        capacity, amount, space_id = self.key
        return word_of([self.phase, capacity, amount, space_id.hex])

    @classmethod
    def decode(cls, word: str) -> "Mark":
        """Read `encode`'s word; Malformed for anything else."""
        if not word:
            return cls()
        try:
            body = place_of(word)
            if body[0] not in {FREE, BUSY} or len(body) not in {1, 4}:
                raise ValueError
            if len(body) == 1:
                return cls(body[0])
            capacity, amount = int(body[1]), int(body[2])
            if not (0 <= capacity < 2**31 and 0 <= amount < 2**63):
                raise ValueError
            return cls(body[0], (capacity, amount, UUID(body[3])))
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            raise Malformed(
                _("This page's address is not complete; start the search anew.")
            ) from None


def availability_search(
    *,
    actor: User | None,
    wish: Wish,
    filters: Filters,
    now: datetime,
    cursor: str = "",
    limit: int = 20,
) -> Page:
    """A page of spaces for a period: the free ones first, then the others with their reasons."""
    mark = Mark.decode(cursor)
    places = {place.id: place for place in Location.objects.filter(is_active=True)}
    found: list[Space] = []
    free: set[UUID] = set()
    if mark.phase == FREE:
        found = _page(free_spaces(actor, wish, filters, places, now), mark, limit + 1)
        free = {space.id for space in found}
        mark = Mark(BUSY) if len(found) <= limit else mark
    if len(found) <= limit:
        busy = _busy_spaces(actor, wish, filters, places, now)
        found += _page(busy, mark, limit + 1 - len(found))
    more, found = len(found) > limit, found[:limit]
    for space in found:
        space.location = places[space.location_id]
    last = found[-1] if more else None
    return Page(
        _describe(found, free, wish, now),
        _after(last, free).encode() if last else "",
    )


def free_count(
    *, actor: User | None, wish: Wish, filters: Filters, now: datetime
) -> tuple[int, int]:
    """(how many are free, how many fit the question at all), for the answer in the headline."""
    places = {place.id: place for place in Location.objects.filter(is_active=True)}
    free = free_spaces(actor, wish, filters, places, now).count()
    return free, spaces_filtered(spaces_visible(actor), filters).count()


def free_spaces(
    actor: User | None,
    wish: Wish,
    filters: Filters,
    places: dict[UUID, Location],
    now: datetime,
) -> QuerySet[Space]:
    """Spaces that could be booked for the wish now, as far as the database can tell."""
    open_places = [
        place.id
        for place in places.values()
        if is_open(place.opening_hours, place.time_zone, wish.starts_at, wish.ends_at)
    ]
    ahead = -(-int((wish.starts_at - now).total_seconds()) // 86400)
    return (
        spaces_filtered(spaces_visible(actor), filters)
        .filter(
            location__in=open_places,
            min_minutes__lte=wish.minutes,
            max_minutes__gte=wish.minutes,
            ahead_days__gte=max(ahead, 0),
        )
        .filter(~Exists(_shut(wish)))
        .alias(busy=_busy_probe(wish, now))
        .filter(busy=False)
    )


# LIMIT inside the probes keeps the planner from turning them into a hash of the whole
# window, which took fifty times as long at five million reservations.
_PROBE = """(EXISTS (
    SELECT 1 FROM reservations_occupancy o
    JOIN reservations_reservation r ON r.id = o.reservation_id
    WHERE o.part_id = reservations_space.id
      AND o.period && tstzrange(
          %s, %s + reservations_space.turnover_minutes * interval '1 minute')
      AND (r.expires_at IS NULL OR r.expires_at > %s) LIMIT 1
) OR EXISTS (
    SELECT 1 FROM reservations_space part
    JOIN reservations_occupancy o ON o.part_id = part.id
    JOIN reservations_reservation r ON r.id = o.reservation_id
    WHERE part.whole_id = reservations_space.id
      AND o.period && tstzrange(
          %s, %s + reservations_space.turnover_minutes * interval '1 minute')
      AND (r.expires_at IS NULL OR r.expires_at > %s) LIMIT 1
))"""


def _busy_probe(wish: Wish, now: datetime) -> RawSQL:
    times = (wish.starts_at, wish.ends_at, now)
    return RawSQL(_PROBE, (*times, *times))  # noqa: S611 - the text is constant


def _shut(wish: Wish) -> QuerySet[ClosurePeriod]:
    space = OuterRef("id")
    return ClosurePeriod.objects.filter(
        Q(floor=None) | Q(floor=OuterRef("floor")),
        Q(space=None) | Q(space=space) | Q(space=OuterRef("whole")) | Q(space__whole=space),
        location=OuterRef("location"),
        period__overlap=(wish.starts_at, wish.ends_at),
    )


def _busy_spaces(
    actor: User | None,
    wish: Wish,
    filters: Filters,
    places: dict[UUID, Location],
    now: datetime,
) -> QuerySet[Space]:
    free = free_spaces(actor, wish, filters, places, now).filter(id=OuterRef("id"))
    return (
        spaces_filtered(spaces_visible(actor), filters)
        .annotate(busy=Value(value=True))
        .filter(~Exists(free))
    )


def _page(spaces: QuerySet[Space], mark: Mark, limit: int) -> list[Space]:
    ordered = spaces.select_related("floor").order_by("capacity", "hour_amount", "id")
    if mark.key:
        capacity, amount, space_id = mark.key
        # A row comparison, so that the index can start where the last page ended.
        ordered = ordered.extra(  # noqa: S610 - the text is constant
            where=[
                "(reservations_space.capacity, reservations_space.hour_amount,"
                " reservations_space.id) > (%s, %s, %s)"
            ],
            params=[capacity, amount, space_id],
        )
    return list(ordered[:limit])


def _after(space: Space, free: set[UUID]) -> Mark:
    phase = FREE if space.id in free else BUSY
    return Mark(phase, (space.capacity, space.hour_amount, space.id))


def _describe(spaces: Sequence[Space], free: set[UUID], wish: Wish, now: datetime) -> list[Found]:
    quotes = _quotes(spaces, wish)
    # What the database cannot tell (passed, off the steps) is asked of the rules.
    free = {s.id for s in spaces if s.id in free and not rules_broken(s, wish, Facts(now=now))}
    busy = [space for space in spaces if space.id not in free]
    days = days_load(busy, wish.starts_at, wish.ends_at + LOOK_AHEAD, now=now) if busy else {}
    return [
        Found(space, free=True, reasons=(), next_free_at=None, quote=quotes.get(space.id))
        if space.id in free
        else _busy(days[space.id], wish, now, quotes.get(space.id))
        for space in spaces
    ]


def _busy(day: Day, wish: Wish, now: datetime, quote: Quote | None) -> Found:
    return Found(
        day.space,
        free=False,
        reasons=_reasons(day, wish, now),
        next_free_at=day.next_start(wish, now, wish.starts_at + LOOK_AHEAD),
        quote=quote,
    )


def _reasons(day: Day, wish: Wish, now: datetime) -> list[Broken]:
    name = "reason_id" if get_language() == "id" else "reason_en"
    shut = [s for s in day.shut if s.starts < wish.ends_at and s.ends > wish.starts_at]
    facts = Facts(now=now, closures=[getattr(s, name) for s in shut])
    until = wish.ends_at + timedelta(minutes=day.space.turnover_minutes)
    reasons = rules_broken(day.space, wish, facts)
    taken = [t for t in day.taken if t.starts < until and t.until > wish.starts_at]
    if taken:
        zone = ZoneInfo(day.space.location.time_zone)
        last = max(t.until for t in taken).astimezone(zone)
        detail = _("Taken until %(time)s.") % {"time": formats.date_format(last, "H.i")}
        reasons.append(Broken("taken", detail, "starts_at"))
    return reasons


def _quotes(spaces: Sequence[Space], wish: Wish) -> dict[UUID, Quote]:
    """Prices of all spaces: a statement per local day, which zones make two at most."""
    days = {
        space.id: wish.starts_at.astimezone(ZoneInfo(space.location.time_zone)).date()
        for space in spaces
    }
    plans = {space.rate_plan_id for space in spaces}
    bases = {day: price_bases(plans, day) for day in set(days.values())}
    found: dict[UUID, Quote] = {}
    for space in spaces:
        basis = bases[days[space.id]].get(space.rate_plan_id)
        if basis is not None:
            found[space.id] = quote_compute(basis, wish.minutes)
    return found
