from django.db import migrations

from mih.core.vacuuming import vacuumed_by_work


class Migration(migrations.Migration):
    """Vacuum contacts by what is worked on."""

    dependencies = [("followups", "0007_no_index_of_steps")]

    operations = [vacuumed_by_work("followups_contactdue")]
