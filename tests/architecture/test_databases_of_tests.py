"""What every test relies on: a database like a migrated one, empty at its beginning."""

import pgtrigger
import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests import databases
from tests.world import World


def triggers() -> set[tuple[str, str]]:
    """Each table's own triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
        return set(cursor.fetchall())


def test_emptying_removes_every_row_and_nothing_else(transactional_db: None, world: World) -> None:
    before = triggers(), ContentType.objects.count(), Permission.objects.count()
    assert before[0]
    databases.empty()
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - databases.KEPT
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM \"{table}\" LIMIT 1)" for table in tables))
        full = cursor.fetchall()
    assert not full
    assert (triggers(), ContentType.objects.count(), Permission.objects.count()) == before


@pytest.mark.django_db
def test_the_copy_holds_what_migrating_makes() -> None:
    call_command("migrate", check_unapplied=True, verbosity=0)
    standing = {trigger.get_installation_status(model)[0] for model, trigger in pgtrigger.registered()}
    assert standing == {"INSTALLED"}


@pytest.mark.django_db
def test_a_second_process_copies_without_migrating(monkeypatch: pytest.MonkeyPatch) -> None:
    def migrated(name: str) -> None:
        raise AssertionError(f"{name} was migrated a second time.")

    monkeypatch.setattr(databases, "_migrate", migrated)
    template = connection.settings_dict["TEST"]["TEMPLATE"]
    databases.copy_from_template()
    assert connection.settings_dict["TEST"]["TEMPLATE"] == template
