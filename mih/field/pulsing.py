"""The triggers that write pulses, for migrations: every table whose change a tablet must hear of.

A test fails while a table of on-scene entries lacks its trigger; a new one gets it by `operations=[PulseOn("table",
"encounter_id")]` in a migration of this app.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION field_pulse_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    given uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN
        EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO given USING OLD;
    ELSE
        EXECUTE format('SELECT ($1).%I', TG_ARGV[0]) INTO given USING NEW;
    END IF;
    IF given IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_ARGV[1] = 'encounter' THEN
        INSERT INTO field_pulse (xid, encounter) VALUES (pg_current_xact_id()::text::bigint, given)
        ON CONFLICT (xid, encounter) DO NOTHING;
    ELSIF TG_ARGV[1] = 'person' THEN
        INSERT INTO field_pulse (xid, encounter)
        SELECT pg_current_xact_id()::text::bigint, id FROM encounters_encounter WHERE person_id = given
        ON CONFLICT (xid, encounter) DO NOTHING;
    ELSE
        INSERT INTO field_pulse (xid, encounter)
        SELECT pg_current_xact_id()::text::bigint, id FROM encounters_encounter WHERE incident_id = given
        ON CONFLICT (xid, encounter) DO NOTHING;
    END IF;
    RETURN NULL;
END;
$$;
"""


class PulseFunction(migrations.RunSQL):
    """Create the function that every pulse trigger calls."""

    def __init__(self) -> None:
        super().__init__(FUNCTION, "DROP FUNCTION IF EXISTS field_pulse_note()")


class PulseOn(migrations.RunSQL):
    """Note a pulse whenever a row of `table` is added, changed or removed. `column` names whose: `of` says whether it
    holds an encounter, a person (then of all their responses) or an incident."""

    def __init__(self, table: str, column: str, of: str = "encounter") -> None:
        super().__init__(
            f"CREATE TRIGGER field_pulse AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION field_pulse_note('{column}', '{of}')",
            f"DROP TRIGGER IF EXISTS field_pulse ON {table}",
        )
