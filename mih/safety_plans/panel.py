"""What stands above the plan on the tablet: where it comes from, what each step lacks, who may be added, and its copies."""

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from mih.core import clock
from mih.encounters.registry import registry
from mih.privacy import policy
from mih.safety_plans.carrying import unread_steps
from mih.safety_plans.completeness import PlanStatus
from mih.safety_plans.copy_words import day_words
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.standing import plan_status
from mih.safety_plans.steps import STEPS

if TYPE_CHECKING:
    from mih.accounts.models import Staff
    from mih.encounters.picture import Picture


def plan_panel(picture: "Picture", staff: "Staff") -> dict[str, Any]:
    """The panel of the plan's form, begun or not."""
    response = picture.encounter
    entry: SafetyPlan | None = picture.one("safety_plan")
    spec = registry["safety_plan"]
    plan = entry or spec.new(response, response.pk, by=staff, at=clock.now())
    found = plan_status(plan, picture.policies["safety_plan"])
    origin = plan.begun_from or {}
    return {
        "template": "safety_plans/panel.html",
        "plan": entry,
        "person": picture.person,
        "origin": origin,
        "origin_on": day_words(date.fromisoformat(origin["on"]), "en") if origin.get("on") else "",
        "unread": unread_steps(plan),
        "status": found,
        "steps": [] if plan.declined or found.state == "draft" else _steps(found, plan),
        "supporters": _supporters(picture, plan) if policy.section(staff, spec.section, "C") else [],
    }


def _steps(found: PlanStatus, plan: SafetyPlan) -> list[dict[str, Any]]:
    """Each step, and how the plan was made, with what it lacks."""
    missing: dict[Any, list[str]] = {}
    for gap in found.missing:
        missing.setdefault(gap.step, []).append(gap.sentence.split(": ", 1)[-1].capitalize())
    lines = [
        {"name": f"{step.number}. {step.short}", "missing": missing.get(step.number, [])} for step in STEPS
    ]
    # Who signs is seen to by signing, for this section as for every other.
    made = [gap.sentence for gap in found.missing if gap.step == "process" and gap.code != "SIGNER"]
    return [*lines, {"name": "How it was made", "missing": made}]


def _supporters(picture: "Picture", plan: SafetyPlan) -> list[dict[str, Any]]:
    """Family and caregivers not on the plan yet, as lines of its fourth step."""
    if picture.person is None:
        return []
    there = {row["name"].strip().lower() for row in plan.helpers}
    known = picture.person.supporters.exclude(stepped_back=True).order_by("name", "id")
    return [
        {
            "supporter": each,
            "row": json.dumps(
                {
                    "name": each.name,
                    "relation": each.relation,
                    "phone": each.phone.as_national if each.phone else "",
                }
            ),
        }
        for each in known
        if each.name.strip().lower() not in there
    ]
