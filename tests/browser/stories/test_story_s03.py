"""Scenario S03 through the browser: moderate suicide risk, a safety plan made with the family, stabilized in place."""

import pytest
from playwright.sync_api import expect

from tests.browser.stories.acts import (
    begin,
    concluded,
    expected_table,
    fill,
    join,
    name_the_person,
    see_alarms,
    see_result,
    sign,
    sign_own,
    table,
)
from tests.browser.stories.conftest import Tell
from tests.browser.stories.story import CrewTablet, Story

pytestmark = pytest.mark.browser


def test_s03(tell: Tell) -> None:
    story = tell("s03")
    story.at("19:41")
    cleo = story.tablet("cleo")
    begin(story, cleo, ["pat"])
    story.at("19:42")
    cleo.tap_time("notified_at")
    story.at("19:44")
    cleo.tap_time("en_route_at")
    story.at("20:02")
    cleo.tap_time("on_scene_at")
    story.at("20:03")
    name_the_person(story, cleo)
    fill(story, cleo, "contact")
    story.at("20:05")
    pat = story.tablet("pat")
    join(pat)
    fill(story, pat, "vitals")
    _ask(story, cleo)
    _plan(story, cleo)
    _close(story, cleo, pat)
    assert table(cleo.page, story) == expected_table(story)
    concluded(story, "cleo")


def _ask(story: Story, cleo: CrewTablet) -> None:
    """The PHQ-9 alone alarms in red; the C-SSRS answers it and takes its place in amber."""
    story.at("20:08")
    fill(story, cleo, "bars")
    see_result(cleo, "4")
    story.at("20:12")
    cleo.turn_to("phq9")
    answers = story.values("phq9")
    last = answers.pop("q9")
    cleo.answer(**answers)
    cleo.answer(q9=last)
    dialog = cleo.page.locator("dialog[data-dialog=red-alarm]")
    expect(dialog).to_be_visible()
    dialog.locator("[data-closes]").click()
    see_result(cleo, "14")
    cleo.saved()
    see_alarms(cleo, {"PHQ9_ITEM9": "red"})
    story.at("20:20")
    fill(story, cleo, "cssrs_screener")
    see_result(cleo, "Moderate")
    expect(cleo.page.locator("[data-alarm][data-code=CSSRS_MODERATE]")).to_be_attached()


def _plan(story: Story, cleo: CrewTablet) -> None:
    """Without telephone numbers step 4 is open; with them the plan is complete."""
    story.at("20:40")
    plan = story.values("safety_plan")
    helpers = plan.pop("helpers")
    cleo.turn_to("safety_plan")
    cleo.answer(helpers=[{**row, "phone": ""} for row in helpers])
    story.at("21:20")
    cleo.answer(**plan)
    cleo.saved()
    state = story.ask("cleo", f"encounters/{story.response.pk}/conclusions/")["safety_plan"]
    assert (state["state"], state["steps"]) == ("incomplete", [4])
    cleo.answer(helpers=helpers)
    cleo.saved()
    state = story.ask("cleo", f"encounters/{story.response.pk}/conclusions/")["safety_plan"]
    assert (state["state"], state["steps"]) == ("complete", [])


def _close(story: Story, cleo: CrewTablet, pat: CrewTablet) -> None:
    story.at("21:40")
    fill(story, cleo, "clinical")
    fill(story, cleo, "disposition")
    fill(story, cleo, "narrative")
    story.at("21:48")
    cleo.tap_time("cleared_at")
    story.at("21:49")
    pat.wake()
    sign_own(pat)
    story.at("21:50")
    sign(cleo)
    expect(cleo.page.locator("[data-signed-by]")).to_have_attribute("data-signed-by", "cleo")
