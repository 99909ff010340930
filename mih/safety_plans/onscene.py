"""The registry line of the safety plan, its facts, and when one is due."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from mih.core.errors import NotAllowed
from mih.encounters.facts import Facts
from mih.encounters.findings import Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.privacy import policy
from mih.safety_plans.carrying import begin_from
from mih.safety_plans.completeness import PlanStatus
from mih.safety_plans.forms import SafetyPlanForm
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.reading import lines
from mih.safety_plans.selectors import current_plan
from mih.safety_plans.services import keep_review
from mih.safety_plans.standing import plan_status
from mih.safety_plans.steps import CARRIED_FIELDS, STEPS
from mih.safety_plans.words import COLUMNS, KINDS

if TYPE_CHECKING:
    from mih.accounts.models import Staff
    from mih.encounters.models import Encounter

_FIELDS = {
    "WARNING_SIGNS": "warning_signs",
    "COPING": "coping",
    "COPING_OBSTACLE": "coping_obstacle",
    "DISTRACTION": "distraction",
    "HELPERS": "helpers",
    "HELPERS_NONE": "professionals",
    "PROFESSIONALS": "professionals",
    "LINE_988": "line_988",
    **{f"MEANS_{kind.upper()}": f"access_{kind}" for kind in KINDS},
    "MEANS_ACTION": "means",
    "MEANS_DECLINED": "means",
    "MEANS_VERIFIER": "means",
    "COLLABORATIVE": "collaborative",
    "ACKNOWLEDGED": "acknowledged_by",
    "COPY": "copy_given",
    "DATE": "plan_on",
    "CAREGIVER": "caregiver",
    "CAREGIVER_PERMISSION": "caregiver_basis",
    **{f"STILL_TRUE_{step.number}": step.still_true for step in STEPS},
}
_SIGNED_ELSEWHERE = "SIGNER"
"""Who may sign is asked by signing itself, for this section as for every other."""


class Plan(OnSceneForm):
    """The safety plan, written with the person. An incomplete one is kept and says what is missing, step by step."""

    key, title, icon = "safety_plan", "Safety plan", "shield-check"
    model = SafetyPlan
    section, group, order = "safety_plan", "Plan and referrals", 10
    segment = "mental_health"
    related = ("signed_by", "cosigned_by")

    def new(self, encounter: "Encounter", record: UUID, *, by: "Staff", at: datetime) -> SafetyPlan:
        """A plan that begins with the steps of the one that stands, each to be confirmed with the person."""
        plan: SafetyPlan = super().new(encounter, record, by=by, at=at)
        standing = current_plan(encounter.person) if encounter.person else None
        if standing is not None:
            begin_from(plan, standing)
        return plan

    def unasked(self, entry: SafetyPlan) -> Iterable[str]:
        return () if entry.begun_from else [step.still_true for step in STEPS]

    def carried(self, entry: SafetyPlan) -> frozenset[str]:
        return frozenset([*self.fields(), "begun_from"])

    def form_class(self) -> type[forms.BaseForm]:
        return SafetyPlanForm

    def accept(self, entry: SafetyPlan, values: Mapping[str, Any], picture: Picture, *, by: "Staff") -> None:
        if entry._state.adding and "C" not in policy.letters(by, self.section):
            raise NotAllowed(
                "Your role works on a safety plan with its author. Ask a colleague to begin it, then add to it.",
                code="collaborates_only",
            )

    def check(self, entry: SafetyPlan, picture: Picture) -> dict[str, str]:
        found = {}
        for name, columns in COLUMNS.items():
            for row in getattr(entry, name):
                for column, words in columns.items():
                    if row.get(column) and row[column] not in words:
                        found[name] = f"“{row[column]}” is not one of: {', '.join(words.values())}."
        return found

    def derive(self, entry: SafetyPlan, picture: Picture) -> None:
        entry.completeness = as_record(plan_status(entry, picture.policies["safety_plan"]))

    def gaps(self, entry: SafetyPlan, picture: Picture) -> Iterable[Gap]:
        if entry.declined:
            if not entry.declined_reason:
                yield self.gap(
                    entry, "declined_reason", "Safety plan: write what the person said in declining."
                )
            return
        found = plan_status(entry, picture.policies["safety_plan"])
        for gap in found.missing:
            if gap.code != _SIGNED_ELSEWHERE:
                yield self.gap(
                    entry,
                    _FIELDS.get(gap.code, ""),
                    f"Safety plan: {gap.sentence}",
                    code=gap.code,
                    blocking=False,
                )
        if any(gap.code == "MEANS_DECLINED" for gap in found.missing) and not entry.supervisor_review:
            yield self.gap(
                entry,
                "supervisor_review",
                "Safety plan: something was declined. Ask the supervisor to review it.",
                blocking=False,
            )

    def summary(self, entry: SafetyPlan) -> str:
        if entry.declined:
            return "Declined by the person"
        said: str = (entry.completeness or {}).get("summary", self.title)
        return said[:1].upper() + said[1:]

    def rows(self, entry: SafetyPlan) -> list[tuple[str, str]]:
        """Every filled field. What was only taken over from the plan before is not said of one who declined a new one."""
        hidden = CARRIED_FIELDS if entry.declined and entry.begun_from else ()
        shown = [
            (str(field.label), "; ".join(lines(entry, name)))
            for name, field in self.fields().items()
            if name not in hidden
        ]
        return [(label, text) for label, text in shown if text]


def as_record(found: PlanStatus) -> dict[str, Any]:
    """The verdict as kept with the plan."""
    return {
        "state": found.state,
        "summary": found.summary,
        "missing": [{"step": gap.step, "code": gap.code, "sentence": gap.sentence} for gap in found.missing],
        "recommended": [
            {"step": gap.step, "code": gap.code, "sentence": gap.sentence} for gap in found.recommended
        ],
        "exceptions": list(found.exceptions),
    }


PLAN_TIERS = ("moderate", "high")
"""Tiers from which a safety plan is due (clinical.md §5.2)."""


@registry.facts
def plan_facts(picture: Picture, facts: Facts) -> None:
    """Whether a plan is asked for, its state, what is missing, or that it was declined."""
    facts.plan_required = facts.tier in PLAN_TIERS
    entry: SafetyPlan | None = picture.one("safety_plan")
    if entry is None:
        return
    facts.plan_refused = bool(entry.declined and entry.declined_reason)
    if not entry.declined:
        found = plan_status(entry, picture.policies["safety_plan"])
        facts.plan_state = found.state
        facts.plan_missing = [gap.sentence for gap in found.missing]


@registry.rule
def plan_due(picture: Picture) -> Iterable[Gap]:
    """A plan is due from a moderate tier on. Which ways of leaving wait for it, the disposition's gates say."""
    if picture.facts.plan_required and picture.one("safety_plan") is None:
        yield Gap(
            "PLAN_DUE",
            "A safety plan is due: make it with the person, or write that they declined.",
            "safety_plan",
            None,
            "warning_signs",
            blocking=False,
        )


@registry.after_change
def keep_reviews(picture: Picture, *, by: "Staff", at: datetime) -> None:
    """Have the supervisor look at what was declined, as soon as the plan asks for it."""
    for plan in picture.all("safety_plan"):
        if not plan.is_frozen:
            keep_review(plan=plan, by=by, at=at)


registry.add(Plan())
