"""Scenario S06 through the browser: dispatched as intoxicated, in truth a stroke; nothing behavioral is asked or planned."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.stories.acts import (
    answers_red,
    begin,
    concluded,
    fill,
    name_the_person,
    see_alarms,
    sign,
    table,
)
from tests.browser.stories.conftest import Tell
from tests.browser.stories.story import CrewTablet, Story

pytestmark = pytest.mark.browser


def test_s06(tell: Tell) -> None:
    story = tell("s06")
    story.at("08:36")
    pat = story.tablet("pat")
    begin(story, pat, ["nia"])
    pat.tap_time("notified_at")
    story.at("08:44")
    pat.tap_time("on_scene_at")
    story.at("08:45")
    name_the_person(story, pat)
    _examine(story, pat)
    _hand_over(story, pat)
    assert table(pat.page, story) == {}, "a medical emergency plans no behavioral contacts"
    concluded(story, "pat")


def _examine(story: Story, pat: CrewTablet) -> None:
    """NEWS2 and the stroke screen each interrupt; both are answered with what was done."""
    story.at("08:48")
    pat.turn_to("vitals")
    vitals = story.values("vitals")
    confirmed = vitals.pop("confirmed")
    answers_red(
        pat,
        {step.given["alarm"]: step.given["action"] for step in story.case.steps if step.do == "acknowledge"},
    )
    pat.answer(**vitals)
    for name in confirmed:
        pat.page.locator(f"[data-confirm={name}]").click()
    pat.saved()
    kept = pat.page.locator("[data-alarm][data-code=NEWS2_HIGH] [data-alarm-done]")
    expect(kept).to_contain_text("ALS ambulance called")
    story.at("08:50")
    pat.turn_to("medical")
    pat.answer(**story.values("medical"))
    pat.saved()
    stroke = pat.page.locator("[data-alarm][data-code=STROKE_POS]").first
    expect(stroke).to_have_attribute("data-message", re.compile("07:50.*54 min"))
    see_alarms(pat, _standing(story))
    expect(pat.page.locator("[data-rail=phq9] .rail-words")).to_contain_text("Deferred")


def _standing(story: Story) -> dict[str, str]:
    found = story.ask("pat", f"encounters/{story.response.pk}/")["alarms"]
    standing = {alarm["code"]: alarm["level"] for alarm in found}
    assert {"NEWS2_HIGH": "red", "STROKE_POS": "red"}.items() <= standing.items()
    return standing


def _hand_over(story: Story, pat: CrewTablet) -> None:
    story.at("09:02")
    fill(story, pat, "disposition")
    fill(story, pat, "narrative")
    story.at("09:05")
    pat.tap_time("cleared_at")
    story.at("09:06")
    sign(pat)
    expect(pat.page.locator("[data-signed-by]")).to_have_attribute("data-signed-by", "pat")
