"""Scenario S05: the engine says no, with every reason; what may be given all the same, and what that asks for."""

from datetime import timedelta
from typing import Any

import pytest

from mih.interventions.models import BuprenorphineDose, DoseReview, InductionAttempt
from tests.unit.interventions.support import (
    COWS_1,
    VITALS,
    Scene,
    at,
    dose,
    induction,
    naloxone,
    ok,
    scene,
    second,
)
from tests.world import World

COWS_S05 = {"pulse": 1, "sweating": 1, "restlessness": 1, "pupils": 1, "aches": 1, "nose": 0, "gi": 1, "tremor": 0,
            "yawning": 0, "anxiety": 0, "gooseflesh": 0}  # fmt: skip
ALL_THREE = {"COWS_BELOW_MIN", "OBJECTIVE_SIGNS_LT_2", "RECENT_METHADONE"}
METHADONE = {
    "methadone": "yes",
    "methadone_last_at": (at(15, 25) - timedelta(hours=19)).isoformat(),
    "methadone_mg": 80,
}


@pytest.fixture
def s05(world: World, noon: object) -> Scene:
    """S05 with the history taken and an order that says nothing of an override."""
    found = scene(world)
    found.response.cleared_at = None
    found.response.__class__.objects.filter(pk=found.response.pk).update(cleared_at=None)
    ok(found.fill("naloxone", at(15, 10), naloxone(at(15, 2), given_by="lay")))
    ok(found.fill("vitals", at(15, 12), {**VITALS, "hr": 88, "sbp": 124, "dbp": 80, "rr": 14, "spo2": 98}))
    ok(found.fill("cows", at(15, 25), COWS_S05))
    ok(found.fill("induction", at(15, 26), induction(**METHADONE)))
    return found


def override(found: Scene, **more: Any) -> None:
    entry = next(e for e in found.get("", time=at(15, 30)).data["entries"] if e["form"] == "induction")
    base = {name: entry["values"][name] for name in more}
    ok(found.fill("induction", at(15, 30), more, record=entry["record"], version=entry["version"], base=base))


def test_not_eligible_with_all_three_reasons(s05: Scene) -> None:
    found = s05.get("induction/", time=at(15, 27)).data
    verdict = found["verdict"]
    assert (verdict["status"], verdict["eligible"], verdict["cows"], verdict["objective_signs"]) == (
        "not_eligible",
        False,
        6,
        [],
    )
    assert {r["code"] for r in verdict["reasons"] if r["blocks"]} == ALL_THREE
    sentence = next(r["sentence"] for r in verdict["reasons"] if r["code"] == "RECENT_METHADONE")
    assert "19" in sentence
    assert "72" in sentence
    assert (found["may_give"], found["may_override"]) == (False, True)


def test_peer_navigator_and_intern_never_see_the_override(s05: Scene) -> None:
    world = s05.world
    for staff in (world.peer, world.navigator, world.intern):
        assert s05.get("induction/", time=at(15, 27), by=staff).data["may_override"] is False
        refused = s05.fill("induction", at(15, 28), {"override_reason": "Because"}, by=staff)
        assert refused.status_code == 403
        assert s05.fill("buprenorphine_dose", at(15, 28), dose(world), by=staff).status_code == 403
    assert s05.get("induction/", time=at(15, 27)).data["may_override"] is True


def test_giving_now_is_refused_with_every_reason_and_the_attempt_stays(s05: Scene) -> None:
    refused = s05.fill("buprenorphine_dose", at(15, 28), dose(s05.world))
    assert refused.status_code == 403
    assert {error["attr"] for error in refused.data["errors"]} == {None, *ALL_THREE}
    assert not any("override" in error["detail"].lower() for error in refused.data["errors"])
    assert not BuprenorphineDose.objects.exists()
    attempt = InductionAttempt.objects.get(kind="refused")
    assert (attempt.by, attempt.asked_mg, attempt.status) == (s05.world.paramedic, 16, "not_eligible")
    assert set(attempt.codes) >= ALL_THREE


def test_each_verdict_that_differs_is_kept(s05: Scene) -> None:
    before = InductionAttempt.objects.filter(kind="evaluation").count()
    ok(s05.fill("narrative", at(15, 29), {"text": "Talking."}))
    assert InductionAttempt.objects.filter(kind="evaluation").count() == before
    ok(s05.fill("cows", at(15, 40), COWS_1))
    latest = InductionAttempt.objects.filter(kind="evaluation").latest("at")
    assert latest.codes == ["RECENT_METHADONE"] or set(latest.codes) >= {"RECENT_METHADONE"}
    assert "COWS_BELOW_MIN" not in latest.codes


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"override_reason": "Clinic says dose was missed"}, "OVERRIDE_ORDER"),
        ({"override_reason": "Clinic says dose was missed", "order_id": "A-17", "order_kind": "standing"}, "OVERRIDE_ORDER"),
    ],
)  # fmt: skip
def test_an_override_lacks_the_online_order(s05: Scene, given: dict[str, Any], lacking: str) -> None:
    override(s05, **given)
    refused = s05.fill("buprenorphine_dose", at(15, 31), dose(s05.world))
    assert refused.status_code == 403
    assert lacking in {error["attr"] for error in refused.data["errors"]}


