"""How the costs of two cities are compared, and that each has its reason beside it."""

import re
from pathlib import Path
from typing import Any

import pytest

from bench.city import figures
from bench.city.figures import Figure, growth, kind
from bench.city.why import WHY, why

CITY = Path(figures.__file__).parent
KEYS = re.compile(r'(?:Figure|against|page|_depth)\(\s*f?"([^"]+)"')


@pytest.mark.parametrize(
    ("grew", "said"),
    [
        (0.8, "flat"),
        (1.1, "flat"),
        (1.4, "logarithmic, or noise"),
        (2.5, "less than linear"),
        (6, "linear"),
        (11, "linear"),
    ],
)
def test_a_growth_has_a_name(grew: float, said: str) -> None:
    assert kind(grew, 10) == said


def cells(first: Figure, second: Figure) -> list[str]:
    return [cell.strip() for cell in growth([first], [second], 10).splitlines()[-1].strip("|").split(" | ")]


def test_a_page_is_compared_by_its_floor_and_another_thing_by_itself() -> None:
    page: dict[str, Any] = {"key": "chart", "name": "Chart", "floor": "R", "flat": True}
    assert cells(Figure(value=10, ratio=1.0, **page), Figure(value=90, ratio=1.05, **page)) == [
        "Chart", "1.00 × R", "1.05 × R", "1.05 times", "flat", why("chart"),
    ]  # fmt: skip
    assert cells(Figure("pdf", "PDF", 10.0), Figure("pdf", "PDF", 90.0))[3:5] == ["9.00 times", "linear"]


def test_a_rate_that_falls_is_a_cost_that_grows() -> None:
    rate: dict[str, Any] = {
        "key": "planning rate",
        "name": "Planning",
        "unit": "rows/s",
        "higher_is_better": True,
    }
    assert cells(Figure(value=100.0, **rate), Figure(value=10.0, **rate))[3:5] == ["10.0 times", "linear"]


def test_every_figure_has_its_reason() -> None:
    keys = {key for file in CITY.glob("*.py") for key in KEYS.findall(file.read_text(encoding="utf-8"))}
    plain = {key for key in keys if "{" not in key}
    assert {"queue", "chart", "bundle", "web", "search sql"} <= plain
    assert sorted(key for key in plain if not why(key)) == []
    assert {"sweep plan", "sweep activate", "sweep remind", "sweep escalate"} <= set(WHY)
    assert why("receive 12 floor")
