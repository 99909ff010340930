"""After naloxone: nostrils, looks for re-sedation, the length of the watch; kits and strips with what belongs to them."""

from datetime import date

import pytest

from mih.interventions.models import KitLeft, MedicationGiven
from tests.unit.interventions.support import Scene, at, naloxone, ok, receive, scene
from tests.world import World

KIT = {"item": "naloxone_kit", "quantity": 1, "recipient": "patient", "trained": True, "teach_back": True}


@pytest.fixture
def found(world: World, noon: object) -> Scene:
    return scene(world)


def advice(found: Scene) -> set[str]:
    return {code for code, _ in found.missing(at(14, 40), blocking=False)}


def test_two_sprays_in_one_nostril_are_noticed_and_alternating_ones_are_not(found: Scene) -> None:
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 6), site="left_nostril")))
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 9), site="right_nostril")))
    assert "SAME_NOSTRIL" not in advice(found)
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 12), site="right_nostril")))
    hint = next(gap for gap in found.review(at(14, 40))["missing"] if gap["code"] == "SAME_NOSTRIL")
    assert "into the right nostril" in hint["sentence"]
    assert "a further one goes into the left nostril" in hint["sentence"]
    assert not hint["blocking"]


def test_a_look_that_finds_them_drowsy_again_raises_the_watch_and_asks_what_was_done(found: Scene) -> None:
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 6))))
    awake = {"happened_at": at(13, 30).isoformat(), "avpu": "A", "rr": 16, "resedated": False}
    ok(found.fill("resedation_check", at(13, 30), awake))
    assert "RESEDATION_WATCH" not in found.alarms(at(13, 31))
    slower = {"happened_at": at(13, 50).isoformat(), "avpu": "A", "rr": 13, "resedated": False}
    ok(found.fill("resedation_check", at(13, 50), slower))
    assert found.alarms(at(13, 51))["RESEDATION_WATCH"] == "amber"
    drowsy = {"happened_at": at(14, 0).isoformat(), "avpu": "V", "rr": 9, "resedated": True}
    ok(found.fill("resedation_check", at(14, 0), drowsy))
    assert ("missing", "resedation_check") in found.missing(at(14, 1))


@pytest.mark.parametrize("wrong", [{"rr": 200}, {"spo2": 101}])
def test_a_look_that_cannot_be_is_refused(found: Scene, wrong: dict[str, int]) -> None:
    assert found.fill("resedation_check", at(13, 30), wrong).status_code == 400
    ok(found.fill("resedation_check", at(13, 30), {"rr": 12, "spo2": 99}))


def test_methadone_on_board_is_watched_for(found: Scene) -> None:
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 6))))
    assert "RESEDATION_WATCH" not in found.alarms(at(13, 15))
    ok(found.fill("induction", at(13, 20), {"methadone": "yes"}))
    assert "RESEDATION_WATCH" in found.alarms(at(13, 21))


def test_a_short_watch_says_why_and_who_stays(found: Scene) -> None:
    ok(found.fill("naloxone", at(14, 0), naloxone(at(14, 0), given_by="lay")))
    assert "OBSERVATION_SHORT" in advice(found)
    ended = {"happened_at": at(14, 30).isoformat(), "resedated": False, "ended_early": "Left; brother stays"}
    ok(found.fill("resedation_check", at(14, 30), ended))
    assert "OBSERVATION_SHORT" not in advice(found)


def test_other_antagonists_come_from_the_policy_with_their_dose(found: Scene) -> None:
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 6), medicine="nalmefene_nasal")))
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 8), medicine="naloxone_nasal_8")))
    assert (
        found.fill("naloxone", at(13, 14), naloxone(at(13, 9), medicine="naloxone_spoon")).status_code == 400
    )
    assert MedicationGiven.objects.count() == 2
    total = next(a for a in found.get("", time=at(13, 15)).data["alarms"] if a["code"] == "OD_REVERSAL")
    assert "8 mg in 1 dose" in total["message"]


def test_an_expired_kit_is_not_handed_out_but_kept_when_it_was(found: Scene) -> None:
    ok(receive(found.world, "naloxone_kit", "OLD", 2, expires=date(2027, 1, 11)))
    refused = found.fill("kit_left", at(13, 50), {**KIT, "lot": "OLD"})
    assert refused.status_code == 400
    assert refused.data["errors"][0]["code"] == "KIT_EXPIRED"
    assert "KIT_EXPIRED" not in found.alarms(at(13, 51))
    ok(found.fill("kit_left", at(13, 52), {**KIT, "lot": "OLD", "expired_reason": "The only one we had"}))
    assert found.alarms(at(13, 53))["KIT_EXPIRED"] == "amber"
    assert ("KIT_EXPIRED", "kit_left") not in found.missing(at(13, 53))
    row = KitLeft.objects.get()
    cleared = {"expired_reason": ""}
    ok(found.fill("kit_left", at(13, 54), cleared, record=row.pk, version=row.version,
                  base={"expired_reason": row.expired_reason}))  # fmt: skip
    assert ("KIT_EXPIRED", "kit_left") in found.missing(at(13, 55))


def test_an_expired_spray_that_was_given_is_a_fact_and_is_called_out(found: Scene) -> None:
    ok(receive(found.world, "naloxone_spray_4", "OLD-S", 2, expires=date(2027, 1, 11)))
    ours = naloxone(at(13, 16), given_by="our_paramedic", lot="OLD-S", authorisation="standing_order")
    ok(found.fill("naloxone", at(13, 16), ours))
    assert found.alarms(at(13, 17))["KIT_EXPIRED"] == "amber"


def test_strips_carry_what_the_person_found_as_their_own_test(found: Scene) -> None:
    strips = {
        "item": "fentanyl_strips", "quantity": 5, "recipient": "bystander", "instructions": True,
        "strip_substance": "Blue pill", "strip_result": "positive",
    }  # fmt: skip
    ok(found.fill("kit_left", at(13, 50), strips, by=found.world.peer))
    assert "trained" not in {gap["field"] for gap in found.review(at(13, 51))["missing"] if gap["blocking"]}
    from mih.interventions.lines.kit import LeftBehind

    rows = dict(LeftBehind().rows(KitLeft.objects.get()))
    assert rows["About the result"] == "Self-test by the person; not a laboratory result."
    assert rows["Given to"] == "Bystander, not named"