def test_an_override_without_a_reason_is_refused(s05: Scene) -> None:
    override(s05, order_id="A-17")
    assert s05.fill("buprenorphine_dose", at(15, 31), dose(s05.world)).status_code == 403


def test_a_full_override_is_allowed_logged_and_reviewed(s05: Scene) -> None:
    override(s05, override_reason="Clinic says the dose was missed for days", order_id="A-17")
    ok(s05.fill("buprenorphine_dose", at(15, 31), dose(s05.world)))
    attempt = InductionAttempt.objects.get(kind="override")
    assert (attempt.order_id, attempt.by) == ("A-17", s05.world.paramedic)
    review = DoseReview.objects.get()
    assert (set(review.codes), review.order_id) == (ALL_THREE, "A-17")

    world = s05.world
    assert world.client(world.paramedic).get("/api/dose-reviews/").status_code == 403
    assert [row["id"] for row in ok(world.client(world.medical_director).get("/api/dose-reviews/")).data] == [
        str(review.pk)
    ]
    close = f"/api/dose-reviews/{review.pk}/close/"
    assert world.client(world.paramedic).post(close, {"finding": "Fine"}).status_code == 403
    ok(world.client(world.medical_director).post(close, {"finding": "Agreed with the physician."}))
    assert world.client(world.medical_director).post(close, {"finding": "Again"}).status_code == 409


def test_some_stops_nobody_overrides(s05: Scene) -> None:
    override(s05, override_reason="It is right", order_id="A-17", allergy=True)
    refused = s05.fill("buprenorphine_dose", at(15, 31), dose(s05.world))
    assert refused.status_code == 403
    assert "ALLERGY" in {error["attr"] for error in refused.data["errors"]}


def test_a_dose_that_was_given_is_kept_and_explained_before_signing(s05: Scene) -> None:
    ok(s05.fill("buprenorphine_dose", at(15, 50), dose(s05.world, happened_at=at(15, 40).isoformat())))
    assert BuprenorphineDose.objects.get().verdict["eligible"] is False
    gaps = {gap["code"]: gap for gap in s05.review(at(15, 51))["missing"] if gap["blocking"]}
    assert gaps["OUTSIDE_PROTOCOL"]["form"] == "induction"
    assert "COWS is 6" in gaps["OUTSIDE_PROTOCOL"]["sentence"]
    override(s05, override_reason="Given before the answer was known", order_id="A-17")
    assert "OUTSIDE_PROTOCOL" not in {code for code, _ in s05.missing(at(15, 52))}


def test_an_unsigned_protocol_gives_nothing_but_keeps_what_happened(s05: Scene) -> None:
    s05.response.__class__.objects.filter(pk=s05.response.pk).update(pinned={})
    found = s05.verdict(at(15, 27))
    assert (found["status"], found["enabled"]) == ("disabled", False)
    assert "PROTOCOL_UNSIGNED" in found["codes"]
    override(s05, override_reason="It is right", order_id="A-17")
    refused = s05.fill("buprenorphine_dose", at(15, 31), dose(s05.world))
    assert refused.status_code == 403
    assert "PROTOCOL_UNSIGNED" in {error["attr"] for error in refused.data["errors"]}
    ok(s05.fill("buprenorphine_dose", at(15, 31), dose(s05.world, happened_at=at(15, 30).isoformat())))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mg": -2}, "mg"),
        ({"films": [{"strength": "7/2", "count": "2", "lot": "X"}]}, "films"),
        ({"films": [{"strength": "8/2", "count": "half", "lot": "X"}]}, "films"),
        ({"witness": "pat"}, "witness"),
        ({"witness": "nobody-of-that-name"}, "witness"),
        ({"happened_at": (at(15, 40) + timedelta(hours=3)).isoformat()}, "happened_at"),
    ],
)
def test_values_that_cannot_be_are_refused_with_a_sentence(
    s05: Scene, wrong: dict[str, Any], field: str
) -> None:
    given = dose(s05.world, happened_at=at(15, 40).isoformat())
    ok(s05.fill("buprenorphine_dose", at(15, 41), given))
    refused = s05.fill("buprenorphine_dose", at(15, 41), {**given, **wrong})
    assert refused.status_code == 400
    assert [error["attr"] for error in refused.data["errors"]] == [field]


def test_films_must_make_the_dose_and_the_waste(s05: Scene) -> None:
    given = dose(s05.world, happened_at=at(15, 40).isoformat(), mg=12)
    record = ok(s05.fill("buprenorphine_dose", at(15, 41), given)).data
    films = [gap for gap in s05.review(at(15, 42))["missing"] if gap["field"] == "films"]
    assert "16 mg" in films[0]["sentence"]
    more = {"waste_mg": 4, "waste_witness": s05.world.peer.username}
    ok(s05.fill("buprenorphine_dose", at(15, 43), more, record=record["record"], version=1))
    assert not [gap for gap in s05.review(at(15, 44))["missing"] if gap["field"] in ("films", "waste_mg")]
    assert "WASTE_WITNESS_MISSING" in {code for code, _ in s05.missing(at(15, 44))}
    assert second(s05, at(15, 45), act="waste").status_code == 403
    ok(second(s05, at(15, 46), act="waste", witness="perry"))
    assert "WASTE_WITNESS_MISSING" not in {code for code, _ in s05.missing(at(15, 47))}
