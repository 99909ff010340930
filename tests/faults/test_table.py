"""None of the sixty faults is without a test, and the table in docs/offline-faults.md names the tests there are."""

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.faults_short

FOLDER = Path(__file__).parent
EVERY = range(1, 61)


def named() -> dict[str, int]:
    """Each test of a fault, with the number it names."""
    found: dict[str, int] = {}
    for path in sorted(FOLDER.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and (named := re.match(r"test_f(\d\d)_", node.name)):
                found[node.name] = int(named[1])
    return found


def rows() -> dict[int, str]:
    """The lines of the table by number."""
    text = (REPOSITORY / "docs" / "offline-faults.md").read_text()
    return {int(number): line for line in text.splitlines() for number in re.findall(r"^\| (\d+) \|", line)}


def test_every_fault_has_a_test() -> None:
    assert sorted(set(named().values())) == list(EVERY)


def test_the_table_has_every_fault_and_names_every_test() -> None:
    table = rows()
    assert sorted(table) == list(EVERY)
    for name, number in named().items():
        assert f"`{name}`" in table[number], f"{name} is missing in line {number}"
    known = named()
    for line in table.values():
        for name in re.findall(r"`(test_f\d\d_\w+)`", line):
            assert name in known, f"the table names {name}, which is no test"
