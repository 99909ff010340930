from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_waiting_for_cosignature")]

    operations = [
        migrations.AddField(
            model_name="referralloop",
            name="since",
            field=models.GeneratedField(
                db_persist=True,
                expression=Coalesce("sent_at", "created_at"),
                help_text="When it was sent, or written down if it never was: what lists are ordered by. Kept by the database.",
                output_field=models.DateTimeField(),
            ),
        ),
    ]
