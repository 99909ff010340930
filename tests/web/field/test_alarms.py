"""Alarms on the tablet: which wait, which are met by what was documented, and what became of each."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from mih.charts.templatetags.chart import done
from mih.core.ids import uuid7
from mih.encounters.models import Alarm, Encounter
from mih.encounters.picture import load
from mih.encounters.services.signing import review
from tests.unit.interventions.support import naloxone
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def response(world: World) -> Encounter:
    return world.response(person=world.person())


def live(world: World, response: Encounter) -> Any:
    client = Client()
    client.force_login(world.paramedic)
    return html.fromstring(client.get(reverse("field-live", args=[response.pk]) + "?form=vitals").content)


def card(page: Any, code: str) -> Any:
    (found,) = page.xpath(f'//*[@data-alarm][@data-code="{code}"]')
    return found


def bell(page: Any) -> str:
    return str(page.xpath("//*[@data-alarm-count]/@data-alarm-count")[0])


def refuse_after_naloxone(world: World, response: Encounter, **more: Any) -> None:
    answer = world.fill(response, "naloxone", naloxone(NOON))
    assert answer.status_code == 200, answer.content
    refusal = {"refuses": ["transport"], **more}
    answer = world.fill(response, "refusal", refusal)
    assert answer.status_code == 200, answer.content


def test_a_refusal_after_naloxone_waits_until_medical_control_is_on_record(
    world: World, response: Encounter
) -> None:
    refuse_after_naloxone(world, response)
    page = live(world, response)
    assert card(page, "REFUSAL_AFTER_NALOXONE").get("data-handling") == "waiting"
    assert bell(page) == "1"
    alarm = Alarm.objects.get(code="REFUSAL_AFTER_NALOXONE")
    assert (alarm.met_by, alarm.met_at, alarm.waits) == ("", None, True)
    assert done(alarm).endswith("Nothing recorded about it yet.")


def test_met_by_the_call_it_leaves_the_banner_and_says_so_everywhere(
    world: World, response: Encounter
) -> None:
    call = {"medical_control": "Dr. Field", "medical_control_at": NOON.isoformat()}
    refuse_after_naloxone(world, response, **call)
    page = live(world, response)
    shown = card(page, "REFUSAL_AFTER_NALOXONE")
    assert shown.get("data-handling") == "met"
    words = "Met by the call to medical control (Dr. Field), 12:00."
    assert words in " ".join(shown.text_content().split())
    assert not shown.xpath(".//form")
    assert bell(page) == "0"
    alarm = Alarm.objects.get(code="REFUSAL_AFTER_NALOXONE")
    assert done(alarm).endswith(words)
    assert alarm.stands
    assert not alarm.waits


def test_an_alarm_met_and_then_no_longer_waits_again(world: World, response: Encounter) -> None:
    record = uuid7()
    call = {"medical_control": "Dr. Field", "medical_control_at": NOON.isoformat()}
    world.fill(response, "naloxone", naloxone(NOON))
    world.fill(response, "refusal", {"refuses": ["transport"], **call}, record=record, happened_at=NOON)
    gone = dict.fromkeys(call, None)
    answer = world.fill(response, "refusal", gone, record=record, base=call, version=1)
    assert answer.status_code == 200, answer.content
    alarm = Alarm.objects.get(code="REFUSAL_AFTER_NALOXONE")
    assert (alarm.met_by, alarm.met_at, alarm.waits) == ("", None, True)


def test_thoughts_of_self_harm_are_met_by_a_whole_screen(world: World, response: Encounter) -> None:
    items = {f"q{number}": 1 for number in range(1, 10)}
    world.fill(response, "phq9", items)
    held = review(load(response), by=world.clinician)
    assert [alarm.code for alarm in held.alarms] == ["PHQ9_ITEM9"]
    screen = {"q1": "no", "q2": "no", "q6": "no", "happened_at": NOON.isoformat()}
    world.fill(response, "cssrs_screener", screen)
    alarm = Alarm.objects.get(code="PHQ9_ITEM9")
    assert alarm.met_by == "the C-SSRS Screener (12:00)"
    assert alarm.cleared_at == NOON
    assert review(load(response), by=world.clinician).alarms == []
    assert card(live(world, response), "PHQ9_ITEM9").get("data-handling") == "met"


def test_a_screen_asked_before_raises_no_alarm_at_all(world: World, response: Encounter) -> None:
    world.fill(response, "cssrs_screener", {"q1": "no", "q2": "no", "q6": "no"})
    world.fill(response, "phq9", {f"q{number}": 1 for number in range(1, 10)})
    assert not Alarm.objects.filter(code="PHQ9_ITEM9").exists()


def test_a_corrected_reading_clears_its_alarm_without_having_met_it(
    world: World, response: Encounter
) -> None:
    record = uuid7()
    world.fill(response, "vitals", {"rr": 6}, record=record)
    assert bell(live(world, response)) != "0"
    world.fill(response, "vitals", {"rr": 16}, record=record, base={"rr": 6}, version=1)
    alarm = Alarm.objects.get(code="RR_CRIT")
    assert (alarm.met_by, alarm.cleared_at) == ("", NOON)
    assert not live(world, response).xpath('//*[@data-code="RR_CRIT"]')
    assert "Its cause was gone" in done(alarm)


def test_acted_on_it_leaves_the_bell_and_keeps_who_and_what(world: World, response: Encounter) -> None:
    world.fill(response, "vitals", {"rr": 6})
    alarm = Alarm.objects.get(code="RR_CRIT")
    shown = card(live(world, response), "RR_CRIT")
    assert "Breathing assisted" in shown.xpath(".//button/@data-action-chip")
    answer = world.client(world.paramedic).post(
        f"/api/alarms/{alarm.pk}/acknowledge/", {"action": "Breathing assisted; ALS called"}, format="json"
    )
    assert answer.status_code == 200
    page = live(world, response)
    shown = card(page, "RR_CRIT")
    assert shown.get("data-handling") == "done"
    assert "Pat Reyes" in shown.text_content()
    assert "Breathing assisted; ALS called" in shown.text_content()
    assert "RR_CRIT" not in [one.get("data-code") for one in page.xpath('//*[@data-handling="waiting"]')]
