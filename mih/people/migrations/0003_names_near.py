from django.db import migrations

from mih.people.finding.sql import WORDS_NEAR


class Migration(migrations.Migration):
    """Names near what was typed are read from their index, whatever the planner thinks."""

    dependencies = [
        ("people", "0002_finding"),
    ]

    operations = [
        migrations.RunSQL(WORDS_NEAR, "DROP FUNCTION people_words_near(text[])"),
    ]
