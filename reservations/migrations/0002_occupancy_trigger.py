"""The database itself keeps occupancy: no path of any program can forget it.

A blocking reservation has one occupancy row per atomic part of its space, for
[starts_at, ends_at + turnover); any other state has none. The exclusion constraint on
those rows forbids double booking (docs/adr/0002).
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION reservations_occupancy_sync() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    blocking constant text[] := ARRAY['held', 'pending', 'confirmed', 'checked_in'];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = ANY (blocking) THEN
            DELETE FROM reservations_occupancy WHERE reservation_id = OLD.id;
        END IF;
    END IF;
    IF NEW.state = ANY (blocking) THEN
        INSERT INTO reservations_occupancy (reservation_id, part_id, period)
        SELECT NEW.id, part.id,
               tstzrange(NEW.starts_at,
                         NEW.ends_at + NEW.turnover_minutes * interval '1 minute', '[)')
        FROM (
            SELECT id FROM reservations_space WHERE whole_id = NEW.space_id
            UNION ALL
            SELECT NEW.space_id AS id WHERE NOT EXISTS (
                SELECT 1 FROM reservations_space WHERE whole_id = NEW.space_id)
        ) AS part;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER reservations_occupancy_insert
    AFTER INSERT ON reservations_reservation
    FOR EACH ROW EXECUTE FUNCTION reservations_occupancy_sync();

CREATE TRIGGER reservations_occupancy_update
    AFTER UPDATE ON reservations_reservation
    FOR EACH ROW WHEN (
        (OLD.state, OLD.space_id, OLD.starts_at, OLD.ends_at, OLD.turnover_minutes)
        IS DISTINCT FROM
        (NEW.state, NEW.space_id, NEW.starts_at, NEW.ends_at, NEW.turnover_minutes))
    EXECUTE FUNCTION reservations_occupancy_sync();

CREATE FUNCTION reservations_space_whole_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM reservations_reservation
        WHERE space_id = ANY (ARRAY_REMOVE(ARRAY[OLD.whole_id, NEW.whole_id], NULL))
        AND state IN ('held', 'pending', 'confirmed', 'checked_in')
    ) THEN
        RAISE EXCEPTION 'a space with open reservations cannot be divided or joined'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'reservations_space_whole_in_use';
    END IF;
    IF NEW.whole_id IS NOT NULL AND (
        EXISTS (SELECT 1 FROM reservations_space WHERE id = NEW.whole_id AND whole_id IS NOT NULL)
        OR EXISTS (SELECT 1 FROM reservations_space WHERE whole_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'a part cannot have parts'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reservations_space_one_level';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER reservations_space_whole_insert
    BEFORE INSERT ON reservations_space
    FOR EACH ROW WHEN (NEW.whole_id IS NOT NULL)
    EXECUTE FUNCTION reservations_space_whole_guard();

CREATE TRIGGER reservations_space_whole_update
    BEFORE UPDATE OF whole_id ON reservations_space
    FOR EACH ROW WHEN (OLD.whole_id IS DISTINCT FROM NEW.whole_id)
    EXECUTE FUNCTION reservations_space_whole_guard();
"""

BACKWARD = """
DROP TRIGGER reservations_occupancy_insert ON reservations_reservation;
DROP TRIGGER reservations_occupancy_update ON reservations_reservation;
DROP TRIGGER reservations_space_whole_insert ON reservations_space;
DROP TRIGGER reservations_space_whole_update ON reservations_space;
DROP FUNCTION reservations_occupancy_sync();
DROP FUNCTION reservations_space_whole_guard();
"""


class Migration(migrations.Migration):
    """Add the triggers."""

    dependencies = [("reservations", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
