"""Scenario S02 through the browser: low mood after a job loss, a referral followed until its loop closes."""

import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, expect

from mih.core import clock
from mih.followups.models import Attempt
from mih.practice.expect import differences
from tests.browser.stories.acts import join
from tests.browser.stories.conftest import Tell
from tests.browser.stories.story import CrewTablet, Story

pytestmark = pytest.mark.browser

FOLLOW_UP = {
    "ML1+RF1": (
        "2027-02-10 11:32 CST",
        "2027-02-12 11:32 CST",
        "2027-02-16 11:32 CST",
        "2027-02-11 19:00 CST",
    ),
    "ML2+RF3": (
        "2027-03-06 11:32 CST",
        "2027-03-11 11:32 CST",
        "2027-03-18 12:32 CDT",
        "2027-03-10 19:00 CST",
    ),
}
"""Each contact's opening, target, closing, and the attempt planned within the hours the person agreed to."""


def test_s02(tell: Tell) -> None:
    story = tell("s02")
    story.at("10:06")
    pat = story.tablet("pat")
    _arrive(story, pat)
    nia = _ask_about_it(story)
    _plan(story, nia)
    _close(story, pat)
    desk = _referral_accepted(story)
    _text(story, desk)
    _loop_closed(story, desk)
    conclusions = story.ask("pat", f"encounters/{story.response.pk}/conclusions/")
    assert differences(story.case.expect["responses"]["response 1"], conclusions) == []


def _arrive(story: Story, pat: CrewTablet) -> None:
    page = pat.page
    page.locator("[data-shift-form] label", has_text="Nia Holt").click()
    page.locator("[data-start-shift]").click()
    page.locator("[data-new-response]").click()
    page.wait_for_url("**/calls/new/")
    pat.fill_in("data-call-form", source="911", call_type="psychiatric", called_at="2027-02-09T10:05")
    page.locator("[data-start-response]").click()
    page.wait_for_url(re.compile("/forms/person/"))
    pat.tap_time("notified_at")
    story.at("10:08")
    pat.tap_time("en_route_at")
    story.at("10:21")
    pat.tap_time("on_scene_at")
    story.at("10:22")
    pat.tap_time("at_patient_at")
    pat.saved()
    page.locator("[data-find-person]").click()
    page.locator("[data-add-person]").click()
    page.wait_for_url("**/whom/new/")
    whom = story.values("person")
    pat.fill_in(
        "data-new-person", **{name: whom[name] for name in ("first_name", "last_name", "birth_date", "sex")}
    )
    page.locator("[data-save-person]").click()
    expect(page.locator("[data-person]")).to_have_text("Marisol Sample")
    pat.answer(address=whom["address"], housing=whom["housing"])
    pat.saved()
    story.at("10:26")
    pat.turn_to("vitals")
    pat.answer(**story.values("vitals"))
    pat.saved()


def _ask_about_it(story: Story) -> CrewTablet:
    """The navigator asks the screens on a tablet of her own; each says its result as the last answer is tapped."""
    story.at("10:30")
    nia = story.tablet("nia")
    join(nia)
    for when, form, words in (
        ("10:30", "cssrs_screener", "Negative screen"),
        ("10:34", "phq2", "3"),
        ("10:40", "phq9", "12"),
        ("10:46", "gad7", "11"),
        ("10:50", "pc_ptsd_5", "0"),
        ("10:52", "audit_c", "1"),
    ):
        story.at(when)
        nia.turn_to(form)
        nia.answer(**story.values(form))
        expect(nia.page.locator("[data-instrument-result]")).to_contain_text(words)
        nia.saved()
        nia.expect_rail(form, "done")
    story.at("11:00")
    nia.turn_to("clinical")
    nia.answer(**story.values("clinical"))
    nia.saved()
    nia.expect_alarms({})
    return nia


def _plan(story: Story, nia: CrewTablet) -> None:
    story.at("11:20")
    nia.turn_to("referral")
    nia.answer(**story.values("cmhc"))
    nia.saved()
    story.at("11:25")
    nia.turn_to("contact")
    nia.answer(**story.values("contact"))
    nia.saved()


