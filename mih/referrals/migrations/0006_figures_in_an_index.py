from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0005_figures_in_the_loop")]

    operations = [
        migrations.AddIndex(
            model_name="referralloop",
            index=models.Index(
                condition=models.Q(("closed_at", None), models.Q(("segment", ""), _negated=True)),
                fields=["is_practice", "segment"],
                include=("level", "declined_at", "appointment_at", "kept_at"),
                name="loop_counted",
            ),
        ),
    ]
