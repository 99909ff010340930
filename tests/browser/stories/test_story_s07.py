"""Scenario S07 through the browser: what each role may do, an intern's work co-signed the next day, one response kept once."""

import pytest
from playwright.sync_api import expect

from mih.encounters.models import Encounter
from tests.browser.stories.acts import (
    begin,
    concluded,
    expected_table,
    fill,
    join,
    name_the_person,
    see_result,
    sign,
    sign_own,
    table,
)
from tests.browser.stories.conftest import Tell
from tests.browser.stories.story import CrewTablet, Story

pytestmark = pytest.mark.browser

CLOSED_TO_A_PEER = ("cssrs_screener", "clinical", "vitals", "gad7", "cows", "induction")


def test_s07(tell: Tell) -> None:
    story = tell("s07")
    story.at("11:08")
    perry = story.tablet("perry")
    begin(story, perry, ["nia", "inez", "pat"])
    story.at("11:20")
    nia = story.tablet("nia")
    join(nia)
    nia.tap_time("on_scene_at")
    _peer(story, perry)
    pat = _no_signal(story)
    _intern(story)
    _signal_returns(story, pat)
    _close(story, perry, pat, nia)
    assert table(nia.page, story) == expected_table(story)
    _cosigned(story)
    concluded(story, "pat")
    assert Encounter.objects.count() == 1


def _peer(story: Story, perry: CrewTablet) -> None:
    """The peer opens the case, leaves a kit, and finds the sections of other roles closed."""
    story.at("11:22")
    perry.wake()
    name_the_person(story, perry)
    fill(story, perry, "contact")
    story.at("11:26")
    fill(story, perry, "narrative")
    story.at("11:28")
    fill(story, perry, "kit_left", "kit")
    for form in CLOSED_TO_A_PEER:
        expect(perry.page.locator(f"[data-rail={form}]")).to_have_count(0)
        address = f"{story.base}/field/encounters/{story.response.pk}/forms/{form}/"
        assert perry.page.request.get(address).status == 403


def _no_signal(story: Story) -> CrewTablet:
    """The paramedic's tablet loses its signal; what is entered waits on the tablet, and says so."""
    story.at("11:30")
    pat = story.tablet("pat")
    join(pat)
    pat.turn_to("vitals")
    pat.page.context.set_offline(True)
    story.at("11:34")
    pat.answer(**story.values("first set"))
    expect(pat.page.locator("[data-save-state]")).to_have_attribute("data-state", "waiting")
    return pat


def _intern(story: Story) -> None:
    story.at("11:40")
    inez = story.tablet("inez")
    join(inez)
    fill(story, inez, "gad7")
    see_result(inez, "15")
    fill(story, inez, "cssrs_screener")
    story.at("12:00")
    fill(story, inez, "safety_plan")
    story.at("12:10")
    sign_own(inez)
    found = story.ask("nia", f"encounters/{story.response.pk}/conclusions/")
    waiting = {row["form"] for row in found["entries"] if row["status"] == "awaiting_cosign"}
    assert waiting == {"gad7", "cssrs_screener", "safety_plan"}
    desk = story.desk("inez")
    assert desk.request.get(f"{story.base}/cosignatures/").status == 403, "nobody co-signs their own work"


def _signal_returns(story: Story, pat: CrewTablet) -> None:
    """What waited arrives once, and a further set after it."""
    story.at("12:40")
    pat.page.context.set_offline(False)
    pat.saved()
    pat.another()
    pat.answer(**story.values("extra set"))
    pat.saved()
    found = story.ask("pat", f"encounters/{story.response.pk}/conclusions/")["vitals"]
    assert [row["hr"] for row in found] == [84, 80]


def _close(story: Story, perry: CrewTablet, pat: CrewTablet, nia: CrewTablet) -> None:
    """The peer has no button to sign the response; the navigator signs it."""
    story.at("12:44")
    nia.tap_time("cleared_at")
    story.at("12:45")
    fill(story, nia, "clinical")
    fill(story, nia, "disposition")
    perry.wake()
    perry.review()
    expect(perry.page.locator("[data-sign]")).to_have_count(0)
    pat.wake()
    sign_own(pat)
    sign(nia)


def _cosigned(story: Story) -> None:
    story.at("2027-07-16 09:00")
    desk = story.desk("sami", "/cosignatures/")
    waiting = desk.get_by_role("button", name="Co-sign")
    while before := waiting.count():
        waiting.first.click()
        expect(waiting).to_have_count(before - 1)
        desk.wait_for_load_state()  # the list stands whole again, and is counted anew
