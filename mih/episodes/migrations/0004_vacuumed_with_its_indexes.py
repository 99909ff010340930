from django.db import migrations

from mih.core.vacuuming import vacuumed_with_its_indexes


class Migration(migrations.Migration):
    """Let a vacuum of episodes clean their indexes each time."""

    dependencies = [("episodes", "0003_vacuumed_by_work")]

    operations = [vacuumed_with_its_indexes("episodes_episodeofcare")]
