"""The behaviour of an instrument's form in a browser: branching, clearing, deriving, and the score as it stands."""

import json
import subprocess
from typing import Any

import pytest
from crispy_forms.utils import render_crispy_form
from playwright.sync_api import Page

from mih.instruments.catalogue import definition, document
from mih.instruments.forms import form_for
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def script() -> str:
    """The browser code, bundled as the field app bundles it, and reachable as ``instruments``."""
    done = subprocess.run(
        [
            REPOSITORY / ".venv" / "bin" / "node",
            REPOSITORY / "node_modules" / "esbuild" / "bin" / "esbuild",
            "static/src/lib/instrument-form.ts",
            "--bundle",
            "--format=iife",
            "--global-name=instruments",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _open(page: Page, script: str, key: str, context: dict[str, Any] | None = None) -> None:
    page.set_content(f"<main>{render_crispy_form(form_for(definition(key))())}</main>")
    page.add_script_tag(content=script)
    page.evaluate(
        "([definition, context]) => { window.bound = instruments.bindInstrument("
        "document.querySelector('[data-instrument]'), definition, { context }); }",
        [document(key), context or {}],
    )


def _choose(page: Page, item: str, label: str) -> None:
    page.locator(f"[data-item={item}]").get_by_text(label, exact=True).click()


def _shown(page: Page) -> list[str]:
    items: list[str] = page.locator("[data-item]:visible").evaluate_all(
        "all => all.map(one => one.dataset.item)"
    )
    return items


def test_questions_appear_as_they_come_to_apply(page: Page, script: str) -> None:
    _open(page, script, "cssrs_screener")
    assert _shown(page) == ["q1", "q2", "q6"]
    score = page.locator("[data-instrument-result]")
    assert score.is_hidden()
    _choose(page, "q2", "Yes")
    assert _shown(page) == ["q1", "q2", "q3", "q4", "q5", "q6"]
    _choose(page, "q4", "Yes")
    assert "4 answers to go" in score.inner_text()
    assert "do not leave the person alone" in score.inner_text()
    _choose(page, "q2", "No")
    assert _shown(page) == ["q1", "q2", "q6"]
    assert "do not leave the person alone" not in score.inner_text()
    _choose(page, "q1", "No")
    _choose(page, "q6", "No")
    assert score.inner_text() == "Triage tier: Negative screen"


def test_an_answer_can_be_taken_back(page: Page, script: str) -> None:
    _open(page, script, "phq2")
    clear = page.locator("[data-item=q1]").get_by_role("button", name="Clear this answer")
    assert clear.is_hidden()
    _choose(page, "q1", "Nearly every day")
    assert page.evaluate("bound.answers()") == {"q1": 3}
    clear.click()
    assert page.evaluate("bound.answers()") == {}
    assert page.evaluate("bound.result().status") == "not_started"


def test_a_reading_is_judged_where_it_is_typed(page: Page, script: str) -> None:
    _open(page, script, "news2")
    pulse = page.get_by_label("Pulse")
    message = page.locator("[data-item=hr] [data-instrument-error]")
    pulse.fill("701")
    assert message.inner_text() == "Pulse: 701 is not possible here. Enter 0 or 20 to 300 /min."
    pulse.fill("112")
    assert message.is_hidden()
    assert page.evaluate("bound.result().parts") == {"hr": 2}


def test_pulse_points_come_from_the_heart_rate_unless_answered(page: Page, script: str) -> None:
    _open(page, script, "cows")
    page.evaluate("bound.derive('hr', 112)")
    assert page.evaluate("bound.answers()") == {"pulse": 2}
    page.evaluate("bound.derive('hr', 60)")
    assert page.evaluate("bound.answers()") == {"pulse": 2}


def test_the_context_can_come_later(page: Page, script: str) -> None:
    _open(page, script, "audit_c")
    for item, label in (("q1", "2 to 4 times a month"), ("q2", "3 or 4"), ("q3", "Never")):
        page.locator(f"[data-item={item}]").get_by_text(label).click()
    assert page.evaluate("bound.result().band") == "positive"
    assert page.evaluate("bound.update({ sex: 'male' }).band") == "negative"
    assert json.loads(page.evaluate("JSON.stringify(bound.result().parts)")) == {"q1": 2, "q2": 1, "q3": 0}
