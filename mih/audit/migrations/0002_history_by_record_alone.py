from django.db import migrations

# A database made by an earlier state of the tables has an index on every reference of every version of every record.
# Nobody looks history up by them; each write of a record paid for all of them.
DROP = """
DO $$
DECLARE needless regclass;
BEGIN
    FOR needless IN
        SELECT i.indexrelid::regclass
        FROM pg_index i
        JOIN pg_attribute of ON of.attrelid = i.indrelid AND of.attname = 'pgh_obj_id'
        WHERE NOT i.indisunique AND i.indnatts = 1 AND i.indkey[0] <> of.attnum AND i.indexprs IS NULL
          AND i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
    LOOP
        EXECUTE format('DROP INDEX %s', needless);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    """Versions of a record are found by the record alone."""

    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
    ]
