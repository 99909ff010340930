from django.db import migrations


class Migration(migrations.Migration):
    """Whoever takes the next contact walks the open ones of `contact_all_by_status`, and nobody this one."""

    dependencies = [
        ("followups", "0005_queue_by_status"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="contactdue",
            name="contact_queue",
        ),
    ]
