"""Bridge doses over days, doses by other teams, trouble after a dose, and what is kept of what was not given."""

from datetime import timedelta
from typing import Any

import pytest

from mih.interventions.models import BridgePlan, BuprenorphineDose, Induction, InductionAttempt
from mih.protocols.selectors import in_force
from tests.unit.interventions.support import (
    COWS_1,
    COWS_2,
    VITALS,
    Scene,
    at,
    dose,
    induction,
    naloxone,
    ok,
    scene,
)
from tests.world import World


@pytest.fixture
def started(world: World, noon: object) -> Scene:
    """The first day: sixteen milligrams at 13:38."""
    found = scene(world)
    ok(found.fill("naloxone", at(13, 14), naloxone(at(13, 6))))
    ok(found.fill("vitals", at(13, 15), VITALS))
    ok(found.fill("cows", at(13, 20), COWS_1))
    ok(found.fill("induction", at(13, 37), induction()))
    ok(found.fill("buprenorphine_dose", at(13, 38), dose(world)))
    return found


def visit(found: Scene, days: int) -> Scene:
    """A response to the same person so many days later, with today's questions asked."""
    response = found.world.response(person=found.response.person, unit=found.world.unit)
    made = Scene(found.world, response)
    day = timedelta(days=days)
    ok(made.fill("vitals", at(13, 50) + day, VITALS))
    today = {
        "wants_treatment": True, "capacity": True, "consent_verbal": True, "methadone": "never",
        "already_on_bup_today": False, "severe_illness": False, "alcohol_today": False, "sedatives_today": False,
        "pregnant": "not_applicable",
    }  # fmt: skip
    ok(made.fill("induction", at(13, 51) + day, today))
    return made


def plan(found: Scene, **more: Any) -> Any:
    wanted = {
        "days": 2, "daily_mg": 16, "agreed": True, "prescriber_linked": False, "order_physician": "Dr. Vale",
        "order_at": at(14, 0).isoformat(), **more,
    }  # fmt: skip
    return found.fill("bridge_plan", at(14, 5), wanted)


def plan_gaps(found: Scene) -> set[str]:
    return {code for code, form in found.missing(at(14, 6)) if form == "bridge_plan"}


