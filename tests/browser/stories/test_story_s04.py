"""Scenario S04 through the browser: high risk, calmed by talking, protective custody, contacts on hold until discharge."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.stories.acts import (
    answers_red,
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


def test_s04(tell: Tell) -> None:
    story = tell("s04")
    story.at("09:01")
    cleo = story.tablet("cleo")
    begin(story, cleo, ["pat"])
    story.at("09:15")
    cleo.tap_time("on_scene_at")
    name_the_person(story, cleo)
    _with_officers(story, cleo)
    _calm(story, cleo)
    story.at("09:41")
    pat = story.tablet("pat")
    join(pat)
    fill(story, pat, "vitals")
    _assess(story, cleo)
    _custody(story, cleo)
    _close(story, cleo, pat)
    _reported(story)
    cleo.page.reload()
    assert table(cleo.page, story) == expected_table(story)
    concluded(story, "cleo")


def _with_officers(story: Story, cleo: CrewTablet) -> None:
    story.at("09:16")
    page = cleo.page
    page.locator("[data-details]").click()
    part = next(step.given for step in story.case.steps if step.do == "describe")
    cleo.fill_in("data-details-form", **part)
    page.locator("[data-details-form] button[type=submit]").click()
    page.wait_for_url(re.compile("/field/encounters/[^/]+/(details/|forms/.*)?$"))


def _calm(story: Story, cleo: CrewTablet) -> None:
    """BARS 6, 5 and 4: the alarm stands for the first and the line shows all three."""
    story.at("09:18")
    cleo.open(story.response, "bars")
    cleo.answer(**story.values("bars 1"))
    see_result(cleo, "6")
    cleo.saved()
    see_alarms(cleo, {"BARS_6": "amber"})
    story.at("09:40")
    cleo.wake()
    fill(story, cleo, "bars", "bars 2", more=True)
    see_result(cleo, "5")


def _assess(story: Story, cleo: CrewTablet) -> None:
    """High risk interrupts in red; saying what was done settles it."""
    story.at("09:50")
    cleo.turn_to("cssrs_screener")
    came = answers_red(cleo, {"CSSRS_HIGH": "Not left alone; officer took custody"})
    cleo.answer(**story.values("cssrs_screener"))
    see_result(cleo, "High")
    cleo.saved()
    kept = cleo.page.locator("[data-alarm][data-code=CSSRS_HIGH] [data-alarm-done]")
    expect(kept).to_contain_text("officer took custody")
    assert came == ["CSSRS_HIGH"], "it interrupts once"
    story.at("10:10")
    cleo.wake()
    fill(story, cleo, "bars", "bars 3", more=True)
    story.at("10:12")
    fill(story, cleo, "deescalation")
    story.at("10:30")
    fill(story, cleo, "clinical")


def _custody(story: Story, cleo: CrewTablet) -> None:
    story.at("10:55")
    fill(story, cleo, "legal_hold")
    clocks = story.ask("cleo", f"encounters/{story.response.pk}/conclusions/")["clocks"]
    assert [(each["key"], each["due"]) for each in clocks] == [("lmhp", "2027-04-20T22:20:00-05:00")]


def _close(story: Story, cleo: CrewTablet, pat: CrewTablet) -> None:
    """Leaving her at the scene would need the supervisor's note; by police to the crisis center is open."""
    story.at("10:56")
    fill(story, cleo, "disposition")
    fill(story, cleo, "narrative")
    assert ("disposition", "supervisor_note") in cleo.review()
    cleo.open(story.response, "disposition")
    cleo.answer(**story.values("disposition", change=0))
    cleo.saved()
    story.at("11:05")
    cleo.tap_time("cleared_at")
    story.at("11:06")
    pat.wake()
    sign_own(pat)
    sign(cleo)
    story.at("11:10")
    found = story.ask("cleo", f"encounters/{story.response.pk}/conclusions/")
    assert {row["status"] for row in found["follow_up"]} == {"on_hold"}


def _reported(story: Story) -> None:
    """What the facility tells later: the clock is met, and the discharge gives the contacts that waited their times."""
    for step in (step for step in story.case.steps if step.do == "hold"):
        story.at(f"{step.at.astimezone(story.case.zone):%Y-%m-%d %H:%M}")
        desk = story.desk("nia", "/legal-clocks/")
        card = desk.locator("article", has_text="Jo Sample")
        card.locator("summary").click()
        told = {name: value for name, value in step.given.items() if name != "happened_at"}
        happened = story.wall(step.given.get("happened_at", step.at), step.at)
        card.locator("[name$=happened_at]").fill(happened)
        for name, value in told.items():
            field = card.locator(f"[name$='-{name}']")
            if field.first.evaluate("field => field.tagName") == "SELECT":
                field.select_option(str(value))
            elif field.first.get_attribute("type") == "radio":
                field.and_(card.locator(f"[value={value}]")).check()
            else:
                field.fill(str(value))
        card.get_by_role("button", name="Keep it").click()
        expect(desk.locator("article", has_text="Jo Sample")).to_contain_text("8 h 10 min")