def _close(story: Story, pat: CrewTablet) -> None:
    story.at("11:28")
    pat.turn_to("medical")
    pat.answer(**story.values("medical"))
    story.at("11:30")
    pat.turn_to("narrative")
    pat.answer(**story.values("narrative"))
    pat.turn_to("disposition")
    pat.answer(**story.values("disposition"))
    pat.saved()
    story.at("11:32")
    pat.tap_time("cleared_at")
    pat.saved()
    story.at("11:36")
    assert pat.review() == []
    pat.sign()
    story.work()
    pat.page.reload()
    assert story.follow_up_table(pat.page) == FOLLOW_UP, "the appointment, and with it RF2, is not made yet"


def _referral_accepted(story: Story) -> Page:
    story.at("2027-02-10 09:15")
    desk = story.desk("nia", "/referrals/")
    expect(desk.locator("main tbody tr")).to_contain_text("CMHC C")
    desk.get_by_role("link", name="Marisol Sample").click()
    _learn(desk, "accepted")
    _learn(desk, "appointment_set", appointment_at="2027-02-16T14:00")
    expect(desk.locator(".timeline")).to_contain_text("Feb 16")
    story.work()
    due = {
        contact["label"]: contact
        for contact in story.ask("nia", f"people/{story.response.person_id}/contacts/")
    }
    target = datetime.fromisoformat(due["RF2"]["target_at"])
    assert f"{clock.local(target):%Y-%m-%d %H:%M}" == "2027-02-17 14:00"
    return desk


def _learn(desk: Page, kind: str, **details: str) -> None:
    """Write down one thing learned about the referral."""
    desk.wait_for_load_state()  # the lines counted below are all there
    desk.locator(f"label[for={desk.locator(f'input[name=kind][value={kind}]').get_attribute('id')}]").click()
    for name, text in details.items():
        desk.locator(f"[name={name}]").fill(text)
    before = desk.locator(".timeline li").count()
    desk.get_by_role("button", name="Keep").click()
    expect(desk.locator(".timeline li")).to_have_count(before + 1)


def _text(story: Story, desk: Page) -> None:
    story.at("2027-02-11 19:00")
    desk.goto(f"{story.base}/queue/")
    row = desk.locator(".due-row", has_text="ML1+RF1")
    expect(row).to_contain_text("19:00")
    row.get_by_role("button", name="Claim").click()
    row.get_by_role("link", name="Open").click()
    desk.wait_for_url(re.compile(r"/queue/[0-9a-f-]{36}/"))
    voicemail, text = desk.locator(".script").all_inner_texts()
    assert len(text) <= 160
    for said in (voicemail, text):
        for word in ("cmhc", "mood", "health", "crisis", "anxiety", "depress", "clinic"):
            assert word not in said.lower()
    assert re.search(r"\bstop\b", text, re.IGNORECASE), "how to opt out"
    desk.locator("label[for=channel-text]").click()
    desk.locator("label[for=outcome-text_sent]").click()
    desk.get_by_role("button", name="Keep this attempt").click()
    desk.wait_for_url(re.compile("/queue/"))
    assert Attempt.objects.get().outcome == "text_sent"


def _loop_closed(story: Story, desk: Page) -> None:
    story.at("2027-02-17 09:40")
    desk.goto(f"{story.base}/referrals/")
    desk.get_by_role("link", name="Marisol Sample").click()
    _learn(desk, "kept")
    _learn(desk, "outcome_received")
    story.work()
    facts = desk.locator("aside[aria-label='The partner and the times']")
    expect(facts).to_contain_text("Attended")
    assert facts.locator("dt", has_text="Age").locator("+ dd").inner_text() == "8 days"
    assert facts.locator("dt", has_text="Attended").locator("+ dd").inner_text() == "Yes"
    expect(facts.locator("dt", has_text="Closed")).to_be_visible()
