"""A process starts with what it needs and no more."""

import subprocess
import sys
from typing import Any

import pgtrigger
import pytest
from django.conf import settings
from pgtrigger import registry

from mih.accounts.models import Staff
from mih.audit.triggers import Registry

NEEDED_LATER = (
    "PIL",
    "psutil",
    "typst",
    "celery",
    "kombu",
    "drf_spectacular.openapi",
    "django.test",
    "unittest.mock",
)
NEVER_NEEDED = ("requests", "rich", "pygments", "greenlet")
CHECK = """
import sys
import manage

sys.argv = ["manage.py", "check"]
manage.main()
print([name for name in sys.modules if sys.modules[name]])
"""


def test_checking_the_installation_loads_no_library_that_only_some_request_needs() -> None:
    run = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=settings.REPOSITORY, capture_output=True, text=True, check=True
    )
    assert "'rest_framework'" in run.stdout  # the addresses are loaded
    assert [name for name in (*NEEDED_LATER, *NEVER_NEEDED) if f"'{name}'" in run.stdout] == []


WEB = """
import sys
from mih.core import start
start.begin()
import mih.config.wsgi
print([name for name in sys.modules if sys.modules[name]])
"""


def test_the_web_server_loads_neither_celery_nor_what_a_few_requests_need() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WEB],
        cwd=settings.REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "'mih.followups.views.queue'" in run.stdout  # the addresses are loaded
    assert [name for name in (*NEEDED_LATER, *NEVER_NEEDED, "redis") if f"'{name}'" in run.stdout] == []


def test_ringing_the_worker_takes_no_celery_either() -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, mih.config.doorbell; print('celery' in sys.modules, 'kombu' in sys.modules)",
        ],
        cwd=settings.REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "False False"


WORKER = """
import sys
import mih.config.celery
from mih.core import start
print([name for name in start.UNUSED if sys.modules.get(name)], "django" in sys.modules)
"""


def test_a_worker_begins_as_the_web_server_does() -> None:
    run = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=settings.REPOSITORY, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[] True"


def trigger(name: str) -> Any:
    return pgtrigger.Protect(name=name, operation=pgtrigger.Delete)


@pytest.fixture
def empty() -> Registry:
    """A register of triggers beside that of the installation."""
    return Registry({})


def test_a_register_knows_each_trigger_by_its_table_and_by_its_function(empty: Registry) -> None:
    kept = trigger("kept")
    empty["accounts.Staff:kept"] = (Staff, kept)
    assert empty.by_db_table == {("accounts_staff", "kept"): kept}
    assert set(empty.pg_function_names) == {kept.get_pgid(Staff)}
    empty["accounts.Staff:kept"] = (Staff, kept)  # once more from the model's options, as pgtrigger does
    assert len(empty) == 1


def test_two_triggers_of_one_name_are_refused(empty: Registry) -> None:
    empty["accounts.Staff:kept"] = (Staff, trigger("kept"))
    with pytest.raises(KeyError, match="already used"):
        empty["accounts.Staff:kept"] = (Staff, trigger("kept"))


def test_two_triggers_of_one_function_are_refused(empty: Registry) -> None:
    class Same(pgtrigger.Protect):
        def get_pgid(self, model: Any) -> str:
            return "pgtrigger_same"

    empty["accounts.Staff:one"] = (Staff, Same(name="one", operation=pgtrigger.Delete))
    with pytest.raises(KeyError, match="already in use"):
        empty["accounts.Staff:two"] = (Staff, Same(name="two", operation=pgtrigger.Delete))


def test_the_installation_keeps_its_triggers_in_that_register() -> None:
    assert isinstance(registry._registry, Registry)
    assert len(registry._registry) == len(set(registry._registry.pg_function_names)) > 300
