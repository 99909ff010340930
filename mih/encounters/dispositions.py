"""Which disposition is open to a person now, and what still stands in its way (clinical.md §6.6).

Recording is never refused; these gates hold back the signature.
"""

from dataclasses import dataclass
from typing import Literal

from mih.encounters.disposition_codes import (
    Disposition,
    NemsisDisposition,
    app_codes,
    asked_for,
    choices,
    codes,
    disposition,
    variant_of,
    variants,
)
from mih.protocols.policy import Policy
from mih.protocols.reasons import Reason

__all__ = [
    "Disposition",
    "GateFacts",
    "NemsisDisposition",
    "Tier",
    "allowed",
    "app_codes",
    "asked_for",
    "choices",
    "codes",
    "disposition",
    "licensed",
    "signing_blocks",
    "tier_change_problem",
    "variant_of",
    "variants",
]

Tier = Literal["none", "low", "moderate", "high"]
_ORDER: tuple[Tier, ...] = ("none", "low", "moderate", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """What the gates look at. `tier` is the final suicide-risk tier, None when nobody was screened.

    `plan_state` is that of `mih.safety_plans.completeness`. `licensed_signoff`: a licensed clinician, in person or
    remote, with name, time and how. `capacity_unclear` is True when the capacity record says so. `supervisor_note`: the
    supervisor's part in the ending, by the note or by the refusal's record; `duty_supervisor`: in the duty to warn.
    """

    tier: Tier | None = None
    plan_state: str | None = None
    plan_refused: bool = False
    licensed_signoff: bool = False
    observer: bool = False
    supervisor_note: bool = False
    medical_control: bool = False
    capacity_unclear: bool = False
    homicidal: bool = False
    duty_to_warn_done: bool = False
    duty_supervisor: bool = False
    abuse_suspected: bool = False
    abuse_report_done: bool = False


def allowed(code: str, facts: GateFacts, *, gates: Policy, dispositions: Policy) -> tuple[Reason, ...]:
    """Everything that stands in the way of disposition `code`; empty when it is open. KeyError for an unknown code."""
    chosen = disposition(code, dispositions)
    found = []
    if facts.tier == "high":
        found += _high(chosen, facts, gates)
    elif facts.tier == "moderate":
        found += _moderate(chosen, facts, gates)
    if chosen.refusal and facts.capacity_unclear:
        found += _unclear_capacity(facts, gates)
    return (*found, *_duties(facts, gates))


def signing_blocks(facts: GateFacts, *, signer_role: str, gates: Policy) -> tuple[Reason, ...]:
    """Why `signer_role` may not sign this encounter alone: a HIGH tier needs a licensed clinician's sign-off."""
    if facts.tier != "high" or facts.licensed_signoff or licensed(signer_role, gates):
        return ()
    return (
        Reason(
            "HIGH_NEEDS_LICENSED_SIGNOFF",
            "hard",
            "High suicide risk: only a licensed clinician may sign this off.",
            "Call a licensed clinician; record the name, the time, and whether by voice or video.",
        ),
    )


def licensed(role: str, gates: Policy) -> bool:
    """Whether `role` counts as a licensed clinician for a HIGH tier."""
    return role in gates["licensed_roles"]


def tier_change_problem(*, before: Tier | None, after: Tier, role: str, matrix: Policy) -> Reason | None:
    """Why `role` may not move a tier from `before` to `after`. Anybody who screens may raise it; few may lower it."""
    if before is None or _ORDER.index(after) >= _ORDER.index(before) or role in matrix["may_lower_tier"]:
        return None
    return Reason(
        "TIER_LOWERED",
        "hard",
        f"The role {role} may not lower the risk tier from {before} to {after}.",
        "Propose the lower tier to a licensed clinician, who decides.",
    )


def _high(chosen: Disposition, facts: GateFacts, gates: Policy) -> list[Reason]:
    if chosen.group in gates["high_groups_open"]:
        return []
    if chosen.group in gates["high_groups_supervisor"]:
        return (
            []
            if facts.supervisor_note
            else [
                Reason(
                    "HIGH_NEEDS_SUPERVISOR",
                    "hard",
                    f"High suicide risk: '{chosen.label}' needs the supervisor's note.",
                    "Call the supervisor now. The supervisor writes the note.",
                )
            ]
        )
    if chosen.group not in gates["high_groups_stay"]:
        return [
            Reason(
                "HIGH_NOT_OPEN",
                "hard",
                f"High suicide risk: '{chosen.label}' is not open.",
                "Choose a crisis center, the emergency department or protective custody, or staying with all safeguards.",
            )
        ]
    return [
        Reason(code, "hard", f"High suicide risk and staying: {sentence}", what_to_do)
        for met, code, sentence, what_to_do in (
            (
                facts.plan_state in gates["high_plan_states"],
                "HIGH_NEEDS_PLAN",
                "the safety plan must be complete.",
                "Finish the safety plan with the person.",
            ),
            (
                facts.observer or not gates["high_stay_observer"],
                "HIGH_NEEDS_OBSERVER",
                "somebody must be with the person around the clock.",
                "Record who stays, and how to reach them.",
            ),
            (
                facts.licensed_signoff or not gates["high_stay_clinician"],
                "HIGH_NEEDS_LICENSED_SIGNOFF",
                "a licensed clinician must agree.",
                "Call a licensed clinician; record the name, the time, and whether by voice or video.",
            ),
        )
        if not met
    ]


def _moderate(chosen: Disposition, facts: GateFacts, gates: Policy) -> list[Reason]:
    if (
        chosen.group not in gates["moderate_groups_plan"]
        or facts.plan_refused
        or facts.plan_state in gates["moderate_plan_states"]
    ):
        return []
    return [
        Reason(
            "MODERATE_NEEDS_PLAN",
            "hard",
            "Moderate suicide risk: a complete safety plan, or its documented refusal, is needed.",
            "Finish the safety plan, or record that the person declined it and why.",
        )
    ]


def _unclear_capacity(facts: GateFacts, gates: Policy) -> list[Reason]:
    present = {"medical_control": facts.medical_control, "supervisor": facts.supervisor_note}
    words = {"medical_control": "medical control", "supervisor": "the supervisor"}
    return [
        Reason(
            "CAPACITY_UNCLEAR",
            "hard",
            f"Capacity is unclear: a refusal needs {words[need]}.",
            f"Call {words[need]} and record who decided, and when.",
        )
        for need in gates["unclear_needs"]
        if not present[need]
    ]


def _duties(facts: GateFacts, gates: Policy) -> list[Reason]:
    found = []
    if facts.homicidal and gates["homicidal_needs_duty_to_warn"]:
        if not facts.duty_to_warn_done:
            found.append(
                Reason(
                    "DUTY_TO_WARN",
                    "hard",
                    "Homicidal intent or a named victim: the duty-to-warn record is missing.",
                    "Start the duty-to-warn record: who is at risk, who was told, and when.",
                )
            )
        if not (facts.supervisor_note or facts.duty_supervisor):
            found.append(
                Reason(
                    "HOMICIDAL_NEEDS_SUPERVISOR",
                    "hard",
                    "Homicidal intent or a named victim: the supervisor must be involved.",
                    "Call the supervisor now. The supervisor writes the note.",
                )
            )
    if facts.abuse_suspected and not facts.abuse_report_done and gates["abuse_report_required"]:
        found.append(
            Reason(
                "ABUSE_REPORT_DUE",
                "hard",
                "Suspected abuse or neglect: the mandatory report is not recorded.",
                "Call the hotline; record the time, the hotline and the reference.",
            )
        )
    return found
