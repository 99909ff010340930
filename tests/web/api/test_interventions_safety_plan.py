"""Scenario S03: the safety plan complete, with a number missing, and with the handgun declined; versions; roles."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.safety_plans.models import PlanReview, SafetyPlan
from mih.safety_plans.steps import STEPS
from tests.unit.interventions.support import ok
from tests.world import World

EVENING = datetime(2027, 3, 4, 3, 0, tzinfo=UTC)
"""21:00 in Oklahoma City on 2027-03-03."""

HANDGUN = {
    "kind": "firearms",
    "what": "Handgun",
    "action": "transferred",
    "verifier": "Brother-in-law, by phone",
    "when": "21:20",
    "reason": "",
}
MEDICINES = {
    "kind": "medicines",
    "what": "All tablets",
    "action": "locked",
    "verifier": "Spouse",
    "when": "21:30",
}
HELPERS = [
    {"name": "Spouse", "relation": "Spouse", "phone": "405-555-0121"},
    {"name": "Brother-in-law", "relation": "Family", "phone": "405-555-0122"},
]
S03: dict[str, Any] = {
    "warning_signs": ["Not sleeping", "Drinking alone", "Giving things away"],
    "coping": ["Walk the dog", "Guitar"],
    "distraction": [
        {"name": "Brother", "kind": "person"},
        {"name": "Neighbor", "kind": "person"},
        {"name": "Barber shop", "kind": "place"},
    ],
    "helpers": HELPERS,
    "professionals": [
        {"name": "Clinic", "phone": "405-555-0130"},
        {"name": "988 Lifeline", "phone": "988"},
        {"name": "Crisis center", "phone": "405-555-0131"},
    ],
    "access_firearms": "yes",
    "access_medicines": "yes",
    "access_other": "no",
    "means": [HANDGUN, MEDICINES],
    "reason_for_living": "Daughter",
    "collaborative": True,
    "plan_on": "2027-03-03",
    "acknowledged_by": "client",
    "signature": {"status": "signed", "name": "R. Example"},
    "copy_given": "paper",
    "caregiver": "present",
    "caregiver_name": "Spouse",
    "caregiver_permission": True,
}
MODERATE = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "no", "q5": "no", "q6": "yes", "q6_recent": "no"}


class Evening:
    """The response of S03, and its plan as it is written."""

    def __init__(self, world: World, person: Any = None) -> None:
        self.world = world
        self.record: UUID = uuid7()
        self.response: Encounter = world.response(
            by=world.clinician,
            person=person or world.person(),
            on_scene_at=EVENING - timedelta(minutes=58),
            cleared_at=EVENING + timedelta(minutes=48),
        )

    def fill(self, form: str, values: dict[str, Any], **options: Any) -> Any:
        options.setdefault("by", self.world.clinician)
        return self.world.fill(self.response, form, values, **options)

    def plan(self, values: dict[str, Any], **options: Any) -> Any:
        """Write on the plan, starting from what stands."""
        row = SafetyPlan.objects.filter(pk=self.record).first()
        base = {name: getattr(row, name) for name in values} if row else {}
        version = row.version if row else 0
        return self.fill("safety_plan", values, record=self.record, base=base, version=version, **options)

    @property
    def summary(self) -> str:
        return str(SafetyPlan.objects.get(pk=self.record).completeness["summary"])

    def codes(self, *, blocking: bool) -> set[str]:
        client = self.world.client(self.world.clinician)
        found = client.get(f"/api/encounters/{self.response.pk}/review/").data["missing"]
        return {gap["code"] for gap in found if gap["blocking"] is blocking}

    def sign(self) -> Any:
        client = self.world.client(self.world.clinician)
        return client.post(f"/api/encounters/{self.response.pk}/sign/")

    def ready(self) -> None:
        """Everything but the plan."""
        ok(self.fill("cssrs_screener", MODERATE))
        ok(self.fill("narrative", {"text": "Stabilized at home with spouse."}))
        ok(self.fill("disposition", {"code": "stabilised_in_place"}))


@pytest.fixture
def evening(world: World) -> Any:
    with clock.fixed(EVENING):
        yield Evening(world)


def test_s03_is_complete_and_the_moderate_tier_may_stay(evening: Evening) -> None:
    evening.ready()
    assert "PLAN_DUE" in evening.codes(blocking=False)
    assert "MODERATE_NEEDS_PLAN" in evening.codes(blocking=True)
    ok(evening.plan(S03))
    assert evening.summary == "complete"
    assert "MODERATE_NEEDS_PLAN" not in evening.codes(blocking=True)
    assert "PLAN_DUE" not in evening.codes(blocking=False)


def test_without_both_numbers_it_is_incomplete_in_step_4(evening: Evening) -> None:
    ok(evening.plan(S03))
    ok(evening.plan({"helpers": [{**helper, "phone": ""} for helper in HELPERS]}))
    assert evening.summary == "incomplete (step 4)"
    ok(evening.plan({"helpers": HELPERS}))
    assert evening.summary == "complete"


def test_a_declined_handgun_is_an_exception_only_with_reason_and_review(evening: Evening) -> None:
    ok(evening.plan(S03))
    no = {**HANDGUN, "action": "declined", "verifier": "", "when": ""}
    ok(evening.plan({"means": [no, MEDICINES]}))
    assert evening.summary == "incomplete (step 6)"
    ok(evening.plan({"means": [{**no, "reason": "Needs it for work"}, MEDICINES]}))
    assert evening.summary == "incomplete (step 6)"
    assert not PlanReview.objects.exists()
    ok(evening.plan({"supervisor_review": True}))
    assert evening.summary == "complete with exception"
    review = PlanReview.objects.get()
    assert (review.plan, review.declined) == (evening.record, "Handgun: Needs it for work")
    ok(evening.plan({"means": [{**no, "reason": ""}, MEDICINES]}))
    assert evening.summary == "incomplete (step 6)"

    world = evening.world
    close = f"/api/plan-reviews/{review.pk}/close/"
    assert world.client(world.navigator).get("/api/plan-reviews/").status_code == 403
    assert world.client(world.navigator).post(close, {"finding": "Fine"}).status_code == 403
    listed = ok(world.client(world.supervisor).get("/api/plan-reviews/")).data
    assert [row["id"] for row in listed] == [str(review.pk)]
    assert world.client(world.supervisor).post(close, {"finding": " "}).status_code == 400
    ok(world.client(world.supervisor).post(close, {"finding": "Gun safe agreed by phone."}))
    assert world.client(world.supervisor).get("/api/plan-reviews/").data == []


def test_a_review_is_withdrawn_when_nothing_is_declined_any_more(evening: Evening) -> None:
    no = {**HANDGUN, "action": "Declined", "reason": "Needs it"}
    ok(evening.plan({**S03, "means": [no, MEDICINES], "supervisor_review": True}))
    assert PlanReview.objects.get().withdrawn_at is None
    ok(evening.plan({"means": [HANDGUN, MEDICINES]}))
    assert PlanReview.objects.get().withdrawn_at == EVENING


def test_an_action_in_words_is_kept_as_its_code_and_an_unknown_one_is_refused(evening: Evening) -> None:
    ok(evening.plan({**S03, "means": [{**HANDGUN, "action": "given to somebody to keep"}, MEDICINES]}))
    assert evening.summary == "complete"
    assert SafetyPlan.objects.get().means[0]["action"] == "transferred"
    refused = evening.plan({"means": [{**HANDGUN, "action": "hidden"}]})
    assert refused.status_code == 400
    assert "Given to somebody to keep" in refused.data["errors"][0]["detail"]


def test_a_plan_the_person_declines_is_documented_with_their_words(evening: Evening) -> None:
    evening.ready()
    ok(evening.plan({"declined": True}))
    assert {"MODERATE_NEEDS_PLAN", "missing"} <= evening.codes(blocking=True)
    ok(evening.plan({"declined_reason": "“Not tonight.”"}))
    assert "MODERATE_NEEDS_PLAN" not in evening.codes(blocking=True)


def test_a_peer_works_on_a_plan_that_a_colleague_began(evening: Evening) -> None:
    refused = evening.plan({"coping": ["Walk"]}, by=evening.world.peer)
    assert refused.status_code == 403
    assert not SafetyPlan.objects.exists()
    ok(evening.plan({"coping": ["Walk"]}))
    ok(evening.plan({"warning_signs": ["Not sleeping"]}, by=evening.world.peer))
    assert SafetyPlan.objects.get().warning_signs == [{"sign": "Not sleeping"}]


def test_a_navigators_plan_waits_for_a_role_that_signs_it(evening: Evening) -> None:
    evening.ready()
    ok(evening.plan(S03, by=evening.world.navigator))
    assert evening.summary == "complete"
    client = evening.world.client(evening.world.navigator)
    found = client.get(f"/api/encounters/{evening.response.pk}/review/").data["missing"]
    assert ("signature_missing", "safety_plan") in {(gap["code"], gap["form"]) for gap in found}
    assert "signature_missing" not in evening.codes(blocking=True)


def test_an_interns_plan_counts_once_somebody_else_has_cosigned_it(evening: Evening) -> None:
    ok(evening.plan(S03, by=evening.world.intern))
    assert evening.summary == "incomplete (process)"


def test_a_new_plan_begins_from_the_one_that_stands_and_replaces_it(evening: Evening) -> None:
    world, person = evening.world, evening.response.person
    evening.ready()
    ok(evening.plan(S03))
    later = Evening(world, person)
    start = f"/api/encounters/{later.response.pk}/safety-plan/from-current/"
    client = world.client(world.clinician)
    assert client.post(start, {"record": str(later.record)}).status_code == 404
    acknowledge(evening)
    ok(evening.sign())

    begun = ok(client.post(start, {"record": str(later.record)}))
    assert begun.data["values"]["helpers"] == HELPERS
    assert begun.data["values"]["acknowledged_by"] == ""
    assert begun.data["values"]["signature"] is None
    assert begun.data["values"]["still_true_helpers"] is None
    assert later.summary == "incomplete (steps 1, 2, 3, 4, 5, 6; process)"
    assert client.post(start, {"record": str(uuid7())}).status_code == 409

    process = {"collaborative": True, "acknowledged_by": "client", "copy_given": "paper", "caregiver": "none"}
    process |= {step.still_true: True for step in STEPS}
    ok(
        later.plan(
            {**process, "coping": ["Walk the dog", "Call Sam"], "means_verify_at": EVENING.isoformat()}
        )
    )
    later.ready()
    acknowledge(later)
    with clock.fixed(EVENING + timedelta(days=2)):
        ok(later.sign())
        versions = ok(client.get(f"/api/people/{person.pk}/safety-plans/")).data
    assert [(each["record"], each["current"]) for each in versions] == [
        (str(later.record), True),
        (str(evening.record), False),
    ]
    assert [(c["label"], c["gone"], c["new"]) for c in versions[0]["changes"]][:1] == [
        ("Things to do alone", ("Guitar",), ("Call Sam",))
    ]
    assert SafetyPlan.objects.count() == 2
    assert (
        world.client(world.privacy_officer).get(f"/api/people/{person.pk}/safety-plans/").status_code == 403
    )


def acknowledge(evening: Evening) -> None:
    """Act on whatever red alarm stands."""
    client = evening.world.client(evening.world.clinician)
    for alarm in client.get(f"/api/encounters/{evening.response.pk}/").data["alarms"]:
        ok(client.post(f"/api/alarms/{alarm['id']}/acknowledge/", {"action": "Plan made."}))


def test_every_filled_field_is_printed_once_and_in_words(evening: Evening) -> None:
    ok(evening.plan(S03))
    client = evening.world.client(evening.world.clinician)
    acknowledge(evening)
    evening.ready()
    ok(evening.sign())
    person = evening.response.person
    assert person is not None
    lines = client.get(f"/api/people/{person.pk}/safety-plans/").data[0]["lines"]
    labels = [label for label, _ in lines]
    assert len(labels) == len(set(labels)) == len(S03)
    printed = dict(lines)
    assert (
        "Firearms, Handgun, Given to somebody to keep, Brother-in-law, by phone, 21:20"
        in printed["What is done about each"]
    )
