"""Scenario S01 through the browser: an overdose reversed, buprenorphine started, transport refused, and what follows."""

import re
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from mih.encounters.models import TimeChange
from mih.followups.models import Attempt
from mih.interventions.models import Refusal
from mih.practice.expect import differences
from tests.browser.stories.acts import join
from tests.browser.stories.conftest import Tell
from tests.browser.stories.story import PASSWORD, CrewTablet, Story

pytestmark = pytest.mark.browser

FOLLOW_UP = {
    "BU1+OD1": (
        "2027-01-13 02:31 CST",
        "2027-01-13 14:31 CST",
        "2027-01-14 14:31 CST",
        "2027-01-13 14:31 CST",
    ),
    "BU2+RF1": (
        "2027-01-14 14:31 CST",
        "2027-01-15 14:31 CST",
        "2027-01-16 14:31 CST",
        "2027-01-15 14:31 CST",
    ),
    "BU3+OD2": (
        "2027-01-18 14:31 CST",
        "2027-01-19 14:31 CST",
        "2027-01-21 14:31 CST",
        "2027-01-19 14:31 CST",
    ),
    "BU4+OD3+RF3": (
        "2027-02-09 14:31 CST",
        "2027-02-11 14:31 CST",
        "2027-02-18 14:31 CST",
        "2027-02-11 14:31 CST",
    ),
}


def test_s01(tell: Tell) -> None:
    story = tell("s01")
    story.at("13:03")
    pat = story.tablet("pat")
    _arrive(story, pat)
    _examine(story, pat)
    _treat(story, pat)
    _leave_behind(story)
    _close(story, pat)
    _concluded(story)
    nia = _call(story)
    _read_afterwards(story, nia, pat)


def _arrive(story: Story, pat: CrewTablet) -> None:
    page = pat.page
    for name in ("Nia Holt", "Perry Lane"):
        page.locator("[data-shift-form] label", has_text=name).click()
    page.locator("[data-start-shift]").click()
    expect(page.locator("[data-shift-unit]")).to_have_text("ART-1")
    page.locator("[data-new-response]").click()
    page.wait_for_url("**/calls/new/")
    pat.fill_in("data-call-form", source="911", call_type="overdose", called_at="2027-01-12T13:02")
    page.locator("[data-start-response]").click()
    page.wait_for_url(re.compile("/forms/person/"))
    pat.tap_time("notified_at")
    story.at("13:04")
    pat.tap_time("en_route_at")
    story.at("13:13")
    pat.tap_time("on_scene_at")
    pat.tap_time("at_patient_at")
    pat.correct_time("on_scene_at", "2027-01-12T13:12", "Tapped when we got out")
    expect(page.locator("dialog[data-dialog=time]")).to_be_hidden()
    expect(page.locator("[data-time=on_scene_at] [data-time-shown]")).to_have_text("13:12")
    assert TimeChange.objects.get().reason == "Tapped when we got out"

    page.locator("[data-find-person]").click()
    page.locator("[data-add-person]").click()
    page.wait_for_url("**/whom/new/")
    pat.fill_in("data-new-person", **story.values("person"))
    page.locator("[data-save-person]").click()
    expect(page.locator("[data-person]")).to_have_text("Devon Sample")
    pat.turn_to("contact")
    pat.answer(**story.values("contact"))
    pat.saved()


def _examine(story: Story, pat: CrewTablet) -> None:
    story.at("13:14")
    pat.turn_to("naloxone")
    pat.answer(**story.values("dose 1"))
    pat.saved()
    pat.another()
    pat.answer(**story.values("dose 2"))
    pat.saved()
    story.at("13:16")
    pat.turn_to("vitals")
    pat.answer(**story.values("vitals 1"))
    pat.saved()
    story.at("13:21")
    pat.turn_to("cows")
    cows = story.values("cows 1")
    pat.answer(sweating=cows["sweating"])
    assert pat.chosen("pulse") == "2", "taken from the heart rate of 112"
    pat.answer(**cows)
    expect(pat.page.locator("[data-instrument-result]")).to_contain_text("17")
    pat.saved()
    story.at("13:24")
    pat.turn_to("cssrs_screener")
    pat.answer(**story.values("cssrs_screener"))
    pat.saved()
    story.at("13:26")
    pat.turn_to("medical")
    pat.answer(**story.values("medical"))
    pat.saved()
    pat.expect_alarms({"OD_REVERSAL": "info"})


