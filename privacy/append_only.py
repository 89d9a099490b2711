"""Ledgers that only grow: triggers refuse UPDATE and DELETE, the erasure path apart.

Used in a migration for each such table:

    operations = [append_only("privacy_consentrecord")]
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.operations import RunSQL

#: Made once, by the first migration that needs it.
FUNCTION = """
CREATE OR REPLACE FUNCTION privacy_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('ruang.erasing', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION '% only grows: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_TABLE_NAME || '_append_only';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
"""


def append_only(table: str) -> RunSQL:
    """The migration operation that makes a table append-only."""
    name = f"{table}_append_only"
    return RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION privacy_append_only();",
        f"DROP TRIGGER {name} ON {table};",
    )


@contextmanager
def erasing() -> Iterator[None]:
    """Within it, this transaction may delete from append-only tables: for erasure alone.

    Raises RuntimeError outside a transaction, where the permission would outlive its use.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Erasure from a ledger happens inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ruang.erasing = 'on'")
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SET LOCAL ruang.erasing = 'off'")
