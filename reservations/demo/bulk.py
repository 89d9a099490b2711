"""Millions of reservations in minutes, for measuring; never part of the demo itself.

    with connection.cursor() as cursor:
        bulk_load(10_000, 5_000_000, cursor)

How: every row is made by INSERT ... SELECT FROM generate_series inside PostgreSQL, so none
crosses the wire. The tables' own trigger is disabled and their foreign keys are dropped
while loading; the occupancy the trigger would have written is inserted in one statement
after, and the keys are added again, each checked in one scan. Indexes and the exclusion
constraint stay, so the result is proved free of double bookings. Each space gets
five bookings of 90 minutes a day, two hours apart, on as many days around today as it
takes; what is over is completed, the rest confirmed. No history events are written. ANALYZE
runs last. Call it outside a transaction, on a database of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

PER_DAY: Final = 5
SPACES_PER_LOCATION: Final = 100
HOLDERS: Final = 5_000

# UUIDv7s that grow with n: 48 bits of time, the version, and pseudo-random bits. Without a
# FROM, so that PostgreSQL inlines it.
_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION pg_temp.bulk_id(salt text, n bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '7' || substr(md5(salt || n::text), 1, 3)
            || '8' || substr(md5(salt || n::text), 4, 15))::uuid
$$
"""
_PLACES: Final = (
    "INSERT INTO billing_rateplan (id, name, currency, tax_code, tax_included)"
    " VALUES (pg_temp.bulk_id('plan', 1), 'Bulk', 'IDR', 'ppn', false)",
    "INSERT INTO billing_tariff (id, plan_id, valid_from, hour_amount, half_day_amount,"
    " day_amount) VALUES (pg_temp.bulk_id('tariff', 1), pg_temp.bulk_id('plan', 1),"
    " '2020-01-01', 150000, 520000, 950000)",
    "INSERT INTO privacy_subject (id, state, created_at)"
    " SELECT pg_temp.bulk_id('subject', n), 'active', now()"
    " FROM generate_series(0, %(holders)s - 1) AS n",
    "INSERT INTO reservations_location (id, name, slug, address, city, country, time_zone,"
    " opening_hours, max_open_reservations, position, is_active, version)"
    " SELECT pg_temp.bulk_id('location', n), 'Bulk ' || n, 'bulk-' || n, '', 'Jakarta', 'ID',"
    " 'Asia/Jakarta', %(hours)s::jsonb, NULL, 1000 + n, true, 1"
    " FROM generate_series(0, (%(spaces)s - 1) / %(per_location)s) AS n",
    "INSERT INTO reservations_space (id, location_id, kind, name, slug, description_id,"
    " description_en, capacity, amenities, rate_plan_id, hour_amount, turnover_minutes,"
    " granularity_minutes, min_minutes, max_minutes, ahead_days, access, approval_required,"
    " cancel_free_minutes, is_active, version)"
    " SELECT pg_temp.bulk_id('space', n), pg_temp.bulk_id('location', n / %(per_location)s),"
    " (ARRAY['meeting_room', 'private_office', 'hot_desk'])[1 + n %% 3], 'Bulk ' || n,"
    " 'bulk-space-' || n, '', '', 2 + n %% 19,"
    " (ARRAY['wifi', 'screen', 'video', 'whiteboard'])[1:1 + n %% 4]::varchar[],"
    " pg_temp.bulk_id('plan', 1), 150000, 15, 15, 30, 720, 180, 'everyone', false, 120, true, 1"
    " FROM generate_series(0, %(spaces)s - 1) AS n",
)
_RESERVATIONS: Final = """
INSERT INTO reservations_reservation (id, space_id, holder_id, created_by_id, state, starts_at,
    ends_at, turnover_minutes, title, people, cancel_free_until, price_amount, price_tax,
    price_currency, price_lines, version, calendar_sequence, created_at)
SELECT pg_temp.bulk_id('reservation', n), pg_temp.bulk_id('space', n %% %(spaces)s), holder,
    holder, CASE WHEN starts < now() THEN 'completed' ELSE 'confirmed' END, starts,
    starts + interval '90 minutes', 15, '', NULL, starts - interval '2 hours', 249750, 24750,
    'IDR', '[]', 1, 0, starts - interval '3 days'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n,
LATERAL (SELECT n / %(spaces)s AS slot) AS slots,
LATERAL (SELECT pg_temp.bulk_id('subject', (n * 7919) %% %(holders)s) AS holder,
    date_trunc('day', now(), 'Asia/Jakarta') + interval '8 hours'
    + (slot / %(per_day)s - %(behind)s) * interval '1 day'
    + (slot %% %(per_day)s) * interval '2 hours' AS starts) AS times
"""
_OCCUPANCY: Final = """
INSERT INTO reservations_occupancy (reservation_id, part_id, period)
SELECT id, space_id, tstzrange(starts_at, ends_at + interval '15 minutes', '[)')
FROM reservations_reservation AS row
WHERE state = 'confirmed' AND space_id IN (
    SELECT pg_temp.bulk_id('space', n) FROM generate_series(0, %(spaces)s - 1) AS n)
"""
_KEYS: Final = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid IN
    ('reservations_reservation'::regclass, 'reservations_occupancy'::regclass)
"""
BATCH: Final = 500_000


def bulk_load(spaces: int, reservations: int, cursor: Any) -> None:
    """Make so many spaces (in locations of a hundred) and reservations of them, once.

    Half of the days lie behind today. Fails by a unique key when it ran here before.
    """
    slots = -(-reservations // spaces)
    facts = {
        "spaces": spaces,
        "holders": HOLDERS,
        "per_location": SPACES_PER_LOCATION,
        "per_day": PER_DAY,
        "behind": slots // PER_DAY // 2,
        "hours": str([[[420, 1320]]] * 7),
    }
    cursor.execute("SET statement_timeout = 0")
    cursor.execute(_FUNCTION)
    for statement in _PLACES:
        cursor.execute(statement, facts)
    with _unguarded(cursor):
        for first in range(0, reservations, BATCH):
            last = min(first + BATCH, reservations) - 1
            cursor.execute(_RESERVATIONS, facts | {"first": first, "last": last})
        cursor.execute(_OCCUPANCY, facts)
    cursor.execute("ANALYZE")
    cursor.execute("RESET statement_timeout")


@contextmanager
def _unguarded(cursor: Any) -> Iterator[None]:
    """Both tables without trigger and foreign keys; with them again afterwards."""
    cursor.execute(_KEYS)
    keys = cursor.fetchall()
    for table, name, _definition in keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute("ALTER TABLE reservations_reservation DISABLE TRIGGER USER")
    try:
        yield
    finally:
        cursor.execute("ALTER TABLE reservations_reservation ENABLE TRIGGER USER")
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
