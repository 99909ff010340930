from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("field", "0003_pulse_second_person")]

    operations = [
        migrations.AddIndex(
            model_name="envelope",
            index=models.Index(
                condition=models.Q(
                    ("outcome__in", ["missing", "frozen", "conflict", "quarantined"]),
                    ("settled_at__isnull", True),
                ),
                fields=["outcome", "custody_at"],
                name="envelope_waits",
            ),
        ),
        migrations.AddIndex(
            model_name="envelopeclash",
            index=models.Index(fields=["received_at"], name="envelope_clash_came"),
        ),
    ]
