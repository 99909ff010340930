"""Every symbol that a page, a form or the navigation names is drawn in the icon sheet."""

import re
from pathlib import Path

import pytest

from mih.config.nav import ITEMS
from mih.core.templatetags.mih import DUE, LEVEL, RISK
from mih.encounters.registry import registry
from mih.instruments.selectors import nothing_uploaded

ROOT = Path(__file__).parents[2]
DRAWN = set(re.findall(r'<symbol id="([a-z-]+)"', (ROOT / "static/img/icons.svg").read_text()))
NAMED_IN_TEMPLATE = re.compile(r"""\{% icon "([a-z-]+)"|symbol="([a-z-]+)\"""")


@pytest.mark.parametrize("template", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_templates_name_drawn_symbols(template: Path) -> None:
    named = {one or other for one, other in NAMED_IN_TEMPLATE.findall(template.read_text())}
    assert named <= DRAWN


def test_forms_navigation_and_chips_name_drawn_symbols() -> None:
    with nothing_uploaded():
        forms = list(registry)
    named = {form.icon for form in forms} | {item[3] for item in ITEMS}
    named |= {symbol for known in (DUE, LEVEL, RISK) for symbol, _ in known.values()}
    assert named <= DRAWN
