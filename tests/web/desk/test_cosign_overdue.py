"""COSIGN_OVERDUE: raised once the time is over, shown to whoever leads, and gone with the co-signature."""

from datetime import timedelta

import pytest

from mih.audit.context import acting
from mih.cases.cosign_overdue import sweep
from mih.encounters.models import Alarm, Narrative
from mih.encounters.services import signing
from mih.protocols import services
from mih.protocols.policy import default_document
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import seen
from tests.world import World


def written(world: World, *, hours: float) -> Narrative:
    response = world.response(by=world.intern)
    world.fill(response, "narrative", {"text": "An intern's words."}, by=world.intern)
    with acting(world.intern):
        signing.sign_own(encounter=response.pk, by=world.intern, at=MORNING - timedelta(hours=hours))
    return Narrative.objects.get(encounter=response)


def standing() -> list[Alarm]:
    return list(Alarm.objects.filter(code="COSIGN_OVERDUE", cleared_at__isnull=True))


@pytest.mark.parametrize(("hours", "raised"), [(23.9, 0), (24, 0), (24.1, 1), (300, 1)])
def test_it_is_raised_after_the_hours_of_the_policy(world: World, hours: float, raised: int):
    entry = written(world, hours=hours)
    assert sweep(at=MORNING).raised == raised
    assert [alarm.entry for alarm in standing()] == [entry.pk] * raised
    assert sweep(at=MORNING).raised == 0  # once for an entry
    assert all(alarm.level == "amber" and "Inez Ortiz" in alarm.message for alarm in standing())


def test_the_hours_are_policy(world: World):
    written(world, hours=30)
    document = default_document("cosign")
    document["values"]["due_hours"]["value"] = 48
    with acting(world.medical_director):
        row = services.propose(key="cosign", document=document, by=world.medical_director)
        services.sign(protocol=row, by=world.medical_director, at=MORNING)
    assert sweep(at=MORNING).raised == 0
    assert sweep(at=MORNING + timedelta(hours=19)).raised == 1


def test_a_co_signature_clears_it(world: World):
    entry = written(world, hours=30)
    sweep(at=MORNING)
    with acting(world.supervisor):
        signing.cosign(form="narrative", entry=entry.pk, by=world.supervisor, at=MORNING)
    assert standing() == []
    assert sweep(at=MORNING).raised == 0


def test_it_stays_while_the_crew_still_writes(world: World):
    entry = written(world, hours=30)
    sweep(at=MORNING)
    asked = world.fill(entry.encounter, "cssrs_screener", {"q1": "no"}, by=world.navigator)
    assert asked.status_code == 200, asked.data
    assert [alarm.entry for alarm in standing()] == [entry.pk]


def test_whoever_leads_is_told_on_the_caseload_and_the_queue(world: World, browse):
    for page in ("/caseload/", "/cosignatures/"):
        assert "overdue:" not in seen(browse("supervisor").get(page))
    written(world, hours=30)
    written(world, hours=2)
    for page in ("/caseload/", "/cosignatures/"):
        assert (
            "1 co-signature overdue: until somebody co-signs, this entry counts in no official figure"
            in seen(browse("supervisor").get(page))
        )
