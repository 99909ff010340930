from django.db import migrations

TABLE = "followups_contactdue"
SET = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000"
RESET = "autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold"


class Migration(migrations.Migration):
    """Vacuum contacts by what is worked on, not by how many there ever were.

    By its own defaults PostgreSQL vacuums once a fifth of a table has changed: in a table of a million rows, of which ten
    thousand are worked on, that is once in months. Until then figures that are counted in an index alone look into the
    table for every row that was changed.
    """

    dependencies = [("followups", "0007_no_index_of_steps")]

    operations = [
        migrations.RunSQL(f"ALTER TABLE {TABLE} SET ({SET})", f"ALTER TABLE {TABLE} RESET ({RESET})"),
    ]
