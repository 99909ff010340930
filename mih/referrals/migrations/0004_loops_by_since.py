from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0003_loop_since")]

    operations = [
        migrations.RemoveIndex(model_name="referralloop", name="loop_open"),
        migrations.AddIndex(
            model_name="referralloop",
            index=models.Index(condition=models.Q(("closed_at", None)), fields=["since"], name="loop_open"),
        ),
        migrations.AddIndex(
            model_name="referralloop", index=models.Index(fields=["since"], name="loop_since")
        ),
    ]
