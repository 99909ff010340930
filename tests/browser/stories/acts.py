"""What every story does in the same way: begin a response, name its person, fill a form, sign."""

import re
from typing import Any

from playwright.sync_api import Error, Page, expect

from mih.practice.expect import differences
from tests.browser.stories.story import CrewTablet, Story

FIRST_ASKED = (
    "first_name",
    "last_name",
    "birth_date",
    "estimated_age",
    "sex",
    "no_fixed_address",
    "place_note",
)
"""What the page for a new person asks; the rest is answered on the person's own form."""


def begin(story: Story, tablet: CrewTablet, crew: list[str]) -> None:
    """Start a shift with a crew, by their names in the case, and a response to the case's call."""
    page = tablet.page
    for name in crew:
        page.locator("[data-shift-form] label", has_text=str(story.case.staff[name]["name"])).click()
    page.locator("[data-start-shift]").click()
    page.locator("[data-new-response]").click()
    page.wait_for_url("**/calls/new/")
    start = next(step for step in story.case.steps if step.do == "start")
    call = dict(start.given["incident"])
    call["called_at"] = story.wall(call["called_at"], start.at)
    tablet.fill_in("data-call-form", **call)
    page.locator("[data-start-response]").click()
    page.wait_for_url(re.compile("/forms/person/"))


def name_the_person(story: Story, tablet: CrewTablet) -> None:
    """Add the case's person, who is new to the agency."""
    page, whom = tablet.page, story.values("person")
    page.locator("[data-find-person]").click()
    page.locator("[data-add-person]").click()
    page.wait_for_url("**/whom/new/")
    tablet.fill_in("data-new-person", **{name: whom.pop(name) for name in FIRST_ASKED if name in whom})
    page.locator("[data-save-person]").click()
    expect(page.locator("[data-person]")).to_have_text(re.compile("Sample"))
    tablet.listens()
    if whom:
        tablet.answer(**whom)
        tablet.saved()


def join(tablet: CrewTablet) -> None:
    """Open the one response of today on somebody else's tablet."""
    tablet.page.locator("[data-response]").click()
    tablet.page.wait_for_url("**/field/encounters/**")


def fill(story: Story, tablet: CrewTablet, form: str, name: str = "", *, more: bool = False) -> None:
    """Turn to a form and give it what the case writes into it; `more`: as a further entry."""
    tablet.turn_to(form)
    if more:
        tablet.another()
    tablet.answer(**story.values(name or form))
    tablet.saved()


def see_result(tablet: CrewTablet, words: str) -> None:
    """The instrument says its result as the last answer is tapped."""
    expect(tablet.page.locator("[data-instrument-result]")).to_contain_text(words)


def see_alarms(tablet: CrewTablet, wanted: dict[str, str]) -> None:
    """These alarms stand, and no others."""
    for code in wanted:
        expect(tablet.page.locator(f"[data-alarm][data-code={code}]").first).to_be_attached()
    tablet.expect_alarms(wanted)


def answers_red(tablet: CrewTablet, actions: dict[str, str]) -> list[str]:
    """Whenever a red alarm interrupts, say what was done about it, by the alarm's code. Gives the codes that came."""
    came: list[str] = []
    dialog = tablet.page.locator("dialog[data-dialog=red-alarm][open]")

    def answer() -> None:
        try:
            code = (dialog.get_attribute("data-showing", timeout=5_000) or "").split("/")[0]
            dialog.locator("input[name=action]").fill(actions[code], timeout=5_000)
            dialog.locator("[data-acknowledge-now]").click(timeout=5_000)
        except Error:
            return  # it closed by itself; should it stand, it comes again
        came.append(code)

    tablet.page.add_locator_handler(dialog, answer, no_wait_after=True)
    return came


def sign_own(tablet: CrewTablet) -> None:
    """Sign one's own sections of a response that somebody else leads."""
    tablet.review()
    tablet.page.locator("[data-sign-own]").click()
    tablet.page.wait_for_url(re.compile("/(record|review)/"))


def sign(tablet: CrewTablet) -> None:
    """Review, find nothing that signing waits for, sign."""
    missing = tablet.review()
    ready = tablet.page.locator("[data-review-ready]").get_attribute("data-review-ready")
    assert ready == "yes", missing
    tablet.sign()


def table(page: Page, story: Story) -> dict[str, tuple[str, ...]]:
    """The follow-ups on the signed record's page, after the worker has planned them."""
    story.work()
    page.reload()
    return story.follow_up_table(page)


def expected_table(story: Story) -> dict[str, tuple[str, ...]]:
    """The follow-ups the case expects, as the record's page shows them."""
    return {
        row["steps"]: tuple(story.shown(row[name]) for name in ("opens", "target", "closes", "planned"))
        for row in story.expected["follow_up"]
    }


def concluded(story: Story, by: str) -> dict[str, Any]:
    """Everything the case expects of its response came out."""
    found: dict[str, Any] = story.ask(by, f"encounters/{story.response.pk}/conclusions/")
    wrong = differences(story.expected, found)
    assert not wrong, wrong
    return found
