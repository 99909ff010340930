import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='RequestRate',
            fields=[
                ('key', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('times', django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), help_text='Seconds since 1970, the latest first.', size=None)),
                ('token', models.BigIntegerField(help_text='Of the request that was let through last.')),
            ],
        ),
        # Counts of the last minute need no place in the log that a crashed database is mended from.
        migrations.RunSQL(
            "ALTER TABLE config_requestrate SET UNLOGGED", "ALTER TABLE config_requestrate SET LOGGED"
        ),
    ]
