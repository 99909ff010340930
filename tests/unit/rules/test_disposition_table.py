"""Every disposition at every tier, by every role, against one table written out by hand (clinical.md §6.5, §6.6)."""

import pytest

from mih.encounters.dispositions import GateFacts, allowed, app_codes, asked_for, disposition, signing_blocks
from mih.encounters.models import Disposition
from mih.protocols.policy import Policy

GATES = Policy.default("gates")
DISPOSITIONS = Policy.default("dispositions")
ROLES = list(Policy.default("role_matrix")["disposition"])

FREE: frozenset[str] = frozenset()
STAY = frozenset({"HIGH_NEEDS_PLAN", "HIGH_NEEDS_OBSERVER", "HIGH_NEEDS_LICENSED_SIGNOFF"})
SUPERVISOR = frozenset({"HIGH_NEEDS_SUPERVISOR"})
CLOSED = frozenset({"HIGH_NOT_OPEN"})
PLAN = frozenset({"MODERATE_NEEDS_PLAN"})

AT_HIGH = {
    "stabilised_in_place": STAY,
    "referred_only": STAY,
    "treated_released_refused_transport": SUPERVISOR,
    "refused_evaluation": SUPERVISOR,
    "crisis_centre_transport": FREE,
    "detox_program": CLOSED,
    "shelter_clinic_other": STAY,
    "ed_transport_own": FREE,
    "ed_transport_other_ems": FREE,
    "ed_private_vehicle": FREE,
    "crisis_centre_police_transport": FREE,
    "police_custody_arrest": FREE,
    "left_scene": SUPERVISOR,
    "eloped": SUPERVISOR,
    "unable_to_locate": FREE,
    "cancelled_prior": FREE,
    "cancelled_on_scene": FREE,
    "no_contact_welfare": FREE,
    "deceased_on_arrival": FREE,
    "died": FREE,
    "handoff_cap": CLOSED,
    "ccd_phone_resolved": CLOSED,
}
AT_MODERATE = {
    "stabilised_in_place",
    "referred_only",
    "treated_released_refused_transport",
    "refused_evaluation",
    "shelter_clinic_other",
}
NEEDS = dict.fromkeys(
    ("died", "deceased_on_arrival"), ("examiner", "examiner_at", "family_support", "staff_debrief")
)
EVERYTHING = {
    "plan_state": "complete",
    "observer": True,
    "licensed_signoff": True,
    "supervisor_note": True,
}


def found(code: str, **facts: object) -> frozenset[str]:
    judged = GateFacts(**facts)  # type: ignore[arg-type]
    return frozenset(reason.code for reason in allowed(code, judged, gates=GATES, dispositions=DISPOSITIONS))


def test_the_table_speaks_of_every_disposition() -> None:
    assert set(AT_HIGH) == set(app_codes(DISPOSITIONS))


@pytest.mark.parametrize("code", AT_HIGH)
@pytest.mark.parametrize("tier", [None, "none", "low", "moderate", "high"])
def test_what_stands_in_the_way_and_that_it_can_be_cleared(code: str, tier: str | None) -> None:
    expected = FREE
    if tier == "high":
        expected = AT_HIGH[code]
    elif tier == "moderate" and code in AT_MODERATE:
        expected = PLAN
    assert found(code, tier=tier) == expected
    assert found(code, tier=tier, **EVERYTHING) == (CLOSED if expected == CLOSED else FREE)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("tier", [None, "none", "low", "moderate", "high"])
def test_which_role_signs_a_tier_alone_and_that_a_remote_clinician_lets_it(
    role: str, tier: str | None
) -> None:
    alone = signing_blocks(GateFacts(tier=tier), signer_role=role, gates=GATES)  # type: ignore[arg-type]
    assert bool(alone) is (tier == "high" and role != "clinician")
    remote = GateFacts(tier=tier, licensed_signoff=True)  # type: ignore[arg-type]
    assert signing_blocks(remote, signer_role=role, gates=GATES) == ()


@pytest.mark.parametrize("code", AT_HIGH)
def test_what_each_ending_asks_for_is_a_field_and_only_a_death_holds_back_the_signature(code: str) -> None:
    chosen = disposition(code, DISPOSITIONS)
    fields = {field.name for field in Disposition._meta.get_fields()}
    assert set(chosen.asks) <= fields
    assert chosen.needs == NEEDS.get(code, ())
    assert set(chosen.needs) <= set(chosen.asks)


def test_who_left_is_described_and_where_somebody_went_is_named() -> None:
    asked = asked_for(DISPOSITIONS)
    assert asked["last_seen"] == ["left_scene", "eloped"]
    assert set(asked["officer"]) == {"crisis_centre_police_transport", "police_custody_arrest"}
    assert {"ed_transport_own", "ed_transport_other_ems", "ed_private_vehicle"} == set(asked["alert"])
