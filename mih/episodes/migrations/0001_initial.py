import django.db.models.deletion
import mih.core.clock
import mih.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('people', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='EpisodeOfCare',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=mih.core.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='episodes', to='people.person')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='episodes', to='accounts.programme')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='episodes', to='accounts.team')),
                ('primary', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='caseload', to=settings.AUTH_USER_MODEL, verbose_name='Primary navigator')),
                ('opened_at', models.DateTimeField(default=mih.core.clock.now)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closing', models.CharField(blank=True, choices=[('goals_met', 'Goals met'), ('linked', 'Linked to ongoing care'), ('declined', 'Declined further contact'), ('unable', 'Could not be reached'), ('moved', 'Moved away'), ('deceased', 'Deceased')], max_length=12)),
                ('risk', models.CharField(choices=[('none', 'None found'), ('low', 'Low'), ('moderate', 'Moderate'), ('high', 'High')], default='none', max_length=10)),
                ('touched_at', models.DateTimeField(default=mih.core.clock.now, help_text='Last encounter, contact attempt or hand-off.')),
                ('facility', models.CharField(blank=True, help_text='Where the person is held or treated just now.', max_length=120)),
                ('in_facility_since', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name_plural': 'episodes of care',
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['primary', 'touched_at'], name='episode_open'), models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['team', 'touched_at'], name='episode_open_team')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('person',), name='one_open_episode'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closing', '')), models.Q(('closed_at__isnull', False), models.Q(('closing', ''), _negated=True)), _connector='OR'), name='episode_closed_with_reason')],
            },
        ),
        migrations.CreateModel(
            name='EpisodeOfCareEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='episodes.episodeofcare')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(default=mih.core.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.person')),
                ('programme', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.programme')),
                ('team', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.team')),
                ('primary', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Primary navigator')),
                ('opened_at', models.DateTimeField(default=mih.core.clock.now)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closing', models.CharField(blank=True, choices=[('goals_met', 'Goals met'), ('linked', 'Linked to ongoing care'), ('declined', 'Declined further contact'), ('unable', 'Could not be reached'), ('moved', 'Moved away'), ('deceased', 'Deceased')], max_length=12)),
                ('risk', models.CharField(choices=[('none', 'None found'), ('low', 'Low'), ('moderate', 'Moderate'), ('high', 'High')], default='none', max_length=10)),
                ('touched_at', models.DateTimeField(default=mih.core.clock.now, help_text='Last encounter, contact attempt or hand-off.')),
                ('facility', models.CharField(blank=True, help_text='Where the person is held or treated just now.', max_length=120)),
                ('in_facility_since', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
                'indexes': [],
                'constraints': [],
            },
        ),
    ]
