from django.db import migrations, models

# Neither column is kept in the history, and nobody acts: the triggers have nothing to do.
FILL = """
ALTER TABLE referrals_referralloop DISABLE TRIGGER USER;
UPDATE referrals_referralloop l SET segment = r.segment, is_practice = p.is_practice
FROM referrals_referral r
JOIN encounters_encounter e ON e.id = r.encounter_id
JOIN accounts_programme p ON p.id = e.programme_id
WHERE r.loop_id = l.id AND r.status NOT IN ('draft', 'removed', 'replaced');
ALTER TABLE referrals_referralloop ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0004_loops_by_since"),
        ("encounters", "0001_initial"),
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="referralloop",
            name="is_practice",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name="referralloop",
            name="segment",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=14),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
