"""The order in which test files begin: the long ones first, so that no process is left alone with one at the end."""

from pathlib import Path

import pytest

TESTS = Path(__file__).parent

LONGEST = (
    "unit/config/test_demo.py",
    "unit/practice/test_written_cases.py",
    "architecture/test_pages_by_role.py",
    "contract/test_schema.py",
    "contract/test_bad_input.py",
    "browser/tablet_app/test_attachments.py",
    "field/plane/test_pull.py",
    "browser/tablet_app/test_service_worker.py",
    "architecture/test_answers.py",
    "browser/tablet_app/test_shell_lock.py",
    "unit/embedded/test_services.py",
    "web/test_read_log.py",
    "unit/instruments/test_agreement.py",
)
"""As measured, the longest first."""

THEN = ("resilience/", "faults/test_schedules.py", "faults/", "browser/")
"""Whole folders whose files are longer than most: each waits for browsers or for other processes."""


def begin_with_the_longest(items: list[pytest.Item]) -> None:
    """Sort by file; the tests of a file, and files that nobody has named, stay in their order."""
    names = LONGEST + THEN
    places = {
        path: next((at for at, name in enumerate(names) if _name(path).startswith(name)), len(names))
        for path in {item.path for item in items}
    }
    items.sort(key=lambda item: places[item.path])


def _name(path: Path) -> str:
    return path.relative_to(TESTS).as_posix() if path.is_relative_to(TESTS) else ""
