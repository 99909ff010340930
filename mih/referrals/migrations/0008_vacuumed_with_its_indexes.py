from django.db import migrations

from mih.core.vacuuming import vacuumed_with_its_indexes


class Migration(migrations.Migration):
    """Let a vacuum of loops clean their indexes each time."""

    dependencies = [("referrals", "0007_vacuumed_by_work")]

    operations = [vacuumed_with_its_indexes("referrals_referralloop")]
