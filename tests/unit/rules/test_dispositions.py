import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.encounters.dispositions import (
    GateFacts,
    allowed,
    app_codes,
    choices,
    codes,
    disposition,
    licensed,
    signing_blocks,
    tier_change_problem,
    variants,
)
from mih.protocols.policy import Policy

GATES = Policy.default("gates")
DISPOSITIONS = Policy.default("dispositions")
MATRIX = Policy.default("role_matrix")
NA = None


def row(code, variant=None):
    found = codes(code, DISPOSITIONS, variant=variant)
    return (found.unit, found.care, found.crew, found.transport, found.reason, found.destination)


OWN = ("4227001", "4228001", "4229001", "4230001", NA)
STAY = ("4227001", "4228001", "4229001", "4230013")
TABLE = {
    ("stabilised_in_place", NA): (*STAY, "4231005", NA),
    ("referred_only", NA): ("4227001", "4228005", "4229001", "4230013", "4231005", NA),
    ("treated_released_refused_transport", NA): ("4227001", "4228001", "4229001", "4230009", "4231003", NA),
    ("treated_released_refused_transport", "ama"): (
        "4227001",
        "4228001",
        "4229001",
        "4230009",
        "4231001",
        NA,
    ),
    ("refused_evaluation", NA): ("4227001", "4228007", "4229013", "4230009", "4231001", NA),
    ("crisis_centre_transport", NA): (*OWN, "4221031"),
    ("detox_program", NA): (*OWN, "4221039"),
    ("shelter_clinic_other", "clinic"): (*OWN, "4221007"),
    ("shelter_clinic_other", "shelter"): (*OWN, "4221013"),
    ("shelter_clinic_other", "home"): (*OWN, "4221001"),
    ("ed_transport_own", NA): (*OWN, "4221003"),
    ("ed_transport_other_ems", NA): ("4227001", "4228001", "4229003", "4230005", NA, "4221003"),
    ("ed_private_vehicle", NA): (*STAY, "4231009", NA),
    ("crisis_centre_police_transport", NA): (*STAY, "4231007", NA),
    ("police_custody_arrest", NA): (*STAY, "4231007", NA),
    ("police_custody_arrest", "ems_to_jail"): (*OWN, "4221019"),
    ("left_scene", NA): (*STAY, "4231017", NA),
    ("eloped", NA): (*STAY, "4231017", NA),
    ("unable_to_locate", NA): ("4227009", NA, NA, NA, NA, NA),
    ("cancelled_prior", NA): ("4227005", NA, NA, NA, NA, NA),
    ("cancelled_on_scene", NA): ("4227003", NA, NA, NA, NA, NA),
    ("no_contact_welfare", NA): ("4227007", NA, NA, NA, NA, NA),
    ("deceased_on_arrival", NA): ("4227001", "4228005", "4229001", "4230013", NA, NA),
    ("died", "moved"): (*STAY, NA, "4221009"),
    ("handoff_cap", NA): (NA, NA, NA, NA, NA, NA),
    ("ccd_phone_resolved", NA): ("4227011", NA, NA, NA, NA, NA),
}


@pytest.mark.parametrize(("code", "variant"), TABLE)
def test_nemsis_codes(code, variant):
    assert row(code, variant) == TABLE[code, variant]


def test_every_disposition_and_variant_is_in_the_table():
    offered = {code for code, _ in TABLE}
    assert offered == set(app_codes(DISPOSITIONS)) == {code for code, _ in choices(DISPOSITIONS)}
    assert variants("treated_released_refused_transport", DISPOSITIONS) == ["ama"]


def test_acuity_of_a_death_and_an_internal_handoff_without_a_report():
    assert codes("deceased_on_arrival", DISPOSITIONS).acuity == "4219007"
    assert codes("died", DISPOSITIONS).elements()["eDisposition.19"] == "4219009"
    assert not codes("handoff_cap", DISPOSITIONS).has_report
    assert codes("unable_to_locate", DISPOSITIONS).has_report


def test_an_unknown_code_or_variant_is_an_error():
    with pytest.raises(KeyError, match="no disposition 'sent_home'"):
        codes("sent_home", DISPOSITIONS)
    with pytest.raises(KeyError, match="no variant 'ama'"):
        codes("left_scene", DISPOSITIONS, variant="ama")


@pytest.mark.parametrize(
    ("code", "followup"),
    [
        ("stabilised_in_place", "create"),
        ("treated_released_refused_transport", "create"),
        ("left_scene", "create"),
        ("crisis_centre_police_transport", "on_hold"),
        ("ed_transport_own", "on_hold"),
        ("unable_to_locate", "none"),
        ("died", "none"),
    ],
)
def test_follow_up(code, followup):
    assert disposition(code, DISPOSITIONS).followup == followup


def blocks(code, **facts):
    return [
        reason.code for reason in allowed(code, GateFacts(**facts), gates=GATES, dispositions=DISPOSITIONS)
    ]


SAFE = {"plan_state": "complete", "observer": True, "licensed_signoff": True}


@pytest.mark.parametrize(
    "code",
    ["crisis_centre_transport", "ed_transport_own", "ed_transport_other_ems", "ed_private_vehicle",
     "crisis_centre_police_transport", "police_custody_arrest"],
)  # fmt: skip
def test_high_risk_may_always_go_to_safety(code):
    assert blocks(code, tier="high") == []


