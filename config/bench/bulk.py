"""Spaces and reservations by the million, written set-wise into the real tables.

A row at a time the trigger and the exclusion constraint take a third of a millisecond, half
an hour for five million. So both rest while the rows go in: occupancy is written as the
trigger writes it, and the constraint is added again afterwards, which checks every row.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from billing.models import RatePlan, Tariff
from privacy.models import Subject
from reservations.models import Floor, Location, Space

PLACES = 20
#: Reservations of a space on one day: every hour from 08.00 to 18.00 local, forty minutes.
A_DAY = 10

_RESERVATIONS = """
INSERT INTO reservations_reservation
    (id, space_id, holder_id, created_by_id, state, starts_at, ends_at, turnover_minutes, title,
     cancel_free_until, price_amount, price_tax, price_currency, price_lines, version,
     calendar_sequence, created_at)
SELECT uuidv7(), s.id, %(holder)s, %(holder)s, 'confirmed', t.at,
       t.at + interval '40 minutes', 0, '', t.at, 100000, 11000, 'IDR', '[]', 1, 0, now()
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM reservations_space) AS s
CROSS JOIN generate_series(%(first)s::int, %(last)s::int) AS day
CROSS JOIN generate_series(0, %(hours)s) AS hour
CROSS JOIN LATERAL (
    SELECT %(monday)s::timestamptz + day * interval '1 day' + hour * interval '1 hour' AS at
) AS t
WHERE (s.n + day + hour) %% 10 < %(tenths)s
"""

_OCCUPANCY = """
INSERT INTO reservations_occupancy (reservation_id, part_id, period)
SELECT id, space_id, tstzrange(starts_at, ends_at, '[)')
FROM reservations_reservation WHERE holder_id = %(holder)s
"""

_REST = """
ALTER TABLE reservations_reservation DISABLE TRIGGER USER;
ALTER TABLE reservations_occupancy DROP CONSTRAINT reservations_no_double_booking;
"""

_WORK = """
ALTER TABLE reservations_occupancy ADD CONSTRAINT reservations_no_double_booking
    EXCLUDE USING gist (part_id WITH =, period WITH &&);
ALTER TABLE reservations_reservation ENABLE TRIGGER USER;
"""


def world(spaces: int) -> list[UUID]:
    """Locations, floors and so many spaces; returns the spaces' keys in order."""
    plan = RatePlan.objects.create(name="Bench")
    Tariff.objects.create(plan=plan, valid_from=date(2020, 1, 1), hour_amount=100_000)
    hours = [[[0, 1440]] for _day in range(7)]
    places = [
        Location.objects.create(
            name=f"Place {n}", slug=f"place-{n}", city="Jakarta", time_zone="Asia/Jakarta",
            opening_hours=hours,
        )
        for n in range(PLACES)
    ]  # fmt: skip
    floors = [Floor.objects.create(location=place, name="1", level=1) for place in places]
    made = Space.objects.bulk_create(
        [
            Space(
                location=places[n % PLACES], floor=floors[n % PLACES], rate_plan=plan,
                kind="meeting_room", name=f"Space {n}", slug=f"space-{n}", ahead_days=366,
                capacity=2 + n * 7 % 40, hour_amount=100_000, amenities=["screen"],
            )
            for n in range(spaces)
        ],
        batch_size=2000,
    )  # fmt: skip
    return [space.id for space in made]


def monday() -> datetime:
    """08.00 in Jakarta (01.00 UTC) of the first day that reservations are written for."""
    day = datetime.now(UTC).date() + timedelta(days=2)
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def reserve(first: int, last: int, *, tenths: int = 5) -> int:
    """Reserve `tenths` of ten hours a day on days `first` to `last` in every space; how many."""
    holder = Subject.objects.create().id
    numbers: dict[str, Any] = {
        "holder": holder,
        "hours": A_DAY - 1,
        "monday": monday(),
        "tenths": tenths,
    }
    made = 0
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET maintenance_work_mem = '1GB'")
        cursor.execute(_REST)
        for day in range(first, last + 1):
            cursor.execute(_RESERVATIONS, {**numbers, "first": day, "last": day})
            made += int(cursor.rowcount)
        cursor.execute(_OCCUPANCY, {"holder": holder})
        cursor.execute(_WORK)
    return made


def settle() -> None:
    """VACUUM ANALYZE, as autovacuum would have after a night."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE)")
