from django.db import migrations, models


class Migration(migrations.Migration):
    """Signing leaves what follow-up asks of a response with it, so that planning need not read every entry again."""

    dependencies = [
        ("encounters", "0003_patch_of_record"),
    ]

    operations = [
        migrations.AddField(
            model_name="encounter",
            name="gist",
            field=models.JSONField(
                editable=False,
                help_text="What follow-up asks of the entries as they were signed; emptied by the planner, or by a later change.",
                null=True,
            ),
        )
    ]
