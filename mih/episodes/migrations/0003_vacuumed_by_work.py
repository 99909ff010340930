from django.db import migrations

from mih.core.vacuuming import vacuumed_by_work


class Migration(migrations.Migration):
    """Vacuum episodes by what is worked on."""

    dependencies = [("episodes", "0002_open_ones_in_an_index")]

    operations = [vacuumed_by_work("episodes_episodeofcare")]
