from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("interventions", "0002_waiting_for_cosignature")]

    operations = [
        migrations.AddIndex(
            model_name="dosereview",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["closed_at"],
                name="dose_review_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="supplymovement",
            index=models.Index(
                condition=models.Q(("kind", "count"), models.Q(("quantity", 0), _negated=True)),
                fields=["at"],
                name="supply_variance",
            ),
        ),
    ]
