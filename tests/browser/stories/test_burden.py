"""What it costs a practised hand to document a low-acuity call (S02), counted on the glass and held to docs/burden.md."""

import re
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.stories.acts import FIRST_ASKED
from tests.browser.stories.conftest import Tell
from tests.browser.stories.counting import CountedTablet
from tests.browser.stories.story import Story
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.browser

DOCUMENT = REPOSITORY / "docs" / "burden.md"
SCREENS = (
    ("C-SSRS", "cssrs_screener"),
    ("PHQ-2", "phq2"),
    ("PHQ-9", "phq9"),
    ("GAD-7", "gad7"),
    ("PC-PTSD-5", "pc_ptsd_5"),
    ("AUDIT-C", "audit_c"),
)
KEYPAD = (("84", "rr"), ("14", "spo2"), ("99", "sbp"), ("118", "dbp"), ("76", "temp"), ("981", "glucose"))
"""Readings of S02 with what the keypad asks for next; 98.1 °F is 36.7 °C."""


def test_a_low_acuity_call_stays_within_its_budget(tell: Tell, capsys: pytest.CaptureFixture[str]) -> None:
    story = tell("s02")
    story.at("10:21")
    counted = CountedTablet(story.tablet("pat"))
    _call(story, counted)
    _person(story, counted)
    _vitals(counted)
    _screens(story, counted)
    _rest(story, counted)
    _sign(story, counted)
    found = counted.table()
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(found) + "\n")
    written = DOCUMENT.read_text(encoding="utf-8")
    budget = re.search(r"Budget: (\d+) taps and (\d+) typed characters", written)
    assert budget, "docs/burden.md states the budget"
    assert counted.total.taps <= int(budget[1])
    assert counted.total.typed <= int(budget[2])
    table = [line for line in written.splitlines() if re.fullmatch(r"\| .* \| \d+ \| \d+ \| \d+ \|", line)]
    assert table == found, "Write the new count into docs/burden.md:\n" + "\n".join(found)


def _call(story: Story, counted: CountedTablet) -> None:
    tablet, page = counted.tablet, counted.tablet.page
    with counted.section("Shift and call"):
        page.locator("[data-shift-form] label", has_text="Nia Holt").click()
        page.locator("[data-start-shift]").click()
        page.locator("[data-new-response]").click()
        page.wait_for_url("**/calls/new/")
        counted.fill_in("data-call-form", source="911", call_type="psychiatric", called_at="2027-02-09T10:05")
        page.locator("[data-start-response]").click()
        page.wait_for_url(re.compile("/forms/person/"))
    with counted.section("Times"):
        for name in ("notified_at", "en_route_at", "on_scene_at", "at_patient_at"):
            tablet.tap_time(name)


def _person(story: Story, counted: CountedTablet) -> None:
    page, whom = counted.tablet.page, story.values("person")
    with counted.section("Person"):
        page.locator("[data-find-person]").click()
        page.locator("[data-add-person]").click()
        page.wait_for_url("**/whom/new/")
        first = {name: whom.pop(name) for name in FIRST_ASKED if name in whom}
        counted.fill_in("data-new-person", **first)
        page.locator("[data-save-person]").click()
        expect(page.locator("[data-person]")).to_have_text("Marisol Sample")
        counted.tablet.listens()
        counted.answer(**whom)
        counted.tablet.saved()
    with counted.section("How to reach them"):
        counted.tablet.turn_to("contact")
        contact = story.values("contact")
        del contact["sms_consented_at"]
        counted.answer(**contact)
        counted.tablet.field("sms_consented_at").locator("[data-now]").click()
        counted.tablet.saved()


def _vitals(counted: CountedTablet) -> None:
    """On the keypad, which asks for one reading after the other; no glucose in S02, and pain was not asked."""
    page = counted.tablet.page
    with counted.section("Vital signs"):
        counted.tablet.turn_to("vitals")
        page.locator("[data-keypad-open]").click()
        pad = page.locator("dialog[data-dialog=keypad]")
        for digits, following in KEYPAD:
            for digit in digits:
                pad.locator(f'[data-key="{digit}"]').click()
            if pad.get_attribute("data-part") != following:
                expect(pad).to_have_attribute("data-part", following)
        pad.locator('[data-key="next"]').click()
        expect(pad).to_have_attribute("data-part", "awake")
        pad.locator('[data-word="A15"]').click()
        pad.locator("[data-keypad-done]").click()
        counted.tablet.saved()


def _screens(story: Story, counted: CountedTablet) -> None:
    for name, form in SCREENS:
        with counted.section(name):
            counted.tablet.turn_to(form)
            counted.answer(**story.values(form))
            counted.tablet.saved()


def _rest(story: Story, counted: CountedTablet) -> None:
    for name, form in (
        ("Clinical assessment", "clinical"),
        ("Medical assessment", "medical"),
        ("Referral", "cmhc"),
        ("Narrative", "narrative"),
        ("Disposition", "disposition"),
    ):
        with counted.section(name):
            counted.tablet.turn_to("referral" if form == "cmhc" else form)
            values = story.values(form)
            sent = values.pop("sent_at", None)
            counted.answer(**values)
            if sent:
                counted.tablet.field("sent_at").locator("[data-now]").click()
            counted.tablet.saved()


def _sign(story: Story, counted: CountedTablet) -> None:
    story.at("11:32")
    with counted.section("Times"):
        counted.tablet.tap_time("cleared_at")
    with counted.section("Review and signature"):
        assert counted.tablet.review() == []
        counted.tablet.sign()
