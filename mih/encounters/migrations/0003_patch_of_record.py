from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("encounters", "0002_waiting_for_cosignature")]

    operations = [
        migrations.AddIndex(
            model_name="patch",
            index=models.Index(fields=["record"], name="patch_of_record"),
        ),
    ]
