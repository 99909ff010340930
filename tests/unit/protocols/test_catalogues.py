"""The alarm catalogue, the role matrix and the follow-up triggers as shipped."""

import pytest

from mih.protocols import roles, triggers
from mih.protocols.alarms import alarm, alarms, unsettled
from mih.protocols.policy import Policy

ALARMS = Policy.default("alarms")
MATRIX = Policy.default("role_matrix")
TRIGGERS = Policy.default("triggers")
COSIGN = Policy.default("cosign")

RED = [
    "CSSRS_HIGH",
    "ASQ_ACUTE",
    "PHQ9_ITEM9",
    "NEWS2_HIGH",
    "STROKE_POS",
    "GCS_LE8",
    "BARS_7",
    "BARS_LE2",
    "RR_CRIT",
    "SPO2_CRIT",
    "GLU_CRIT",
    "PRECIP_WD",
    "DAILY_CAP",
    "CIWA_SEVERE",
    "HOMICIDAL_INTENT",
    "ABUSE_REPORT_DUE",
    "PRONE_RESTRAINT",
    "RASS_SEDATED",
]
AMBER = [
    "CSSRS_MODERATE",
    "ASQ_POS",
    "NEWS2_MED",
    "NEWS2_SINGLE3",
    "BARS_6",
    "REFUSAL_AFTER_NALOXONE",
    "CAPACITY_UNCLEAR",
    "RESEDATION_WATCH",
    "KIT_EXPIRED",
    "COSIGN_OVERDUE",
    "FOLLOWUP_OVERDUE",
    "UNREACHABLE_ESCALATE",
    "MINOR_CONSENT_MISSING",
    "RASS_AGITATED",
    "AVPU_PU",
]
INFO = [
    "OD_REVERSAL",
    "AUDITC_POS",
    "DAST_POS",
    "PTSD_POS",
    "GCS_LT15",
    "BP_WARN",
]


def test_the_catalogue_holds_every_alarm_at_its_level():
    published = [*RED, *AMBER, *INFO]
    by_level = {
        level: [code for code in published if ALARMS[code]["level"] == level]
        for level in ("red", "amber", "info")
    }
    assert by_level == {"red": RED, "amber": AMBER, "info": INFO}


def test_every_red_alarm_holds_back_a_signature_until_dealt_with():
    assert [entry.code for entry in unsettled(RED, acknowledged=[], resolved=[], policy=ALARMS)] == RED
    assert unsettled(RED, acknowledged=RED, resolved=RED, policy=ALARMS) == []


def test_acknowledging_is_not_enough_where_something_must_be_done():
    left = unsettled(RED, acknowledged=RED, resolved=[], policy=ALARMS)
    assert [entry.code for entry in left] == ["PHQ9_ITEM9", "HOMICIDAL_INTENT", "ABUSE_REPORT_DUE"]


def test_info_alarms_hold_nothing_back():
    assert unsettled(INFO, acknowledged=[], resolved=[], policy=ALARMS) == []


def test_alarms_come_once_and_loudest_first():
    shown = alarms(["OD_REVERSAL", "CSSRS_HIGH", "BARS_6", "CSSRS_HIGH"], ALARMS)
    assert [entry.code for entry in shown] == ["CSSRS_HIGH", "BARS_6", "OD_REVERSAL"]
    with pytest.raises(KeyError):
        alarm("CSSRS_HIHG", ALARMS)


@pytest.mark.parametrize(
    ("role", "action", "section", "allowed"),
    [
        ("paramedic", "write", "vitals", True),
        ("navigator", "write", "vitals", False),
        ("clinician", "read", "vitals", True),
        ("peer", "read", "vitals", False),
        ("paramedic", "sign", "buprenorphine", True),
        ("clinician", "write", "buprenorphine", False),
        ("medical_director", "cosign", "buprenorphine", True),
        ("peer", "write", "safety_plan", True),
        ("peer", "sign", "safety_plan", False),
        ("navigator", "sign", "safety_plan", False),
        ("clinician", "sign", "safety_plan", True),
        ("supervisor", "cosign", "safety_plan", True),
        ("programme_manager", "cosign", "safety_plan", True),
        ("navigator", "sign", "risk_formulation", False),
        ("navigator", "write", "risk_formulation", True),
        ("peer", "read", "risk_formulation", False),
        ("intern", "sign", "screening", False),
        ("intern", "write", "screening", True),
        ("peer", "read", "times", False),
        ("navigator", "write", "refusal", True),
        ("navigator", "sign", "refusal", False),
        ("supervisor", "write", "quality", True),
        ("clinician", "read", "quality", False),
    ],
)
def test_the_matrix(role, action, section, allowed):
    assert roles.may(role, action, section, MATRIX) is allowed


