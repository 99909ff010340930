"""The database of the tests: migrated once and copied for each process, and emptied quickly after a test that commits.

``python -m tests.databases`` migrates it beforehand.
"""

import hashlib
import os
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

KEY = 0x4D4948
"""Of the advisory lock under which one process migrates while the others wait."""

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""Tables that hold what `migrate` made of the code, and nothing a test writes."""


def copy_from_template() -> None:
    """Let the database of this process be copied from one that is migrated already.

    The first process to ask migrates the template, about 20 s of processor time; the others wait for it and copy in less
    than a second. It stays for the next run, until a migration is written or a package brings one. Django migrates each
    copy once more, which finds nothing to do but brings triggers and permissions up to today's code. It works the same
    with one process, with many, with ``--reuse-db`` (which keeps a copy that is there) and on an empty server.
    """
    wanted, test = _migrations_digest(), connection.settings_dict["TEST"]
    name = test.get("TEMPLATE") or f"test_{connection.settings_dict['NAME']}_template"
    with connection.creation._nodb_cursor() as server:
        # Its connection ends with this block, and the lock with it.
        server.execute("SELECT pg_advisory_lock(%s)", [KEY])
        server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        )
        if server.fetchone() != (wanted,):
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            _migrate(name)
            # Written last: a template whose making was killed is made anew.
            server.execute(f"COMMENT ON DATABASE \"{name}\" IS '{wanted}'")
    test["TEMPLATE"] = name


def _migrate(name: str) -> None:
    """Make that database as Django makes one for tests."""
    test, before = connection.settings_dict["TEST"], connection.settings_dict["NAME"]
    own = test["NAME"]
    test["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()  # nobody may be connected to what is copied
        test["NAME"] = own
        connection.settings_dict["NAME"] = settings.DATABASES[connection.alias]["NAME"] = before


def _migrations_digest() -> str:
    """Of every migration of every installed app."""
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for file in sorted((Path(app.path) / "migrations").glob("*.py")):
            digest.update(f"{app.label}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def empty(_test: object = None) -> None:
    """Remove every row that tests wrote. Triggers, content types and permissions stay as they are."""
    with connection.cursor() as cursor:
        tables = [table for table in connection.introspection.table_names(cursor) if table not in KEPT]
        quoted = ", ".join(connection.ops.quote_name(table) for table in tables)
        cursor.execute(f"TRUNCATE {quoted}")


def empty_without_migrating_anew(patch: pytest.MonkeyPatch) -> None:
    """Django empties with `flush`, which makes content types, permissions and triggers anew each time, three quarters of
    what it takes."""
    patch.setattr(TransactionTestCase, "_fixture_teardown", empty)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings_of_tests")
    django.setup()
    copy_from_template()
