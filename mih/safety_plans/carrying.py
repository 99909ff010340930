"""A new plan begins as a copy of the one that stands. What is taken over is marked, and counts once it is confirmed."""

from typing import Any

from mih.encounters.values import as_json
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.reading import lines, plan_day
from mih.safety_plans.steps import CARRIED_FIELDS, STEPS


def carried_values(standing: SafetyPlan) -> dict[str, Any]:
    """The six steps of a plan as a new one begins with them. When each thing was verified was true of that night only."""
    values = {name: as_json(getattr(standing, name)) for name in CARRIED_FIELDS}
    values["means"] = [{**row, "when": ""} for row in values["means"]]
    return values


def begin_from(plan: SafetyPlan, standing: SafetyPlan) -> None:
    """Fill an unsaved plan with the steps of `standing`, and keep what was taken over from whom and when."""
    for name, value in carried_values(standing).items():
        setattr(plan, name, value)
    day = plan_day(standing)
    plan.begun_from = {
        "plan": str(standing.pk),
        "on": day.isoformat() if day else None,
        "by": (standing.signed_by or standing.author).signature_name,
        "steps": {str(step.number): _lines(plan, step.fields) for step in STEPS},
    }


def unread_steps(plan: SafetyPlan) -> list[int]:
    """Steps in which something still stands as it was taken over, and that nobody has confirmed with the person."""
    taken = (plan.begun_from or {}).get("steps", {})
    return [
        step.number
        for step in STEPS
        if not getattr(plan, step.still_true)
        and set(taken.get(str(step.number), ())) & set(_lines(plan, step.fields))
    ]


def _lines(plan: SafetyPlan, names: tuple[str, ...]) -> list[str]:
    return [f"{name}: {line}" for name in names for line in lines(plan, name)]
