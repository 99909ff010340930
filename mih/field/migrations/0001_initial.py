import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import mih.core.clock
import mih.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('encounters', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Blob',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('device', models.UUIDField(help_text='The tablet that began to send it.')),
                ('pieces', models.PositiveSmallIntegerField()),
                ('size', models.PositiveIntegerField(help_text='Bytes, sealed.')),
                ('begun_at', models.DateTimeField(default=mih.core.clock.now)),
                ('touched_at', models.DateTimeField(default=mih.core.clock.now)),
                ('complete_at', models.DateTimeField(blank=True, null=True)),
                ('emptied_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('emptied_at__isnull', True)), fields=['device'], name='blob_held_of_device'), models.Index(condition=models.Q(('emptied_at__isnull', True)), fields=['touched_at'], name='blob_held_since')],
                'constraints': [models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='blob_named_by_sha256'), models.CheckConstraint(condition=models.Q(('pieces__gte', 1), ('size__gte', 1)), name='blob_has_bytes')],
            },
        ),
        migrations.CreateModel(
            name='BlobPiece',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('blob', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held', to='field.blob')),
                ('n', models.PositiveSmallIntegerField()),
                ('content', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('blob', 'n'), name='blob_piece_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=mih.core.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('encounter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='encounters.encounter')),
                ('form', models.CharField(blank=True, max_length=60)),
                ('record', models.UUIDField(blank=True, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('device', models.UUIDField()),
                ('kind', models.CharField(choices=[('photo', 'Photo'), ('document', 'Document')], max_length=10)),
                ('caption', models.CharField(blank=True, max_length=200)),
                ('blob_sha256', models.CharField(max_length=64)),
                ('info', models.TextField(help_text='What the seal is bound to, as it was sent.')),
                ('plain_sha256', models.CharField(max_length=64)),
                ('captured_at', models.DateTimeField()),
                ('linked_at', models.DateTimeField(default=mih.core.clock.now)),
                ('state', models.CharField(choices=[('waiting', 'Still on the tablet'), ('ready', 'Received'), ('refused', 'Cannot be opened')], default='waiting', max_length=8)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('detail', models.CharField(blank=True, help_text='Why it was refused.', max_length=300)),
                ('mime', models.CharField(blank=True, max_length=20)),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('size', models.PositiveIntegerField(default=0, help_text='Bytes kept.')),
                ('kept_sha256', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'indexes': [models.Index(models.F('encounter'), models.F('captured_at'), name='attachment_of_response'), models.Index(fields=['blob_sha256'], name='attachment_of_blob')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(('opened_at__isnull', False), ('size__gt', 0)), _connector='OR'), name='attachment_ready_is_kept')],
            },
        ),
        migrations.CreateModel(
            name='AttachmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='field.attachment')),
                ('pgh_context', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(default=mih.core.clock.now, editable=False)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('encounter', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='encounters.encounter')),
                ('form', models.CharField(blank=True, max_length=60)),
                ('record', models.UUIDField(blank=True, null=True)),
                ('author', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('device', models.UUIDField()),
                ('kind', models.CharField(choices=[('photo', 'Photo'), ('document', 'Document')], max_length=10)),
                ('caption', models.CharField(blank=True, max_length=200)),
                ('blob_sha256', models.CharField(max_length=64)),
                ('info', models.TextField(help_text='What the seal is bound to, as it was sent.')),
                ('plain_sha256', models.CharField(max_length=64)),
                ('captured_at', models.DateTimeField()),
                ('linked_at', models.DateTimeField(default=mih.core.clock.now)),
                ('state', models.CharField(choices=[('waiting', 'Still on the tablet'), ('ready', 'Received'), ('refused', 'Cannot be opened')], default='waiting', max_length=8)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('detail', models.CharField(blank=True, help_text='Why it was refused.', max_length=300)),
                ('mime', models.CharField(blank=True, max_length=20)),
                ('width', models.PositiveIntegerField(default=0)),
                ('height', models.PositiveIntegerField(default=0)),
                ('size', models.PositiveIntegerField(default=0, help_text='Bytes kept.')),
                ('kept_sha256', models.CharField(blank=True, max_length=64)),
            ],
            options={
                'abstract': False,
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='AttachmentContent',
            fields=[
                ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='content', serialize=False, to='field.attachment')),
                ('sealed', models.BinaryField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Envelope',
            fields=[
                ('mid', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('device', models.UUIDField()),
                ('author', models.UUIDField()),
                ('uploader', models.UUIDField()),
                ('encounter', models.UUIDField(null=True)),
                ('record', models.UUIDField(null=True)),
                ('type', models.CharField(max_length=40)),
                ('form', models.CharField(blank=True, help_text='Form key and fragment: triage@1f2e3d4c.', max_length=80)),
                ('seq', models.BigIntegerField()),
                ('prev', models.UUIDField(null=True)),
                ('kid', models.CharField(max_length=16)),
                ('app', models.CharField(blank=True, max_length=40)),
                ('sha256', models.CharField(help_text='Of header, body and signature.', max_length=64)),
                ('header', models.BinaryField()),
                ('body', models.BinaryField()),
                ('sig', models.BinaryField()),
                ('captured_at', models.DateTimeField(null=True)),
                ('offset_ms', models.BigIntegerField(null=True)),
                ('custody_at', models.DateTimeField(default=mih.core.clock.now)),
                ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, help_text='clock_skew, readopted …', size=None)),
                ('outcome', models.CharField(choices=[('held', 'Waiting for the one before it'), ('applied', 'In the record'), ('merged', "In the record, beside somebody else's changes"), ('conflict', "Clashes with somebody else's words"), ('attention', 'In the record, but for values that could not be taken'), ('missing', 'A signature that waits for what is missing'), ('frozen', 'Came after the record was signed'), ('quarantined', 'Kept apart')], default='held', max_length=12)),
                ('detail', models.JSONField(default=dict)),
                ('opened', models.BooleanField(default=False)),
                ('version', models.PositiveIntegerField(null=True)),
                ('applied_at', models.DateTimeField(null=True)),
                ('released_by', models.UUIDField(help_text='The supervisor who let it go ahead.', null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('settled_by', models.UUIDField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['device', 'author', 'seq'], name='envelope_numbered'), models.Index(fields=['device', 'author', 'encounter', 'seq'], name='envelope_stream'), models.Index(condition=models.Q(('outcome', 'held')), fields=['prev'], name='envelope_held'), models.Index(condition=models.Q(('outcome__in', ['held', 'attention', 'missing', 'frozen', 'conflict', 'quarantined']), ('settled_at__isnull', True)), fields=['author', 'custody_at'], name='envelope_unsettled'), models.Index(models.F('encounter'), models.OrderBy(models.F('custody_at'), descending=True), name='envelope_of_encounter')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='EnvelopeClash',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('mid', models.UUIDField(db_index=True)),
                ('sha256', models.CharField(max_length=64)),
                ('header', models.BinaryField()),
                ('body', models.BinaryField()),
                ('sig', models.BinaryField()),
                ('uploader', models.UUIDField()),
                ('received_at', models.DateTimeField(default=mih.core.clock.now)),
            ],
            options={
                'verbose_name_plural': 'envelope clashes',
                'constraints': [models.UniqueConstraint(fields=('mid', 'sha256'), name='envelope_clash_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='accounts.device')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sign_pub', models.BinaryField(help_text='ECDSA P-256 public key: uncompressed point, 65 bytes.')),
                ('enrolled_at', models.DateTimeField(default=mih.core.clock.now)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(models.F('device'), models.F('staff'), models.OrderBy(models.F('enrolled_at'), descending=True), name='enrolment_keys')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('device', 'staff'), name='enrolled_once'), models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('enrolled_at')), _connector='OR'), name='enrolment_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='FormVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('version', models.PositiveIntegerField()),
                ('sha', models.CharField(max_length=64, unique=True)),
                ('document', models.TextField()),
                ('published_at', models.DateTimeField(default=mih.core.clock.now)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'version'), name='form_version_once'), models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('key',), name='form_version_one_stands')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='ServerKey',
            fields=[
                ('kid', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('public', models.BinaryField(help_text='Uncompressed P-256 point, 65 bytes.')),
                ('private', models.BinaryField()),
                ('created_at', models.DateTimeField(default=mih.core.clock.now)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('retired_at__isnull', True), ('retired_at__gte', models.F('created_at')), _connector='OR'), name='server_key_retired_after_made')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SyncEpoch',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(default=mih.core.clock.now)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('durable_through', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['-started_at'], name='sync_epoch_latest')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('xid', models.BigIntegerField()),
                ('encounter', models.UUIDField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='pulse_age')],
                'constraints': [models.UniqueConstraint(fields=('xid', 'encounter'), name='pulse_once')],
            },
        ),
        migrations.CreateModel(
            name='ReceiptKey',
            fields=[
                ('kid', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('public', models.BinaryField(help_text='Uncompressed P-256 point, 65 bytes.')),
                ('private', models.BinaryField()),
                ('created_at', models.DateTimeField(default=mih.core.clock.now)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('retired_at__isnull', True), ('retired_at__gte', models.F('created_at')), _connector='OR'), name='receipt_key_retired_after_made'), models.UniqueConstraint(condition=models.Q(('retired_at__isnull', True)), fields=('retired_at',), name='one_receipt_key', nulls_distinct=False)],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='ShiftReceipt',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='accounts.device')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(default=mih.core.clock.now)),
                ('statement', models.TextField(help_text='JSON, byte for byte as signed.')),
                ('signature', models.BinaryField(help_text="ECDSA P-256 with SHA-256 over the statement's UTF-8, raw r and s.")),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='field.receiptkey')),
                ('words', models.CharField(max_length=300)),
            ],
            options={
                'indexes': [models.Index(models.F('device'), models.OrderBy(models.F('at'), descending=True), name='receipt_of_device')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='DeviceReport',
            fields=[
                ('device', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='last_report', serialize=False, to='accounts.device')),
                ('at', models.DateTimeField(default=mih.core.clock.now)),
                ('app', models.CharField(blank=True, max_length=40)),
                ('bundle', models.CharField(blank=True, help_text='Which set of forms it holds.', max_length=64)),
                ('persisted', models.BooleanField(help_text='Whether the browser promised to keep its storage.', null=True)),
                ('quota', models.BigIntegerField(help_text='Bytes.', null=True)),
                ('usage', models.BigIntegerField(help_text='Bytes.', null=True)),
                ('client_now', models.DateTimeField(null=True)),
                ('skew_ms', models.BigIntegerField(null=True)),
                ('epoch', models.UUIDField(null=True)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='UnsentWork',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unsent', to='accounts.device')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pending', models.PositiveIntegerField(default=0)),
                ('oldest', models.DateTimeField(null=True)),
                ('mids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('attention', models.PositiveIntegerField(default=0)),
                ('at', models.DateTimeField(default=mih.core.clock.now)),
            ],
            options={
                'verbose_name_plural': 'unsent work',
                'indexes': [models.Index(condition=models.Q(('pending__gt', 0)), fields=['oldest'], name='unsent_oldest')],
                'constraints': [models.UniqueConstraint(fields=('device', 'staff'), name='unsent_once')],
            },
        ),
        migrations.CreateModel(
            name='MissingItem',
            fields=[
                ('mid', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='missing', to='accounts.device')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('last_reported_at', models.DateTimeField()),
                ('noticed_at', models.DateTimeField(default=mih.core.clock.now)),
                ('arrived_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('arrived_at__isnull', True), ('settled_at__isnull', True)), fields=['device', 'staff'], name='missing_open')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='DeviceAlert',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('device', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to='accounts.device')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('amber', 'Unsent for a while'), ('red', 'Unsent for too long'), ('missing', 'Never came')], max_length=8)),
                ('items', models.PositiveIntegerField(default=0)),
                ('since', models.DateTimeField(help_text='Since when the oldest of it waits, or when it was last seen.')),
                ('raised_at', models.DateTimeField(default=mih.core.clock.now)),
                ('cleared_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('cleared_at__isnull', True)), fields=('device', 'staff', 'kind'), name='device_alert_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='EnvelopeNote',
            fields=[
                ('id', models.UUIDField(default=mih.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('envelope', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='field.envelope')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('at', models.DateTimeField(default=mih.core.clock.now)),
                ('note', models.CharField(max_length=300)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
    ]