@pytest.fixture
def bridged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The medical director has set six further daily doses."""
    from mih.encounters import picture

    original = picture.pinned

    def changed(versions: Any) -> Any:
        policies = dict(original(versions))
        policies["buprenorphine"] = policies["buprenorphine"].changed(bridge_daily_doses=6)
        return policies

    monkeypatch.setattr(picture, "pinned", changed)


def test_as_shipped_a_plan_is_kept_and_waits_for_the_protocol(started: Scene) -> None:
    assert in_force("buprenorphine", at(13, 0))["bridge_daily_doses"] == 0
    ok(plan(started))
    assert BridgePlan.objects.get().days == 2
    assert plan_gaps(started) == {"BRIDGE_BEYOND_PROTOCOL"}
    refused = visit(started, 1).fill("buprenorphine_dose", at(14, 0) + timedelta(days=1), dose(started.world))
    assert refused.status_code == 403
    assert "BRIDGE_OFF" in {error["attr"] for error in refused.data["errors"]}


@pytest.mark.usefixtures("bridged")
@pytest.mark.parametrize(
    ("plan_of", "gaps"),
    [
        ({"days": 3}, set()),
        ({"days": 4}, {"BRIDGE_NO_PRESCRIBER"}),
        ({"days": 6, "prescriber_linked": True, "prescriber": "Clinic M"}, set()),
        ({"days": 7, "prescriber_linked": True, "prescriber": "Clinic M"}, {"BRIDGE_BEYOND_PROTOCOL"}),
        ({"daily_mg": 25}, {"DAILY_CAP"}),
        ({"daily_mg": 7}, {"FILMS_CANNOT_MAKE_DOSE"}),
        ({"dispensed_days": 3}, set()),
        ({"dispensed_days": 4}, {"DISPENSE_LIMIT"}),
        ({"order_physician": "", "agreed": None}, {"missing"}),
    ],
)
def test_a_plan_says_what_the_protocol_and_the_law_do_not_allow(
    started: Scene, plan_of: dict[str, Any], gaps: set[str]
) -> None:
    ok(plan(started, **plan_of))
    assert plan_gaps(started) == gaps


@pytest.mark.usefixtures("bridged")
def test_each_day_is_given_once_with_its_checks_until_the_plan_is_used_up(started: Scene) -> None:
    ok(plan(started))
    for day in (1, 2):
        here = visit(started, day)
        time = at(14, 0) + timedelta(days=day)
        found = here.verdict(time)
        assert (found["eligible"], found["next_dose_mg"]) == (True, 16)
        assert found["bridge"] == {"day": day, "of": 2}
        assert here.fill("buprenorphine_dose", time, dose(started.world, mg=8)).status_code == 403
        ok(here.fill("buprenorphine_dose", time, dose(started.world)))
        again = here.fill("buprenorphine_dose", time + timedelta(hours=1), dose(started.world))
        assert again.status_code == 403
        assert "BRIDGE_GIVEN_TODAY" in {error["attr"] for error in again.data["errors"]}
    third = visit(started, 3).fill("buprenorphine_dose", at(14, 0) + timedelta(days=3), dose(started.world))
    assert {"BRIDGE_DAYS_USED", "BRIDGE_OVER"} <= {error["attr"] for error in third.data["errors"]}
    assert BuprenorphineDose.objects.count() == 3


@pytest.mark.usefixtures("bridged")
def test_a_drowsy_person_gets_no_daily_dose(started: Scene) -> None:
    ok(plan(started))
    here, time = visit(started, 1), at(14, 0) + timedelta(days=1)
    ok(here.fill("vitals", at(13, 55) + timedelta(days=1), {**VITALS, "rr": 8}))
    refused = here.fill("buprenorphine_dose", time, dose(started.world))
    assert {error["attr"] for error in refused.data["errors"]} >= {"RR_LOW"}


def test_what_another_team_gave_today_counts_toward_the_cap_and_a_void_response_does_not(
    started: Scene,
) -> None:
    world = started.world
    other = Scene(world, world.response(person=started.response.person, programme=world.crt))
    again = {
        **induction(last_use_at=at(12, 50).isoformat()),
        "order_at": at(17, 0).isoformat(),
        "consent_at": None,
    }
    ok(other.fill("vitals", at(17, 0), VITALS))
    ok(other.fill("induction", at(17, 1), again))
    ok(other.fill("cows", at(17, 2), COWS_1))
    found = other.get("induction/", time=at(17, 3)).data["verdict"]
    assert (found["given_mg"], found["remaining_mg"], found["next_dose_mg"]) == (16, 8, 8)
    refused = other.fill("buprenorphine_dose", at(17, 4), dose(world))
    assert "DAILY_CAP" in {error["attr"] for error in refused.data["errors"]}
    started.response.__class__.objects.filter(pk=started.response.pk).update(voided_at=at(17, 5))
    assert other.get("induction/", time=at(17, 6)).data["verdict"]["given_mg"] == 0


def test_after_a_dose_the_verdict_shows_the_cows_taken_since_and_not_the_one_before(started: Scene) -> None:
    further = started.verdict(at(13, 50))["next"]
    assert further["cows"] is None
    assert "COWS_MISSING" in further["codes"]
    ok(started.fill("cows", at(14, 10), COWS_2))
    assert started.verdict(at(14, 11))["next"]["cows"] == 6


def test_precipitated_withdrawal_is_seen_within_two_hours_of_any_dose_and_needs_an_order_given_since(
    started: Scene,
) -> None:
    ok(started.fill("cows", at(14, 10), {**COWS_1, "aches": 2}))
    assert "PRECIP_WD" not in started.alarms(at(14, 11))
    eight = dose(started.world, mg=8, films=[{"strength": "8/2", "count": "1", "lot": "FILM-82"}])
    ok(started.fill("buprenorphine_dose", at(14, 12), eight))
    worse = {**COWS_1, "aches": 2, "gi": 3, "nose": 4, "tremor": 2, "anxiety": 2}
    ok(started.fill("cows", at(14, 50), worse))
    assert started.alarms(at(14, 51))["PRECIP_WD"] == "red"
    message = next(
        a["message"] for a in started.get("", time=at(14, 51)).data["alarms"] if a["code"] == "PRECIP_WD"
    )
    assert "Call medical control before the next dose" in message


def test_a_further_dose_after_precipitated_withdrawal_waits_for_a_new_order(started: Scene) -> None:
    ok(started.fill("cows", at(14, 10), {**COWS_1, "gi": 5, "restlessness": 5, "sweating": 4}))
    found = started.verdict(at(14, 12))["next"]
    assert {"PRECIP_WD", "ORDER_MISSING"} <= set(found["codes"])
    row = Induction.objects.get()
    ordered = {"order_at": at(14, 11).isoformat(), "order_physician": "Dr. Moss"}
    ok(started.fill("induction", at(14, 13), ordered, record=row.pk, version=row.version,
                    base={"order_at": row.order_at.isoformat(), "order_physician": "Dr. Vale"}))  # fmt: skip
    assert "ORDER_MISSING" not in started.verdict(at(14, 14))["next"]["codes"]


def test_every_answer_of_a_physician_and_every_no_of_the_person_is_kept(world: World, noon: object) -> None:
    found = scene(world)
    ok(found.fill("cows", at(13, 20), COWS_1))
    ok(found.fill("induction", at(13, 30), induction(order_answer="denied", order_note="Too early")))
    refused = found.fill("buprenorphine_dose", at(13, 31), dose(world))
    assert "ORDER_DENIED" in {error["attr"] for error in refused.data["errors"]}
    row = Induction.objects.get()
    second = {"order_answer": "approved", "order_physician": "Dr. Moss", "order_at": at(13, 36).isoformat()}
    base = {"order_answer": "denied", "order_physician": "Dr. Vale", "order_at": row.order_at.isoformat()}
    ok(found.fill("induction", at(13, 37), second, record=row.pk, version=row.version, base=base))
    row.refresh_from_db()
    no = {"wants_treatment": False, "declined_reason": "Not today"}
    ok(
        found.fill(
            "induction", at(13, 40), no, record=row.pk, version=row.version, base={"wants_treatment": True}
        )
    )
    kept = InductionAttempt.objects.exclude(kind="evaluation").order_by("at", "id")
    assert [(each.kind, each.reason) for each in kept] == [
        ("denied", "Too early"),
        ("refused", ""),
        ("approved", "Too early"),
        ("declined", "Not today"),
    ]
    assert [each.verdict["order"]["physician"] for each in kept if "order" in each.verdict] == [
        "Dr. Vale",
        "Dr. Moss",
    ]


def test_leaving_soon_after_the_last_dose_says_why_unless_transported(started: Scene) -> None:
    started.response.__class__.objects.filter(pk=started.response.pk).update(cleared_at=at(13, 50))
    assert "BUP_OBSERVATION_SHORT" in {code for code, _ in started.missing(at(13, 51))}
    ok(started.fill("disposition", at(13, 52), {"code": "ed_transport_own"}))
    assert "BUP_OBSERVATION_SHORT" not in {code for code, _ in started.missing(at(13, 53))}


def test_treatment_is_asked_for_within_a_day(started: Scene) -> None:
    assert ("MAT_REFERRAL_MISSING", "referral") in started.missing(at(14, 0), blocking=False)
    ok(started.fill("referral", at(14, 10), {"category": "mat", "consent_given": True}))
    assert "MAT_REFERRAL_MISSING" not in {code for code, _ in started.missing(at(14, 11), blocking=False)}
