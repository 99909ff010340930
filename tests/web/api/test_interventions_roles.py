"""Who may write which of these forms, each refusal beside its permission; and what else cannot be."""

from datetime import date, timedelta
from typing import Any

import pytest

from mih.core.ids import uuid7
from mih.interventions.models import KitLeft, MedicationGiven, Refusal
from tests.unit.interventions.support import Scene, at, naloxone, ok, receive, scene
from tests.world import World


@pytest.fixture
def found(world: World, noon: object) -> Scene:
    return scene(world)


def test_a_peer_records_what_others_gave_and_not_what_the_crew_gave(found: Scene) -> None:
    peer = found.world.peer
    lay = naloxone(at(13, 6), given_by="family")
    record = ok(found.fill("naloxone", at(13, 14), lay, by=peer)).data["record"]
    refused = found.fill("naloxone", at(13, 14), naloxone(at(13, 6), given_by="our_paramedic"), by=peer)
    assert refused.status_code == 403
    turned = found.fill(
        "naloxone", at(13, 14), {"given_by": "our_peer"}, by=peer, record=record, version=1, base={"given_by": "family"}
    )  # fmt: skip
    assert turned.status_code == 403
    assert found.fill("naloxone", at(13, 14), lay, by=found.world.navigator).status_code == 403
    ours = naloxone(at(13, 16), given_by="our_paramedic")
    ok(found.fill("naloxone", at(13, 16), ours))
    assert MedicationGiven.objects.count() == 2


def test_our_own_dose_asks_for_authority_and_lot_and_a_bystanders_does_not(found: Scene) -> None:
    ok(found.fill("naloxone", at(13, 16), naloxone(at(13, 6), given_by="lay")))
    assert ("missing", "naloxone") not in found.missing(at(13, 17))
    ok(found.fill("naloxone", at(13, 16), naloxone(at(13, 16), given_by="our_paramedic")))
    fields = {gap["field"] for gap in found.review(at(13, 17))["missing"] if gap["form"] == "naloxone"}
    assert {"authorisation", "lot"} <= fields


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"dose_mg": 40}, "dose_mg"),
        ({"rr_before": 95}, "rr_before"),
        ({"route": "IV"}, "route"),
        ({"happened_at": (at(13, 16) + timedelta(hours=1)).isoformat()}, "happened_at"),
        ({"medicine": "aspirin"}, "medicine"),
    ],
)
def test_a_dose_that_cannot_be_is_refused(found: Scene, wrong: dict[str, Any], field: str) -> None:
    refused = found.fill("naloxone", at(13, 16), naloxone(at(13, 6), **wrong))
    assert refused.status_code == 400
    assert [error["attr"] for error in refused.data["errors"]] == [field]
    ok(found.fill("naloxone", at(13, 16), naloxone(at(13, 6))))


def test_an_expired_lot_is_not_handed_out_and_one_soon_to_expire_warns(found: Scene) -> None:
    world = found.world
    ok(receive(world, "naloxone_kit", "OLD", 2, expires=date(2027, 1, 11)))
    ok(receive(world, "naloxone_kit", "TODAY", 2, expires=date(2027, 1, 12)))
    ok(receive(world, "naloxone_kit", "GOOD", 2, expires=date(2028, 1, 1)))
    kit = {"item": "naloxone_kit", "quantity": 1, "recipient": "patient", "trained": True}
    refused = found.fill("kit_left", at(13, 50), {**kit, "lot": "OLD"})
    assert refused.status_code == 400
    assert "expired on 2027-01-11" in refused.data["errors"][0]["detail"]
    ok(found.fill("kit_left", at(13, 50), {**kit, "lot": "TODAY"}))
    assert ("KIT_EXPIRES_SOON", "kit_left") in found.missing(at(13, 51), blocking=False)
    ok(found.fill("kit_left", at(13, 50), {**kit, "lot": "good"}))
    assert KitLeft.objects.count() == 2


def test_xylazine_strips_wait_for_their_flag_and_fentanyl_strips_do_not(found: Scene) -> None:
    strips = {"quantity": 5, "recipient": "bystander", "trained": True}
    refused = found.fill("kit_left", at(13, 50), {**strips, "item": "xylazine_strips"})
    assert refused.status_code == 400
    assert "not cleared" in refused.data["errors"][0]["detail"]
    ok(found.fill("kit_left", at(13, 50), {**strips, "item": "fentanyl_strips"}, by=found.world.peer))


def test_a_kit_not_taken_needs_only_its_reason(found: Scene) -> None:
    ok(found.fill("kit_left", at(13, 50), {"item": "naloxone_kit"}))
    assert ("missing", "kit_left") in found.missing(at(13, 51))
    record = KitLeft.objects.get()
    ok(
        found.fill(
            "kit_left", at(13, 52), {"declined_reason": "Has two at home"}, record=record.pk, version=1
        )
    )
    assert ("missing", "kit_left") not in found.missing(at(13, 53))


def test_a_navigator_signs_a_refusal_as_witness_only(found: Scene) -> None:
    navigator, record = found.world.navigator, uuid7()
    began = found.fill("refusal", at(14, 0), {"witness": "Nia Holt"}, by=navigator, record=record)
    assert began.status_code == 403
    ok(found.fill("refusal", at(14, 0), {"refuses": ["transport"], "understands": True}, record=record))
    beyond = found.fill("refusal", at(14, 1), {"appreciates": True}, by=navigator, record=record, version=1)
    assert beyond.status_code == 403
    witness = {"witness": "Nia Holt", "witness_signature": {"status": "signed", "name": "Nia Holt"}}
    ok(found.fill("refusal", at(14, 1), witness, by=navigator, record=record, version=1))
    assert Refusal.objects.get().witness == "Nia Holt"


def test_a_no_to_any_element_makes_capacity_unclear_until_both_are_called(found: Scene) -> None:
    record = uuid7()
    ok(found.fill("refusal", at(14, 0), {"refuses": ["transport"], "understands": False}, record=record))
    assert found.alarms(at(14, 1))["CAPACITY_UNCLEAR"] == "amber"
    needed = {"CAPACITY_UNCLEAR_MEDICAL_CONTROL", "CAPACITY_UNCLEAR_SUPERVISOR"}
    assert needed <= {code for code, _ in found.missing(at(14, 1))}
    called = {
        "medical_control": "Dr. Vale",
        "medical_control_at": at(14, 2).isoformat(),
        "supervisor": "Sami Boone",
        "supervisor_at": at(14, 3).isoformat(),
    }
    ok(found.fill("refusal", at(14, 4), called, record=record, version=1))
    assert not needed & {code for code, _ in found.missing(at(14, 5))}
    assert found.alarms(at(14, 5))["CAPACITY_UNCLEAR"] == "amber"


def test_de_escalation_rates_bars_from_1_to_7_and_calls_out_the_ends(found: Scene) -> None:
    calm = {"techniques": ["space", "listening"], "bars_before": 6, "bars_after": 5, "effective": True}
    assert found.fill("deescalation", at(13, 20), {**calm, "bars_before": 8}).status_code == 400
    ok(found.fill("deescalation", at(13, 20), calm, by=found.world.peer))
    assert found.alarms(at(13, 21)) == {"BARS_6": "amber"}
    ok(found.fill("deescalation", at(13, 40), {**calm, "bars_before": 5, "bars_after": 4}))
    assert found.alarms(at(13, 41)) == {"BARS_6": "amber"}
