from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.protocols.policy import Policy
from mih.safety_plans.completeness import Helper, MeansItem, PlanFacts, Professional, status

POLICY = Policy.default("safety_plan")
TONIGHT = datetime(2027, 3, 4, 3, 20, tzinfo=UTC)

HANDGUN = MeansItem(
    kind="firearms",
    access="yes",
    action="transferred",
    verifier="Brother-in-law, by phone",
    verify_at=TONIGHT,
)
MEDICINES = MeansItem(kind="medicines", access="yes", action="locked", verifier="Spouse", verify_at=TONIGHT)
OTHER = MeansItem(kind="other", access="no")

S03 = PlanFacts(
    warning_signs=["Not sleeping", "Drinking alone", "Giving things away"],
    coping=["Walk the dog", "Guitar"],
    coping_obstacle_asked=True,
    distraction_people=["Brother", "Neighbour"],
    distraction_places=["Barber shop"],
    helpers=[Helper("Spouse", "405-555-0121"), Helper("Brother-in-law", "405-555-0122")],
    professionals=[
        Professional("Clinic", "405-555-0130"),
        Professional("988 Lifeline", "988", line_988=True),
        Professional("Crisis centre", "405-555-0131"),
    ],
    means=[HANDGUN, MEDICINES, OTHER],
    reason_for_living="Daughter",
    author_role="clinician",
    acknowledged_by="client",
    copy_given="paper",
    plan_date=date(2027, 3, 3),
    caregiver="present",
)


def without_phones(plan):
    return replace(plan, helpers=[Helper(helper.name) for helper in plan.helpers])


def declined(**known):
    return replace(
        S03, means=[MeansItem(kind="firearms", access="yes", action="declined", **known), MEDICINES, OTHER]
    )


def test_s03_is_complete():
    found = status(S03, POLICY)
    assert (found.state, found.summary, found.missing, found.exceptions) == ("complete", "complete", (), ())


def test_s03_could_hold_more_where_the_reference_recommends_it():
    assert [gap.code for gap in status(S03, POLICY).recommended] == [
        "COPING_MORE",
        "DISTRACTION_PLACES_MORE",
        "HELPERS_MORE",
    ]


def test_s03_without_the_helpers_numbers_is_incomplete_in_step_4():
    found = status(without_phones(S03), POLICY)
    assert (found.state, found.summary) == ("incomplete", "incomplete (step 4)")
    assert [gap.code for gap in found.missing] == ["HELPERS"]


def test_s03_with_the_handgun_declined_needs_a_reason_and_a_review():
    accepted = status(declined(reason="Needs it for work", review_task=True), POLICY)
    assert (accepted.state, accepted.summary) == ("complete_with_exception", "complete with exception")
    assert accepted.exceptions == ("firearms",)
    for known in (
        {"reason": "Needs it for work"},
        {"review_task": True},
        {"reason": "  ", "review_task": True},
        {},
    ):
        found = status(declined(**known), POLICY)
        assert (found.state, found.summary) == ("incomplete", "incomplete (step 6)")


def test_nothing_written_is_a_draft():
    assert status(PlanFacts(), POLICY).state == "draft"
    assert (
        status(
            PlanFacts(warning_signs=["  "], author_role="clinician", plan_date=date(2027, 3, 3)), POLICY
        ).state
        == "draft"
    )


@pytest.mark.parametrize(
    "known",
    [
        {"warning_signs": ["Not sleeping"]},
        {"distraction_places": ["Barber shop"]},
        {"helpers": [Helper("Spouse")]},
        {"professionals": [Professional("Clinic")]},
        {"means": [OTHER]},
        {"helpers_none": True},
    ],
)
def test_one_answer_begins_a_plan(known):
    assert status(PlanFacts(**known), POLICY).state == "incomplete"


def test_a_replaced_plan_stays_as_superseded():
    assert status(replace(S03, superseded=True), POLICY).state == "superseded"


def means(*items, **known):
    return replace(S03, means=list(items), **known)