def _treat(story: Story, pat: CrewTablet) -> None:
    story.at("13:30")
    pat.turn_to("induction")
    pat.answer(**story.values("induction"))
    pat.saved()
    verdict = pat.page.locator("[data-verdict]")
    expect(verdict).to_have_attribute("data-verdict", "incomplete")
    assert set(pat.reasons().values()) == {"missing"}
    story.at("13:34")
    pat.answer(**story.values("induction", change=0))
    story.at("13:36")
    pat.answer(**story.values("induction", change=1))
    pat.saved()
    expect(verdict).to_have_attribute("data-verdict", "eligible")
    assert pat.reasons() == {}
    expect(verdict).to_contain_text("COWS 17 · 6 objective signs")

    story.at("13:38")
    pat.wake()
    pat.page.locator("[data-give-link='16']").click()
    expect(pat.field("mg").locator("input")).to_have_value("16")
    dose = story.values("dose")
    pat.answer(**{name: dose[name] for name in ("films", "witness", "dissolved", "vomited")})
    pat.field("happened_at").locator("[data-now]").click()
    pat.saved()
    expect(verdict).to_contain_text("16 mg given, 8 mg left today")
    _second_person(pat)
    timer = pat.page.locator("[data-countdown=reassess] [data-due]")
    assert [timer.get_attribute(name) for name in ("data-due", "data-latest")] == [
        "2027-01-12T20:08:00+00:00",
        "2027-01-12T20:38:00+00:00",
    ]
    expect(timer).to_contain_text("30:00")

    story.at("14:05")
    pat.turn_to("consent")
    pat.answer(**story.values("consent"))
    pat.saved()
    story.at("14:10")
    pat.turn_to("referral")
    pat.answer(**story.values("mat"))
    pat.saved()


def _second_person(pat: CrewTablet) -> None:
    """Nia, who was there, signs on Pat's tablet: a wrong password first, then her own."""
    pat.page.locator("[data-signs-for]").click()
    asked = pat.page.locator("dialog[data-dialog=second-person]")
    expect(asked.locator("[name=witness]")).to_have_value("nia")
    asked.locator("[name=witness_password]").fill("not-hers-at-all")
    asked.locator("[type=submit]").click()
    expect(asked.locator("[data-error]")).to_contain_text("do not belong together")
    expect(asked.locator("[name=witness_password]")).to_have_value("")
    asked.locator("[name=witness_password]").fill(PASSWORD)
    asked.locator("[type=submit]").click()
    expect(pat.page.locator("[data-second=dose]")).to_have_attribute("data-signed", "yes")
    expect(pat.page.locator("[data-second=dose]")).to_contain_text("Nia")


def _leave_behind(story: Story) -> None:
    story.at("14:15")
    perry = story.tablet("perry")
    join(perry)
    perry.turn_to("kit_left")
    perry.answer(**story.values("kit"))
    perry.saved()
    perry.another()
    perry.answer(**story.values("strips"))
    perry.saved()
    assert "Xylazine" not in perry.field("item").inner_text()


def _close(story: Story, pat: CrewTablet) -> None:
    story.at("14:20")
    pat.turn_to("vitals")
    pat.another()
    pat.answer(**story.values("vitals 2"))
    pat.saved()
    pat.turn_to("cows")
    pat.another()
    cows = story.values("cows 2")
    pat.answer(sweating=cows["sweating"])
    assert pat.chosen("pulse") == "1", "taken from the heart rate of 92"
    pat.answer(**cows)
    pat.saved()
    expect(pat.page.locator("[data-countdown=reassess]")).to_have_count(0)
    pat.turn_to("buprenorphine_dose")
    pat.answer(**story.values("dose", change=0))
    pat.saved()
    story.at("14:24")
    pat.turn_to("refusal")
    pat.answer(**story.values("refusal"))
    pat.saved()
    signed = Refusal.objects.get()
    assert [len(drawn["strokes"]) for drawn in (signed.signature, signed.witness_signature)] == [2, 2]
    story.at("14:28")
    pat.turn_to("disposition")
    pat.answer(**story.values("disposition"))
    pat.turn_to("narrative")
    pat.answer(**story.values("narrative"))
    pat.saved()
    story.at("14:31")
    pat.tap_time("cleared_at")
    pat.expect_alarms({"REFUSAL_AFTER_NALOXONE": "amber", "OD_REVERSAL": "info"})
    story.at("14:35")
    assert pat.review() == []
    expect(pat.page.locator("[data-review-ready]")).to_have_attribute("data-review-ready", "yes")
    pat.sign()
    expect(pat.page.locator("[data-signed-by]")).to_have_attribute("data-signed-by", "pat")
    expect(pat.page.locator("[data-planning]")).to_be_visible()
    story.at("14:36")
    pat.page.reload()
    found = story.follow_up_table(pat.page)
    after_appointment = found.pop("RF2")
    assert found == FOLLOW_UP
    assert after_appointment[1:3] == ("2027-01-14 10:30 CST", "2027-01-20 10:30 CST")


def _concluded(story: Story) -> None:
    conclusions = story.ask("pat", f"encounters/{story.response.pk}/conclusions/")
    assert differences(story.case.expect["responses"]["response 1"], conclusions) == []


