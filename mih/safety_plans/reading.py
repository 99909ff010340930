"""A plan as entered, in the words of the completeness rule, and how two plans differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

from mih.core import clock
from mih.encounters.values import as_text
from mih.privacy.policy import needs_cosign
from mih.protocols.policy import Policy
from mih.safety_plans.completeness import (
    Access,
    Helper,
    MeansItem,
    PlanFacts,
    Professional,
)
from mih.safety_plans.forms import PlanRows, SafetyPlanForm
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.steps import CARRIED_FIELDS
from mih.safety_plans.words import moment, with_words

Row = Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One part of the plan that changed: its label, what is gone, and what is new."""

    label: str
    gone: tuple[str, ...]
    new: tuple[str, ...]


def plan_facts(
    plan: SafetyPlan,
    policy: Policy,
    *,
    unread: Sequence[int] = (),
    copy: str = "",
    superseded: bool = False,
) -> PlanFacts:
    """The plan as the rule reads it. `copy`: how a copy was given after signing."""
    day = plan_day(plan)
    distraction: list[Row] = plan.distraction
    return PlanFacts(
        warning_signs=[row["sign"] for row in plan.warning_signs],
        coping=[row["activity"] for row in plan.coping],
        coping_obstacle_asked=True if plan.coping_obstacle.strip() else None,
        distraction_people=[row["name"] for row in distraction if row["kind"] != "place"],
        distraction_places=[row["name"] for row in distraction if row["kind"] == "place"],
        helpers=[Helper(row["name"], row["phone"]) for row in plan.helpers],
        helpers_none=bool(plan.helpers_none),
        professionals=[*_professionals(plan)],
        means=_means(plan, day),
        means_verifier=plan.means_verifier,
        means_verify_at=plan.means_verify_at,
        reason_for_living=plan.reason_for_living,
        author_role=_signer(plan, policy),
        collaborative=bool(plan.collaborative),
        cosigned_by_role=plan.cosigned_by.role if plan.cosigned_by else None,
        acknowledged_by=plan.acknowledged_by or None,
        copy_given=plan.copy_given or copy or None,
        plan_date=day,
        caregiver=plan.caregiver or None,
        caregiver_permitted=caregiver_permitted(plan),
        unread_steps=unread,
        superseded=superseded,
    )


def caregiver_permitted(plan: SafetyPlan) -> bool:
    """Whether what a caregiver was told stands on something: the person's permission, an emergency, or a minor's parent.
    Nobody told and no copy given needs nothing."""
    told = bool(plan.caregiver_told.strip() or plan.caregiver_copy)
    return not told or bool(plan.caregiver_permission or plan.caregiver_basis)


def _signer(plan: SafetyPlan, policy: Policy) -> str:
    """Whose signature the plan has or will have. One that is not signed yet is judged by its steps: signing itself sees
    to it that a role of the policy's `signers` signs, but what an intern wrote counts only once co-signed."""
    if plan.signed_by:
        return plan.signed_by.role
    if plan.author.role in policy["signers"] or needs_cosign(plan.author, "safety_plan"):
        return plan.author.role
    return str(policy["signers"][0])


def plan_day(plan: SafetyPlan) -> date | None:
    """The day the plan was made: as written, or of the time it was true."""
    if plan.plan_on:
        return plan.plan_on
    return clock.local(plan.happened_at).date() if plan.happened_at else None


def _professionals(plan: SafetyPlan) -> list[Professional]:
    found = [Professional(row["name"], row["phone"], line_988=_is_988(row)) for row in plan.professionals]
    if plan.line_988 and not any(each.line_988 for each in found):
        found.append(Professional("988 Suicide & Crisis Lifeline", "988", line_988=True))
    return found


def _is_988(row: Row) -> bool:
    return "".join(filter(str.isdigit, row["phone"])) == "988" or row["name"].strip().startswith("988")


def _means(plan: SafetyPlan, day: date | None) -> list[MeansItem]:
    """One item for each row; one for each kind asked about without a row. A row speaks for a yes."""
    rows: list[Row] = plan.means
    found = []
    for kind in ("firearms", "medicines", "other"):
        said = getattr(plan, f"access_{kind}")
        access: Access | None = said if said in get_args(Access) else None
        own = [row for row in rows if row["kind"] == kind]
        if not own or access in ("no", "unknown"):
            found.append(MeansItem(kind=kind, access=access))
            continue
        found += [
            MeansItem(
                kind=kind,
                access=access,
                action=row["action"] or None,
                reason=row["reason"],
                review_task=bool(plan.supervisor_review),
                verifier=row["verifier"],
                verify_at=moment(row["when"], day) if row["when"] else plan.means_verify_at,
            )
            for row in own
        ]
    return found


def declined_means(plan: SafetyPlan) -> list[str]:
    """What the person would not have put out of reach, with the reason, one line each."""
    rows = [row for row in plan.means if row["action"] == "declined"]
    return [": ".join(filter(None, [row["what"] or row["kind"], row["reason"]])) for row in rows]


def differences(older: SafetyPlan, newer: SafetyPlan) -> list[Difference]:
    """What changed in the six steps between two plans."""
    found = []
    for name in CARRIED_FIELDS:
        before, after = lines(older, name), lines(newer, name)
        if before != after:
            label = str(SafetyPlanForm.base_fields[name].label)
            found.append(
                Difference(
                    label,
                    tuple(line for line in before if line not in after),
                    tuple(line for line in after if line not in before),
                )
            )
    return found


def lines(plan: SafetyPlan, name: str) -> list[str]:
    """What one field says, in words: one line for each row, its columns in the order of the form."""
    value, field = getattr(plan, name), SafetyPlanForm.base_fields[name]
    if isinstance(field, PlanRows):
        order = [column for column, _ in field.columns]
        rows = with_words(name, value)
        return [", ".join(row[column] for column in order if row.get(column)) for row in rows]
    text = as_text(value, field)
    return [text] if text else []