def test_a_peer_screens_only_with_the_flag_on():
    assert not roles.may("peer", "write", "suicide_screen", MATRIX)
    switched_on = MATRIX.changed(prss_may_screen=True)
    assert roles.may("peer", "write", "suicide_screen", switched_on)
    assert not roles.may("peer", "sign", "suicide_screen", switched_on)


@pytest.mark.parametrize("role", ["privacy_officer", "administrator", "visitor"])
def test_no_section_opens_to_those_outside_care(role):
    assert [s for s in roles.sections(MATRIX) if roles.letters(role, s, MATRIX)] == []


def test_everything_an_intern_writes_clinically_waits_for_a_cosignature():
    written = {s for s in roles.sections(MATRIX) if "C" in roles.letters("intern", s, MATRIX)}
    waiting = {s for s in roles.sections(MATRIX) if roles.needs_cosign("intern", s, MATRIX)}
    assert written - waiting == {"demographics", "times"}


def test_settings_are_not_sections():
    assert "letters" not in roles.sections(MATRIX)
    with pytest.raises(KeyError):
        roles.letters("paramedic", "letters", MATRIX)


def test_every_letter_in_the_matrix_is_explained():
    used = {token for s in roles.sections(MATRIX) for cell in MATRIX[s].values() for token in cell}
    assert used == set(MATRIX["letters"])


def test_only_a_clinician_lowers_a_tier():
    assert roles.may_lower_tier("clinician", MATRIX)
    assert not roles.may_lower_tier("navigator", MATRIX)


def test_who_may_cosign():
    assert roles.may_cosign(role="supervisor", is_author=False, licence_active=True, cosign=COSIGN)
    assert not roles.may_cosign(role="supervisor", is_author=True, licence_active=True, cosign=COSIGN)
    assert not roles.may_cosign(role="supervisor", is_author=False, licence_active=False, cosign=COSIGN)
    assert not roles.may_cosign(role="intern", is_author=False, licence_active=True, cosign=COSIGN)
    assert roles.roles_with("sign", "safety_plan", MATRIX) == ["clinician", "ladc"]


def start(**facts):
    return [trigger.code for trigger in triggers.started(facts, TRIGGERS)]


def test_triggers_of_the_written_cases():
    s01 = {"naloxone_given": True, "buprenorphine_given": True, "tier": "none", "referral_sent": True}
    assert start(**s01, disposition_followup="create") == ["OD", "BUP", "RF"]
    assert start(tier="none", low_acuity_mental_health=True, referral_sent=True) == ["ML", "RF"]
    assert start(tier="moderate", low_acuity_mental_health=True) == ["SM"]
    assert start(tier="high", disposition_followup="on_hold") == ["SH"]
    assert start(naloxone_given=True, buprenorphine_given=False, referral_sent=True) == ["OD", "RF"]
    assert start(medical_emergency=True, low_acuity_mental_health=True) == []


def test_nobody_is_called_after_a_death_or_without_contact():
    assert start(naloxone_given=True, survived=False) == []
    assert start(low_acuity_mental_health=True, disposition_followup="none") == []


def test_an_unrecorded_fact_starts_nothing():
    assert start() == []
    assert start(naloxone_given=None, tier=None) == []


def test_what_started_a_trigger_is_named():
    assert triggers.started({"suspected_opioid_overdose": True}, TRIGGERS) == [
        triggers.Started("OD", "suspected_opioid_overdose")
    ]