def _call(story: Story) -> Page:
    story.at("2027-01-13 02:40")
    nia = story.desk("nia", "/queue/")
    row = nia.locator(".due-row", has_text="BU1+OD1")
    expect(row).to_be_visible()
    expect(nia.locator(".due-row", has_text="BU2+RF1")).to_have_count(0)
    story.at("14:31")
    nia.reload()
    expect(row).to_contain_text("Devon Sample")
    row.get_by_role("button", name="Claim").click()
    row.get_by_role("link", name="Open").click()
    nia.wait_for_url(re.compile(r"/queue/[0-9a-f-]{36}/"))

    expect(nia.locator("#channel-text")).to_be_disabled()
    expect(nia.locator("#outcome-text_sent")).to_be_disabled()
    expect(nia.locator("#channel-call")).to_be_enabled()
    said = nia.locator(".script")
    expect(said).to_have_count(1)
    expect(said).to_have_text(re.compile(r"\bNia\b.*405-555-0100"))
    for word in (
        "overdose",
        "suboxone",
        "mental health",
        "mat clinic",
        "response team",
        "mih",
        "art",
        "city",
    ):
        assert not re.search(rf"\b{word}\b", said.inner_text(), re.IGNORECASE)
    _text_is_refused(nia)
    nia.locator("label[for=channel-call]").click()
    nia.locator("label[for=outcome-reached]").click()
    expect(nia.locator("[data-follows-place]")).to_be_visible()
    nia.get_by_label("Note").fill("Took the morning appointment")
    nia.get_by_role("button", name="Keep this attempt").click()
    nia.wait_for_url(re.compile("/queue/(\\?.*)?$"))
    expect(nia.locator(".due-row", has_text="BU1+OD1")).to_have_count(0)
    assert Attempt.objects.get().channel == "call", "the refused text left nothing behind"
    return nia


def _text_is_refused(nia: Page) -> None:
    """Somebody who gets around the screen is refused by the server, with the sentence."""
    token = nia.locator("[data-attempt] input[name=csrfmiddlewaretoken]").input_value()
    address = nia.locator("[data-attempt]").evaluate("form => form.action")
    attempt = nia.locator("[data-attempt] input[name=attempt]").input_value()
    answer = nia.request.post(
        address,
        form={"csrfmiddlewaretoken": token, "attempt": attempt, "channel": "text", "outcome": "text_sent"},
        headers={"Referer": nia.url},
    )
    assert answer.status == 403
    assert "This person has not agreed to text messages." in answer.text()


def _read_afterwards(story: Story, nia: Page, pat: CrewTablet) -> None:
    response = story.response
    nia.goto(f"{story.base}/supplies/")
    stood = {
        cells[1]: int(cells[3])
        for cells in nia.locator("main tbody tr").evaluate_all(
            "rows => rows.map(row => Array.from(row.cells, cell => cell.innerText.trim()))"
        )
    }
    before = {line["lot"]: line["quantity"] for line in story.case.stock}
    assert {lot: stood[lot] - before[lot] for lot in before} == {"DEMO-24A": -1, "STRIP-7": -5, "FILM-82": -2}
    nia.get_by_role("link", name="FILM-82").click()
    expect(nia.locator("tbody tr").first).to_contain_text("with Nia Holt")

    assert response.person is not None
    nia.goto(f"{story.base}/people/{response.person.pk}/")
    expect(nia.locator("main")).to_contain_text("Devon Sample")
    nia.locator(f"a[href='/encounters/{response.pk}/']").first.click()
    expect(nia.locator("[data-section=narrative]")).to_contain_text("Withdrawal treated, improved.")
    codes = nia.locator("[data-code]").evaluate_all(
        "all => all.map(one => [one.dataset.code, one.innerText])"
    )
    expected = story.case.expect["responses"]["response 1"]["disposition"]
    assert {name: dict(codes)[name] for name in expected if name != "code"} == {
        name: code for name, code in expected.items() if name != "code"
    }
    nia.get_by_role("link", name="Print (PDF)").wait_for()
    whole, hers = (
        _printed(page, f"{story.base}/encounters/{response.pk}/print.pdf") for page in (pat.page, nia)
    )
    for words in (
        "Devon Sample",
        "DEMO-24A",
        "FILM-82",
        "Withdrawal treated, improved.",
        "4230009",
        "MC-1334",
    ):
        assert words.replace(" ", "") in whole
    assert "FILM-82" not in hers
    assert "Sectionsthatthereader'sroledoesnotopenareleftout" in hers


def _printed(page: Page, address: str) -> str:
    """The text of the record's PDF without its spaces, which the typesetter places as it likes."""
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "application/pdf"
    return "".join("".join(sheet.extract_text().split()) for sheet in PdfReader(BytesIO(answer.body())).pages)
