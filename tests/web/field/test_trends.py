"""Trends above the forms, beside the timeline, on the chart and in print."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html
from pypdf import PdfReader

from mih.encounters.models import Encounter
from tests.unit.interventions.support import COWS_1
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def response(world: World) -> Encounter:
    found = world.response(person=world.person())
    first = {
        "happened_at": (NOON - timedelta(minutes=20)).isoformat(),
        "hr": 44,
        "rr": 6,
        "before_arrival": True,
    }
    again = {
        "happened_at": (NOON - timedelta(minutes=5)).isoformat(),
        "hr": 84,
        "rr": 14,
        "sbp": 128,
        "dbp": 82,
    }
    for values in (first, again):
        assert world.fill(found, "vitals", values).status_code == 200
    return found


def page(world: World, role: str, name: str, *args: Any) -> Any:
    client = Client()
    client.force_login(world.staff[role])
    return html.fromstring(client.get(reverse(name, args=args)).content)


def drawn(found: Any) -> dict[str, int]:
    return {
        each.get("data-trend"): int(each.get("data-readings")) for each in found.xpath("//*[@data-trend]")
    }


def test_the_strip_stands_above_the_vital_signs(world: World, response: Encounter) -> None:
    found = page(world, "paramedic", "field-form", response.pk, "vitals")
    assert drawn(found) == {"hr": 2, "rr": 2, "sbp": 1}
    assert len(found.xpath('//*[@data-trend="rr"]//*[contains(@class, "trend-hollow")]')) == 1
    assert len(found.xpath('//*[@data-trend="rr"]//*[contains(@class, "trend-critical")]')) == 1
    cells = [cell.text for cell in found.xpath("//*[@data-trends]//td")]
    assert "6 (critical, before arrival)" in cells
    assert "128/82" in cells


def test_no_strip_stands_above_other_forms(world: World, response: Encounter) -> None:
    assert drawn(page(world, "paramedic", "field-form", response.pk, "narrative")) == {}


def test_scores_before_and_after_a_dose_stand_in_the_sheet_and_beside_the_timeline(
    world: World, response: Encounter
) -> None:
    for minutes in (30, 5):
        taken = (NOON - timedelta(minutes=minutes)).isoformat()
        answer = world.fill(response, "cows", COWS_1 | {"happened_at": taken})
        assert answer.status_code == 200, answer.content
    found = page(world, "paramedic", "field-form", response.pk, "cows")
    assert [
        each.get("data-readings")
        for each in found.xpath('//*[@data-live-part="trend"]//*[@data-trend="cows"]')
    ] == ["2"]
    assert found.xpath('//*[@data-live-part="timeline"]//*[@data-trend="cows"]')


def test_the_chart_and_the_print_show_them(world: World, response: Encounter) -> None:
    found = page(world, "supervisor", "encounter-record", response.pk)
    assert drawn(found)["hr"] == 2
    client = Client()
    client.force_login(world.supervisor)
    printed = client.get(reverse("encounter-print", args=[response.pk]))
    text = " ".join(each.extract_text() for each in PdfReader(BytesIO(printed.content)).pages)
    assert "Over time" in text
    assert "6 at 11:40 (critical, before arrival)" in " ".join(text.split())


def test_advice_is_not_called_missing(world: World, response: Encounter) -> None:
    world.fill(response, "vitals", {"happened_at": NOON.isoformat(), "hr": 84, "gcs_eye": 4})
    found = page(world, "paramedic", "field-form", response.pk, "vitals")
    (gaps,) = found.xpath('//*[@id="gaps"]')
    said = " ".join(gaps.xpath("./summary")[0].text_content().split())
    assert int(gaps.get("data-advice")) >= 1
    assert "advice" in said
    assert ("missing" in said) == (int(gaps.get("data-missing")) > 0)
