"""Scenario S05 through the browser: buprenorphine is not open, all three reasons are said, and supportive care goes on."""

import pytest
from playwright.sync_api import expect

from mih.followups.models import ContactDue
from tests.browser.stories.acts import (
    begin,
    concluded,
    expected_table,
    fill,
    join,
    name_the_person,
    see_result,
    sign,
    table,
)
from tests.browser.stories.conftest import Tell
from tests.browser.stories.story import CrewTablet, Story

pytestmark = pytest.mark.browser

HARD = {"COWS_BELOW_MIN", "OBJECTIVE_SIGNS_LT_2", "RECENT_METHADONE"}


def test_s05(tell: Tell) -> None:
    story = tell("s05")
    story.at("15:03")
    pat = story.tablet("pat")
    begin(story, pat, ["perry"])
    story.at("15:10")
    pat.tap_time("on_scene_at")
    name_the_person(story, pat)
    fill(story, pat, "contact")
    _examine(story, pat)
    _not_eligible(story, pat)
    _leave_behind(story)
    _close(story, pat)
    assert table(pat.page, story) == expected_table(story)
    assert ContactDue.objects.filter(encounter=story.response).count() == 4, "saved twice, planned once"
    concluded(story, "pat")


def _examine(story: Story, pat: CrewTablet) -> None:
    story.at("15:12")
    fill(story, pat, "naloxone")
    story.at("15:20")
    fill(story, pat, "vitals", "vitals 1")
    story.at("15:25")
    pat.turn_to("cows")
    cows = story.values("cows")
    pat.answer(sweating=cows["sweating"])
    assert pat.chosen("pulse") == "1", "taken from the heart rate of 88"
    pat.answer(**cows)
    see_result(pat, "6")
    pat.saved()
    story.at("15:28")
    fill(story, pat, "cssrs_screener")


def _not_eligible(story: Story, pat: CrewTablet) -> None:
    """Every failing reason stands there, and there is nothing to give with."""
    story.at("15:30")
    fill(story, pat, "induction")
    verdict = pat.page.locator("[data-verdict]")
    expect(verdict).to_have_attribute("data-verdict", "not_eligible")
    for code in HARD:
        expect(pat.page.locator(f"[data-reason={code}]").first).to_be_attached()
    assert {code for code, severity in pat.reasons().items() if severity == "hard"} == HARD
    expect(pat.page.locator("a[data-give-link], button[data-give-link]:enabled")).to_have_count(0)


def _leave_behind(story: Story) -> None:
    """The peer sees no override, is refused the expired kit, and leaves a good one."""
    story.at("15:40")
    perry = story.tablet("perry")
    join(perry)
    expect(perry.page.locator("[data-rail=induction], [data-field=override_reason]")).to_have_count(0)
    perry.turn_to("kit_left")
    perry.answer(**story.values("expired kit"))
    expect(perry.field("lot")).to_contain_text("The kit expired on 2027-05-01")
    perry.answer(**story.values("kit"))
    perry.saved()


def _close(story: Story, pat: CrewTablet) -> None:
    story.at("15:45")
    fill(story, pat, "medical")
    story.at("15:55")
    fill(story, pat, "referral", "clinic")
    story.at("16:05")
    fill(story, pat, "disposition")
    fill(story, pat, "narrative")
    story.at("16:10")
    pat.tap_time("cleared_at")
    story.at("16:12")
    sign(pat)
    expect(pat.page.locator("[data-signed-by]")).to_have_attribute("data-signed-by", "pat")
