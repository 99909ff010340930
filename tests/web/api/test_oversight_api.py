"""Oversight for programs: the same lists as the pages, under the same rules."""

from datetime import date, timedelta

import pytest

from mih.audit.context import acting
from mih.audit.models import Denial
from mih.core.clinical_values import clinical_values
from mih.protocols.values import approve
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
TODAY = date(2027, 1, 12)


def test_every_clinical_value_with_its_state(world: World):
    client = world.client(world.medical_director)
    rows = client.get("/api/clinical-values/").data
    assert [row["fingerprint"] for row in rows] == [value.fingerprint for value in clinical_values(NOON)]
    one = next(row for row in rows if (row["document"], row["name"]) == ("protocol:cosign", "due_hours"))
    assert (one["says"], one["tag"], one["state"], one["approved_at"]) == (["24"], "DEF", "verify", None)
    with acting(world.medical_director):
        approve(fingerprints=[one["fingerprint"]], note="", by=world.medical_director, at=NOON)
    asked = {"state": "approved", "document": "protocol:cosign"}
    approved = client.get("/api/clinical-values/", asked).data
    assert [(row["name"], row["approved_by"]) for row in approved] == [("due_hours", "Dev Anand, MD")]
    assert client.get("/api/clinical-values/", {"state": "perhaps"}).status_code == 400
    assert world.client(world.administrator).get("/api/clinical-values/").status_code == 403


def test_licenses_of_the_staff(world: World):
    held = world.peer.credentials.get()
    held.expires_on = TODAY - timedelta(days=1)
    held.save()
    rows = world.client(world.administrator).get("/api/licenses/").data
    assert (rows[0]["staff"], rows[0]["state"], rows[0]["licenses"][0]["state"]) == (
        "perry",
        "stopped",
        "lapsed",
    )
    assert {row["staff"]: row["state"] for row in rows}["pat"] == "well"
    assert world.client(world.paramedic).get("/api/licenses/").status_code == 403


def test_ones_own_license(world: World):
    mine = world.client(world.paramedic)
    assert mine.get("/api/licenses/mine/").data == {"may_sign": True, "last_day": None, "notice": ""}
    held = world.paramedic.credentials.get()
    held.expires_on = TODAY + timedelta(days=10)
    held.save()
    told = mine.get("/api/licenses/mine/").data
    assert (told["may_sign"], told["last_day"]) == (True, TODAY + timedelta(days=10))
    assert "ends in 10 days" in told["notice"]
    held.suspended_on = TODAY
    held.save()
    assert mine.get("/api/licenses/mine/").data["may_sign"] is False


def test_refused_acts_page_by_page(world: World):
    world.client(world.paramedic).get("/api/licenses/")
    world.client(world.navigator).get("/api/licenses/")
    first = world.client(world.privacy_officer).get("/api/refused-acts/").data
    assert [row["role"] for row in first] == ["navigator", "paramedic"]
    rest = world.client(world.supervisor).get("/api/refused-acts/", {"after": first[0]["id"]}).data
    assert [row["actor"] for row in rest] == [str(world.paramedic.pk)]
    assert world.client(world.paramedic).get("/api/refused-acts/").status_code == 403
    assert Denial.objects.count() == 3
