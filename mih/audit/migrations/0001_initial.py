import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import mih.core.clock
import mih.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ReadEvent',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=mih.core.clock.now)),
                ('actor', models.UUIDField()),
                ('role', models.CharField(max_length=24)),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('surface', models.CharField(help_text='The page or endpoint, by its name; never its address.', max_length=60)),
                ('purpose', models.CharField(choices=[('care', 'Care of this person'), ('follow_up', 'Follow-up'), ('supervision', 'Supervision'), ('operations', 'Running the program'), ('co_response', 'Read out to an officer who came along'), ('audit', 'Privacy review')], max_length=20)),
                ('allowed', models.BooleanField(default=True)),
                ('refusal', models.CharField(blank=True, max_length=60)),
                ('device', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['people'], name='read_people'), models.Index(fields=['actor', '-at'], name='read_actor_at')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Denial',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=mih.core.clock.now)),
                ('actor', models.UUIDField()),
                ('role', models.CharField(max_length=24)),
                ('is_practice', models.BooleanField()),
                ('action', models.CharField(help_text='The address by its name, such as api-sign.', max_length=60)),
                ('code', models.CharField(help_text='Why it was refused: role_matrix, credential_lapsed …', max_length=60)),
                ('section', models.CharField(blank=True, help_text='Row of the role matrix.', max_length=40)),
                ('encounter', models.UUIDField(null=True)),
                ('device', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['actor', '-at'], name='denial_actor_at')],
                'constraints': [],
            },
        ),
    ]
