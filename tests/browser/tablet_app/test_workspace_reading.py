"""What the workspace shows to be read: photos with their state, words of its own, earlier forms, whole names."""

import hashlib
import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from mih.assessments.models import InstrumentAnswers
from mih.audit.context import acting
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.field.bundle import published, publishing
from mih.field.models import Attachment, FormVersion
from mih.field.sync.attachments import link
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.conftest import HandCrew
from tests.browser.tablet_app.crew import Crew
from tests.browser.tablet_app.gate import Gate
from tests.field.attachments.tools import photo
from tests.world import World

pytestmark = pytest.mark.browser

UPRIGHT = {"width": 820, "height": 1180}


def test_review_and_record_say_how_far_each_photo_is(city: World, hand_crew: HandCrew, gate: Gate) -> None:
    response = city.response(person=city.person(), unit=city.unit, on_scene_at=clock.now())
    crew = hand_crew()
    page = crew.page
    crew.open(response, "narrative")
    gate.shut()
    page.locator("[data-take]").set_input_files(
        {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": photo(640, 480)}
    )
    asked = page.locator("dialog[data-dialog=attachment]")
    asked.locator("#attachment-caption").fill("Left forearm")
    asked.locator("[data-add]").click()
    crew.answer(text="Left forearm looked at.")
    crew.kept()

    crew.review()
    line = page.locator("[data-attachment]:visible")
    expect(line).to_contain_text("Left forearm")
    expect(line).to_contain_text("Narrative")
    expect(line).to_contain_text("Saved on this tablet. It is sent after the record.")
    expect(line.locator("img")).to_be_visible()
    expect(line.locator("[data-remove]")).to_be_hidden()
    expect(page.locator("[data-take]")).to_be_hidden()

    crew.app.go(f"#/record/{response.pk}")
    expect(page.locator("[data-slot=title]:visible")).to_have_text("Record")
    expect(line).to_have_attribute("data-state", "waiting")
    gate.open()
    crew.received()
    expect(line).to_have_attribute("data-state", "sent", timeout=40_000)
    expect(line).to_contain_text("Received.")
    assert Attachment.objects.get().caption == "Left forearm"


def test_a_colleagues_photo_is_named_with_its_state(city: World, hand_crew: HandCrew) -> None:
    response = city.response(person=city.person(), unit=city.unit)
    linked = {"blob": str(uuid7()), "sha256": "0" * 64, "plain_sha256": "1" * 64, "info": "{}"}
    link(
        encounter=response,
        payload=linked | {"kind": "photo", "caption": "Doorway", "form": "narrative"},
        by=city.clinician,
        device=uuid7(),
        captured_at=clock.now(),
        at=clock.now(),
    )
    crew = hand_crew()
    crew.app.go(f"#/review/{response.pk}")
    line = crew.page.locator("[data-attachment]:visible")
    expect(line).to_contain_text("Doorway")
    expect(line).to_contain_text("Waiting on the tablet it was taken with.")


def test_an_entry_is_worded_on_the_tablet_until_the_server_words_it(
    city: World, hand_crew: HandCrew, gate: Gate
) -> None:
    response = city.response(person=city.person(), unit=city.unit, on_scene_at=clock.now())
    crew = hand_crew()
    page = crew.page
    crew.open(response, "vitals")
    gate.shut()
    crew.answer(hr="112", sbp="118", dbp="76")
    crew.kept()
    rail = page.locator("[data-rail=vitals] .rail-summary")
    expect(rail).to_have_text("BP 118/76, HR 112")
    expect(page.locator("[data-entry][aria-current]")).to_contain_text("BP 118/76, HR 112")
    crew.turn_to("disposition")
    crew.answer(code="stabilised_in_place")
    crew.kept()
    label = crew.field("code").locator("option:checked").inner_text()
    expect(page.locator("[data-rail=disposition] .rail-summary")).to_contain_text(label)
    expect(page.locator("[data-slot=timeline]")).to_contain_text(f"Disposition: {label}")


def test_a_form_opened_before_the_first_refresh_becomes_writable_where_one_stands(
    city: World, gate: Gate, bare_tablet: Callable[..., AppTablet]
) -> None:
    tablet = bare_tablet()
    tablet.base = gate.url
    page = tablet.page
    page.route("**/field/api/pull*", lambda route: route.abort())
    tablet.enrol(city.paramedic)
    crew = Crew(tablet, city.paramedic)
    crew.ready()
    crew.start(call_type="welfare")
    encounter = crew.encounter
    crew.open(encounter, "narrative")
    text = crew.field("text").locator("textarea")
    expect(text).to_be_disabled()
    expect(page.locator("[data-slot=read_only]")).to_contain_text(
        "This tablet has not fetched yet what your role fills in."
    )
    expect(page.locator("[data-take]")).to_be_hidden()
    heading = page.locator("[data-form-area] h1")
    expect(heading).to_be_focused()

    page.unroute("**/field/api/pull*")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(text).to_be_enabled()
    expect(page.locator("[data-slot=read_only]")).to_be_hidden()
    expect(heading).to_be_focused()
    expect(page.locator("[data-rail=vitals]")).to_be_visible()

    text.press_sequentially("Half a wor")
    with page.expect_response("**/field/api/pull*"):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    text.press_sequentially("d, and on.")
    expect(text).to_have_value("Half a word, and on.")
    expect(text).to_be_focused()
    crew.kept()

    crew.open(encounter, "buprenorphine_dose")
    offered = crew.field("witness").locator("option")
    expect(offered).not_to_have_count(1)
    films = page.locator("[data-row]").first.locator("[data-column=strength] option")
    assert films.all_inner_texts() == ["Choose", "2/0.5 mg", "4/1 mg", "8/2 mg", "12/3 mg"]


def test_a_form_that_is_signed_elsewhere_meanwhile_can_only_be_read(city: World, hand_crew: HandCrew) -> None:
    response = city.response(person=city.person(), unit=city.unit)
    crew = hand_crew()
    crew.open(response, "narrative")
    area = crew.field("text").locator("textarea")
    expect(area).to_be_enabled()
    with acting(city.clinician):
        Encounter.objects.filter(pk=response.pk).update(
            signed_by=city.clinician, signed_at=clock.now(), version=response.version + 1
        )
    crew.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(area).to_be_disabled()
    note = crew.page.locator("[data-slot=read_only]")
    expect(note).to_contain_text("Signed by Cleo Marsh")
    note.get_by_role("link", name="Open the signed record").click()
    expect(crew.signature).to_contain_text("Received and signed by Cleo Marsh")


def earlier_questionnaire(key: str) -> None:
    """A form of the questionnaire's first version, as an earlier release published it."""
    published()
    standing = FormVersion.objects.get(key=key, retired_at__isnull=True)
    document = json.loads(standing.document)
    document["instrument"]["version"] = 1
    document["version"] = standing.version + 1
    document["html"] = f'<p class="as-it-was">As it was asked then.</p>{document["html"]}'
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    FormVersion.objects.create(
        key=key,
        version=document["version"],
        sha=hashlib.sha256(text.encode()).hexdigest(),
        document=text,
        retired_at=clock.now(),
    )


def test_answers_given_under_an_earlier_questionnaire_are_shown_on_it(
    city: World, hand_crew: HandCrew, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier_questionnaire("cssrs_screener")
    monkeypatch.setattr(publishing, "_made", None)
    response = city.response(person=city.person(), unit=city.unit)
    with acting(city.paramedic):
        for instrument in ("cssrs_screener", "audit_c"):
            InstrumentAnswers.objects.create(
                encounter=response,
                author=city.paramedic,
                segment="mental_health",
                instrument=instrument,
                definition_version=1,
                answers={},
            )
    crew = hand_crew()
    crew.open(response, "cssrs_screener")
    expect(crew.page.locator(".as-it-was")).to_be_visible()
    note = crew.page.locator("[data-slot=version]")
    expect(note).to_contain_text("Begun on an earlier version of this form, and shown on it")
    crew.turn_to("narrative")
    expect(note).to_be_hidden()
    crew.open(response, "audit_c")
    expect(note).to_contain_text("that this tablet does not hold")


def test_a_long_name_is_read_whole_on_an_upright_tablet(city: World, hand_crew: HandCrew) -> None:
    last = "Brightwater-Featherstonehaugh de la Cruz y Villanueva"
    response = city.response(person=city.person(first_name="Bartholomew", last_name=last), unit=city.unit)
    crew = hand_crew(**UPRIGHT)
    crew.open(response, "narrative")
    name = crew.page.locator("[data-person]")
    expect(name).to_have_text(re.compile(rf"^Bartholomew {last}$"))
    cut = name.evaluate("one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1")
    assert not cut
    assert crew.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
