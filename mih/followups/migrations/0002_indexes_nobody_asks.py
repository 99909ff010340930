from django.db import migrations

# Each is the beginning of another index of the same table, or a reference that nobody looks contacts up by.
NEEDLESS = (
    "followups_contactdue_assigned_to_id_7a363271",
    "followups_contactdue_closed_by_id_d072e757",
    "followups_contactdue_episode_id_6f2227c9",
    "followups_contactdue_person_id_26984fef",
    "followups_contactdue_programme_id_b822c805",
    "followups_contactdue_team_id_47bf6551",
    "followups_followuptrigger_episode_id_de547b18",
    "followups_plannedstep_episode_id_4b00fe43",
)


class Migration(migrations.Migration):
    """A database made by an earlier state of the tables loses the indexes that cost every change and serve no question."""

    dependencies = [
        ("followups", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(f"DROP INDEX IF EXISTS {index}", migrations.RunSQL.noop) for index in NEEDLESS
    ]
