"""Making tables quickly leaves the models as Django's own way does."""

import pytest
from django.apps import apps
from django.core.management import get_commands
from django.db import connection, migrations, models
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

from mih.config.migrating import quickly

pytestmark = pytest.mark.django_db


def applied(state: ProjectState, *operations: migrations.operations.base.Operation) -> ProjectState:
    """The state after a migration of these operations, whose statements are only collected."""
    migration: Migration = type("Made", (Migration,), {"operations": list(operations)})("0001", "town")
    with connection.schema_editor(collect_sql=True) as editor:
        return migration.apply(state, editor, collect_sql=True)


def town() -> ProjectState:
    """One model, made into a class."""
    state = applied(
        ProjectState(), migrations.CreateModel("Street", [("id", models.BigAutoField(primary_key=True))])
    )
    assert state.apps.get_model("town", "Street")
    return state


HOUSE = migrations.CreateModel(
    "House",
    [
        ("id", models.BigAutoField(primary_key=True)),
        ("street", models.ForeignKey("town.Street", models.CASCADE)),
    ],
)


def test_a_new_model_leaves_the_class_of_what_it_refers_to() -> None:
    with quickly():
        state = town()
        street = state.apps.get_model("town", "Street")
        state = applied(state, HOUSE)
        assert state.apps.get_model("town", "Street") is street
        assert state.apps.get_model("town", "House")._meta.get_field("street").related_model is street
    state = town()
    street = state.apps.get_model("town", "Street")
    assert applied(state, HOUSE).apps.get_model("town", "Street") is not street


def test_a_migration_that_changes_a_model_knows_who_refers_to_it() -> None:
    with quickly():
        state = applied(town(), HOUSE)
        wider = migrations.AlterField("Street", "id", models.UUIDField(primary_key=True))
        state = applied(state, wider)
        assert [each.name for each in state.apps.get_model("town", "Street")._meta.related_objects] == [
            "house"
        ]
        assert state.apps.get_model("town", "House")._meta.get_field("street").db_type(connection) == "uuid"


def test_migrate_is_ours() -> None:
    assert apps.get_app_config("config").name == get_commands()["migrate"] == "mih.config"