@pytest.mark.parametrize("code", ["stabilised_in_place", "referred_only", "shelter_clinic_other"])
def test_high_risk_stays_only_with_all_three_safeguards(code):
    assert blocks(code, tier="high", **SAFE) == []
    assert blocks(code, tier="high") == [
        "HIGH_NEEDS_PLAN",
        "HIGH_NEEDS_OBSERVER",
        "HIGH_NEEDS_LICENSED_SIGNOFF",
    ]
    assert blocks(code, tier="high", **SAFE | {"plan_state": "complete_with_exception"}) == [
        "HIGH_NEEDS_PLAN"
    ]
    assert blocks(code, tier="high", **SAFE | {"observer": False}) == ["HIGH_NEEDS_OBSERVER"]
    assert blocks(code, tier="high", **SAFE | {"licensed_signoff": False}) == ["HIGH_NEEDS_LICENSED_SIGNOFF"]


@pytest.mark.parametrize(
    "code", ["left_scene", "eloped", "treated_released_refused_transport", "refused_evaluation"]
)
def test_high_risk_leaves_or_refuses_only_with_the_supervisor(code):
    assert blocks(code, tier="high") == ["HIGH_NEEDS_SUPERVISOR"]
    assert blocks(code, tier="high", supervisor_note=True) == []


def test_high_risk_does_not_go_to_detox():
    assert blocks("detox_program", tier="high", **SAFE) == ["HIGH_NOT_OPEN"]
    assert blocks("detox_program", tier="moderate") == []


def test_moderate_risk_needs_a_plan_or_its_refusal():
    assert blocks("stabilised_in_place", tier="moderate", plan_state="complete") == []
    assert blocks("stabilised_in_place", tier="moderate", plan_state="complete_with_exception") == []
    assert blocks("stabilised_in_place", tier="moderate", plan_refused=True) == []
    assert blocks("stabilised_in_place", tier="moderate", plan_state="incomplete") == ["MODERATE_NEEDS_PLAN"]
    assert blocks("treated_released_refused_transport", tier="moderate") == ["MODERATE_NEEDS_PLAN"]
    assert blocks("left_scene", tier="moderate") == []


@pytest.mark.parametrize("tier", [None, "none", "low"])
def test_lower_tiers_are_free(tier):
    assert [code for code in app_codes(DISPOSITIONS) if blocks(code, tier=tier)] == []


def test_unclear_capacity_holds_back_a_refusal_alone():
    unclear = {"capacity_unclear": True}
    assert blocks("refused_evaluation", **unclear) == ["CAPACITY_UNCLEAR", "CAPACITY_UNCLEAR"]
    assert blocks("refused_evaluation", **unclear, medical_control=True) == ["CAPACITY_UNCLEAR"]
    assert blocks("refused_evaluation", **unclear, medical_control=True, supervisor_note=True) == []
    assert blocks("ed_transport_own", **unclear) == []


def test_duty_to_warn_and_mandatory_reports_hold_back_everything():
    assert blocks("ed_transport_own", homicidal=True) == ["DUTY_TO_WARN", "HOMICIDAL_NEEDS_SUPERVISOR"]
    assert blocks("ed_transport_own", homicidal=True, duty_to_warn_done=True, supervisor_note=True) == []
    assert blocks("stabilised_in_place", abuse_suspected=True) == ["ABUSE_REPORT_DUE"]
    assert blocks("stabilised_in_place", abuse_suspected=True, abuse_report_done=True) == []


def test_who_may_sign_a_high_tier():
    high = GateFacts(tier="high")
    for role in ("paramedic", "navigator", "peer", "intern", "ladc"):
        assert [reason.code for reason in signing_blocks(high, signer_role=role, gates=GATES)] == [
            "HIGH_NEEDS_LICENSED_SIGNOFF"
        ]
    assert signing_blocks(high, signer_role="clinician", gates=GATES) == ()
    remote = GateFacts(tier="high", licensed_signoff=True)
    assert signing_blocks(remote, signer_role="paramedic", gates=GATES) == ()
    assert signing_blocks(GateFacts(tier="moderate"), signer_role="paramedic", gates=GATES) == ()
    assert licensed("ladc", GATES.changed(licensed_roles=["clinician", "ladc"]))


def test_a_navigator_may_raise_a_tier_and_not_lower_it():
    def problem(before, after, role):
        return tier_change_problem(before=before, after=after, role=role, matrix=MATRIX)

    assert problem("high", "moderate", "navigator").code == "TIER_LOWERED"
    assert problem("moderate", "high", "navigator") is None
    assert problem("high", "high", "navigator") is None
    assert problem(None, "none", "navigator") is None
    assert problem("high", "none", "clinician") is None


@given(
    st.sampled_from(app_codes(DISPOSITIONS)),
    st.builds(
        GateFacts,
        tier=st.sampled_from([None, "none", "low", "moderate", "high"]),
        plan_state=st.sampled_from([None, "draft", "incomplete", "complete", "complete_with_exception"]),
        plan_refused=st.booleans(),
        licensed_signoff=st.booleans(),
        observer=st.booleans(),
        supervisor_note=st.booleans(),
        medical_control=st.booleans(),
        capacity_unclear=st.booleans(),
        homicidal=st.booleans(),
        duty_to_warn_done=st.booleans(),
        abuse_suspected=st.booleans(),
        abuse_report_done=st.booleans(),
    ),
)
def test_nobody_at_high_risk_is_left_without_what_the_gates_ask(code, facts):
    found = allowed(code, facts, gates=GATES, dispositions=DISPOSITIONS)
    if not found and facts.tier == "high":
        group = disposition(code, DISPOSITIONS).group
        if group == "stay":
            assert facts.plan_state == "complete"
            assert facts.observer
            assert facts.licensed_signoff
        elif group in ("left", "refusal"):
            assert facts.supervisor_note
        else:
            assert group in ("crisis_centre", "ed", "custody", "death", "no_contact")
    assert all(reason.blocks and reason.what_to_do for reason in found)
