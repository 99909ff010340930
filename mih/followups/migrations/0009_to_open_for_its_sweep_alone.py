from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of what is to be opened asks for a window as its sweep does, so that the queue, which does not, cannot be
    read by it row by row."""

    dependencies = [
        ("followups", "0008_vacuumed_by_work"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="contactdue",
            name="contact_to_open",
        ),
        migrations.AddIndex(
            model_name="contactdue",
            index=models.Index(
                condition=models.Q(opens_at__isnull=False, status="planned"),
                fields=["opens_at"],
                name="contact_to_open",
            ),
        ),
    ]
