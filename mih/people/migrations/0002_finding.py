import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from mih.people.finding.sql import FUNCTIONS

# Five thousand people in one call: each call costs more than all it does for one of them.
FIND_EVERYBODY = """
    SELECT people_find_again(array_agg(id)) FROM (
        SELECT id, (row_number() OVER (ORDER BY id) - 1) / 5000 AS batch FROM people_person
    ) numbered GROUP BY batch
"""


class Migration(migrations.Migration):
    """The search box looks into keys that the database keeps, instead of comparing every name with what was typed."""

    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="NameWord",
            fields=[
                ("word", models.CharField(db_collation="C", max_length=60, primary_key=True, serialize=False)),
                (
                    "near",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=7), size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["near"], name="name_word_near"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FindKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_practice", models.BooleanField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("n", "Name"),
                            ("a", "Alias"),
                            ("p", "Phone, read backwards"),
                            ("b", "Date of birth"),
                            ("c", "Code of somebody unknown"),
                            ("d", "Description"),
                            ("w", "Place"),
                        ],
                        max_length=1,
                    ),
                ),
                ("key", models.CharField(db_collation="C", max_length=121)),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="find_keys",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["person"], name="find_key_of_person")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("is_practice", "kind", "key", "person"), name="find_key_range"
                    )
                ],
            },
        ),
        *(migrations.RunSQL(function, migrations.RunSQL.noop) for function in FUNCTIONS),
        migrations.RunSQL(FIND_EVERYBODY, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="alias", name="alias_name_trgm"),
        migrations.RemoveIndex(model_name="contactpreferences", name="contact_phone_suffix"),
        migrations.RemoveIndex(model_name="person", name="person_name_trgm"),
    ]
