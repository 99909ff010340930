from django.db import migrations

from mih.core.vacuuming import vacuumed_by_work


class Migration(migrations.Migration):
    """Vacuum referrals by what is worked on."""

    dependencies = [("referrals", "0006_figures_in_an_index")]

    operations = [vacuumed_by_work("referrals_referralloop")]
