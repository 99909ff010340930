from django.db import migrations


class Migration(migrations.Migration):
    """Nobody looks contacts up by their steps; every change of one paid for it."""

    dependencies = [
        ("followups", "0006_next_by_status"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="contactdue",
            name="contact_steps",
        ),
    ]
