"""The steps of a safety plan in short lines, as they are read at a door."""

from dataclasses import dataclass

from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.words import with_words


@dataclass(frozen=True)
class Step:
    """One step of the safety plan in the person's own words."""

    title: str
    lines: list[str]


def plan_steps(plan: SafetyPlan) -> list[Step]:
    """The filled steps of a plan, in their order, as short lines."""
    found = [
        Step("Warning signs", [row["sign"] for row in plan.warning_signs]),
        Step("What they do alone", [row["activity"] for row in plan.coping]),
        Step("People and places that take their mind off it", _joined(plan.distraction, "name", "phone")),
        Step("Whom they ask for help", _joined(plan.helpers, "name", "relation", "phone")),
        Step(
            "Professionals",
            [*_joined(plan.professionals, "name", "phone"), *(["988"] if plan.line_988 else [])],
        ),
        Step("Made safer", [_safer(row) for row in with_words("means", plan.means)]),
        Step("What matters most to them", [plan.reason_for_living] if plan.reason_for_living else []),
    ]
    return [step for step in found if step.lines]


def _joined(rows: list[dict[str, str]], *names: str) -> list[str]:
    lines = (
        ", ".join(_whole(row[name]) if name == "phone" else row[name] for name in names if row.get(name))
        for row in rows
    )
    return [line for line in lines if line]


def _whole(phone: str) -> str:
    """A number that no line end tears apart."""
    return phone.replace("-", "\N{NON-BREAKING HYPHEN}").replace(" ", "\N{NO-BREAK SPACE}")


def _safer(row: dict[str, str]) -> str:
    done = row.get("action", "").lower()
    return f"{row.get('what') or row.get('kind', '')}: {done or 'nothing done yet'}"
