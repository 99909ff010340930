from django.db import migrations

from mih.core.vacuuming import vacuumed_with_its_indexes


class Migration(migrations.Migration):
    """Let a vacuum of contacts clean their indexes each time."""

    dependencies = [("followups", "0009_to_open_for_its_sweep_alone")]

    operations = [vacuumed_with_its_indexes("followups_contactdue")]