@pytest.mark.parametrize(
    ("plan", "step", "code"),
    [
        (replace(S03, warning_signs=[" "]), 1, "WARNING_SIGNS"),
        (replace(S03, coping=[]), 2, "COPING"),
        (replace(S03, distraction_people=[], distraction_places=[]), 3, "DISTRACTION"),
        (replace(S03, helpers=[]), 4, "HELPERS"),
        (replace(S03, helpers=[], helpers_none=True, professionals=[Professional("Clinic"), S03.professionals[1]]), 4, "HELPERS_NONE"),
        (replace(S03, professionals=[S03.professionals[1]]), 5, "PROFESSIONALS"),
        (replace(S03, professionals=[S03.professionals[0]]), 5, "LINE_988"),
        (means(MEDICINES, OTHER), 6, "MEANS_FIREARMS"),
        (means(HANDGUN, OTHER), 6, "MEANS_MEDICINES"),
        (means(HANDGUN, MEDICINES), 6, "MEANS_OTHER"),
        (means(MeansItem(kind="firearms"), MEDICINES, OTHER), 6, "MEANS_FIREARMS"),
        (means(replace(HANDGUN, action=None), MEDICINES, OTHER), 6, "MEANS_ACTION"),
        (means(replace(HANDGUN, action="hidden"), MEDICINES, OTHER), 6, "MEANS_ACTION"),
        (means(replace(HANDGUN, verifier=""), MEDICINES, OTHER), 6, "MEANS_VERIFIER"),
        (means(replace(HANDGUN, verify_at=None), MEDICINES, OTHER), 6, "MEANS_VERIFIER"),
        (means(replace(HANDGUN, verifier=""), MEDICINES, OTHER, means_verifier="Clinician"), 6, "MEANS_VERIFIER"),
        (replace(S03, author_role="navigator"), "process", "SIGNER"),
        (replace(S03, collaborative=False), "process", "COLLABORATIVE"),
        (replace(S03, acknowledged_by=None), "process", "ACKNOWLEDGED"),
        (replace(S03, copy_given=None), "process", "COPY"),
        (replace(S03, plan_date=None), "process", "DATE"),
        (replace(S03, caregiver=None), "process", "CAREGIVER"),
    ],
)  # fmt: skip
def test_each_minimum(plan, step, code):
    found = status(plan, POLICY)
    assert found.state == "incomplete"
    assert [(gap.step, gap.code) for gap in found.missing] == [(step, code)]
    assert found.summary == ("incomplete (process)" if step == "process" else f"incomplete (step {step})")


@pytest.mark.parametrize(
    "plan",
    [
        replace(S03, warning_signs=["One"], coping=["One"], distraction_people=[]),
        replace(S03, helpers=[Helper("Spouse", "405-555-0121"), Helper("Brother")]),
        replace(S03, helpers=[], helpers_none=True),
        replace(S03, author_role="navigator", cosigned_by_role="clinician"),
        replace(S03, author_role="intern", cosigned_by_role="supervisor"),
        replace(S03, acknowledged_by="guardian", copy_given="app", caregiver="declined"),
        means(replace(HANDGUN, verifier="", verify_at=None), MEDICINES, OTHER, means_verifier="Clinician", means_verify_at=TONIGHT),
        means(replace(HANDGUN, access="no", action=None), MEDICINES, OTHER),
    ],
)  # fmt: skip
def test_the_minimum_is_enough(plan):
    assert status(plan, POLICY).state == "complete"


def test_several_gaps_are_named_together():
    found = status(replace(without_phones(S03), warning_signs=[], copy_given=None), POLICY)
    assert found.summary == "incomplete (steps 1, 4; process)"


def test_the_obstacle_is_advice_until_the_programme_requires_it():
    unasked = replace(S03, coping_obstacle_asked=None)
    assert status(unasked, POLICY).state == "complete"
    assert "COPING_OBSTACLE" in [gap.code for gap in status(unasked, POLICY).recommended]
    strict = POLICY.changed(coping_obstacle_required=True)
    assert status(unasked, strict).summary == "incomplete (step 2)"
    assert status(S03, strict).state == "complete"


def test_recommendations_never_hold_a_plan_back():
    found = status(
        replace(S03, warning_signs=["One"], means=[HANDGUN, MEDICINES, replace(OTHER, access="unknown")]),
        POLICY,
    )
    assert found.state == "complete"
    assert {"WARNING_SIGNS_MORE", "MEANS_UNKNOWN"} <= {gap.code for gap in found.recommended}


FIELDS = ["warning_signs", "coping", "helpers", "professionals", "means", "author_role", "acknowledged_by", "copy_given",
          "plan_date", "caregiver"]  # fmt: skip


@given(st.sets(st.sampled_from(FIELDS)))
def test_a_plan_is_complete_only_when_nothing_is_taken_from_it(taken):
    empty = PlanFacts()
    found = status(replace(S03, **{name: getattr(empty, name) for name in taken}), POLICY)
    assert (found.state == "complete") is (not taken)
    assert all(gap.sentence.endswith(".") for gap in found.missing)
