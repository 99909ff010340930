"""A process starts with what it needs and no more."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pgtrigger
import pytest
from django.conf import settings
from pgtrigger import registry

from mih.accounts.models import Staff
from mih.audit.triggers import Registry
from mih.core import start

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
LATER_THAN_CHECKING = ("fido2", "sqlparse.engine", "yaml.reader", "django_migration_linter")
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
    assert [
        name for name in (*NEEDED_LATER, *LATER_THAN_CHECKING, *NEVER_NEEDED) if f"'{name}'" in run.stdout
    ] == []


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
    # What was put off is there before the first request: nobody who signs in by passkey waits for it.
    assert [name for name in ("fido2.server", "yaml.reader") if f"'{name}'" not in run.stdout] == []
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


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a package whose module takes a while to load and counts how often it was."""
    (tmp_path / "slow_of_tests").mkdir()
    (tmp_path / "slow_of_tests" / "__init__.py").write_text("")
    (tmp_path / "slow_of_tests" / "part.py").write_text(
        "import sys\n"
        "from slow_of_tests import part\n"
        "sys.loads_of_tests = getattr(sys, 'loads_of_tests', 0) + 1\n"
        "sum(range(1_000_000))\n"
        "def answer():\n    return part.made\n"
        "made = 42\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "loads_of_tests", 0, raising=False)
    yield "slow_of_tests.part"
    for name in ("slow_of_tests", "slow_of_tests.part"):
        sys.modules.pop(name, None)


def test_what_is_put_off_is_loaded_when_it_is_first_used_and_only_once(slow: str) -> None:
    start.put_off(slow)
    module = import_module(slow)
    assert loads() == 0  # importing it is no use of it
    with ThreadPoolExecutor(4) as threads:
        assert [one.result() for one in [threads.submit(lambda: module.answer()) for _ in range(4)]] == [
            42
        ] * 4
    assert loads() == 1
    assert type(module) is ModuleType
    with pytest.raises(AttributeError, match="nothing_there"):
        module.nothing_there  # noqa: B018
    start.put_off(slow)  # too late
    start.load(module)
    assert sys.modules[slow] is module
    assert loads() == 1


def test_a_module_that_fails_to_load_fails_whoever_uses_it(slow: str, tmp_path: Path) -> None:
    (tmp_path / "slow_of_tests" / "part.py").write_text("raise LookupError('broken')")
    start.put_off(slow)
    module = import_module(slow)
    for _ in range(2):
        with pytest.raises(LookupError, match="broken"):
            module.answer()


def test_a_module_that_is_nowhere_cannot_be_put_off() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        start.put_off("no_such_module")


def loads() -> int:
    return sys.loads_of_tests  # type: ignore[attr-defined,no-any-return]


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
