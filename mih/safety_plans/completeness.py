"""Whether a safety plan is complete, and what is missing step by step (clinical.md §5.2).

The plan is a ladder of six steps, from what the person can do alone to making the place safer, and then how the plan was
made. It is never a promise not to die.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from mih.protocols.policy import Policy
from mih.safety_plans.plan_facts import Access, Helper, MeansItem, PlanFacts, Professional
from mih.safety_plans.steps import StepNumber

__all__ = [
    "Access",
    "Gap",
    "Helper",
    "MeansItem",
    "PlanFacts",
    "PlanStatus",
    "Professional",
    "State",
    "Step",
    "status",
]

State = Literal["draft", "incomplete", "complete", "complete_with_exception", "superseded"]
Step = Literal[1, 2, 3, 4, 5, 6, "process"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the plan still needs, in the step it belongs to."""

    step: Step
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """`missing` holds back completeness; `recommended` would make the plan better; `exceptions` are accepted refusals."""

    state: State
    missing: tuple[Gap, ...]
    recommended: tuple[Gap, ...]
    exceptions: tuple[str, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps with something missing, in order; how the plan was made comes last."""
        order: tuple[Step, ...] = get_args(Step)
        named = {gap.step for gap in self.missing}
        return tuple(step for step in order if step in named)

    @property
    def summary(self) -> str:
        """One line: `complete`, `complete with exception`, `incomplete (step 4)`, `incomplete (steps 4, 6; process)`."""
        if self.state != "incomplete":
            return self.state.replace("_", " ")
        numbers = [str(step) for step in self.steps if step != "process"]
        parts = [f"step{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"] if numbers else []
        return f"incomplete ({'; '.join([*parts, *(['process'] if 'process' in self.steps else [])])})"


def status(plan: PlanFacts, policy: Policy) -> PlanStatus:
    """The state of `plan` under the `safety_plan` policy.

    `draft` while no step holds anything; afterwards incomplete with a list, complete, or complete with an exception when
    a safer place for means was declined with a reason and a review.
    """
    missing = [*_words(plan, policy), *_helpers(plan, policy), *_professionals(plan, policy)]
    means, exceptions = _means(plan, policy)
    missing += [*means, *_unread(plan), *_process(plan, policy)]
    missing.sort(key=lambda gap: get_args(Step).index(gap.step))
    state: State
    if plan.superseded:
        state = "superseded"
    elif not _begun(plan):
        state = "draft"
    elif missing:
        state = "incomplete"
    else:
        state = "complete_with_exception" if exceptions else "complete"
    return PlanStatus(
        state=state,
        missing=tuple(missing),
        recommended=tuple(_recommended(plan, policy)),
        exceptions=tuple(exceptions),
    )


def _filled(entries: Sequence[str]) -> list[str]:
    return [entry for entry in entries if entry.strip()]


def _begun(plan: PlanFacts) -> bool:
    lists = (plan.warning_signs, plan.coping, plan.distraction_people, plan.distraction_places)
    return (
        any(_filled(entries) for entries in lists)
        or any(helper.name.strip() for helper in plan.helpers)
        or any(professional.name.strip() for professional in plan.professionals)
        or any(item.access for item in plan.means)
        or plan.helpers_none
    )


def _words(plan: PlanFacts, policy: Policy) -> list[Gap]:
    found = []
    if len(_filled(plan.warning_signs)) < policy["warning_signs_min"]:
        found.append(
            Gap(1, "WARNING_SIGNS", "Step 1: write at least one warning sign, in the client's words.")
        )
    if len(_filled(plan.coping)) < policy["coping_min"]:
        found.append(Gap(2, "COPING", "Step 2: write at least one thing the client can do alone."))
    if policy["coping_obstacle_required"] and not plan.coping_obstacle_asked:
        found.append(Gap(2, "COPING_OBSTACLE", "Step 2: ask what could get in the way."))
    if len(_filled(plan.distraction_people) + _filled(plan.distraction_places)) < policy["distraction_min"]:
        found.append(Gap(3, "DISTRACTION", "Step 3: write at least one person or place for distraction."))
    return found


def _helpers(plan: PlanFacts, policy: Policy) -> list[Gap]:
    reachable = [helper for helper in plan.helpers if helper.name.strip() and helper.contact.strip()]
    if len(reachable) >= policy["helpers_min"]:
        return []
    if not plan.helpers_none:
        return [
            Gap(4, "HELPERS", "Step 4: add a person to ask for help with a telephone number, or record none.")
        ]
    if any(each.name.strip() and each.contact.strip() and not each.line_988 for each in plan.professionals):
        return []
    return [Gap(4, "HELPERS_NONE", "Step 4: with nobody to ask, add a professional and how to reach them.")]


def _professionals(plan: PlanFacts, policy: Policy) -> list[Gap]:
    found = []
    local = [each for each in plan.professionals if each.name.strip() and not each.line_988]
    if len(local) < policy["professionals_local_min"]:
        found.append(Gap(5, "PROFESSIONALS", "Step 5: add at least one local professional or agency."))
    if policy["professionals_988_required"] and not any(each.line_988 for each in plan.professionals):
        found.append(Gap(5, "LINE_988", "Step 5: put 988 on the plan."))
    return found


def _means(plan: PlanFacts, policy: Policy) -> tuple[list[Gap], list[str]]:
    """What step 6 lacks, and the kinds of means whose safekeeping was declined and may stand so."""
    declined = []
    answered = {item.kind for item in plan.means if item.access}
    found = [
        Gap(6, f"MEANS_{kind.upper()}", f"Step 6: ask about access to {_named(kind)}.")
        for kind in policy["means_asked"]
        if kind not in answered
    ]
    for item in plan.means:
        if item.access != "yes":
            continue
        if item.action == "declined":
            if item.reason.strip() and item.review_task:
                declined.append(item.kind)
            else:
                found.append(
                    Gap(
                        6,
                        "MEANS_DECLINED",
                        f"Step 6: declined for {_named(item.kind)}: write the reason and give the supervisor a review.",
                    )
                )
        elif item.action not in policy["means_actions"]:
            found.append(Gap(6, "MEANS_ACTION", f"Step 6: say what was done about {_named(item.kind)}."))
        elif policy["means_verifier_required"] and not _verified(item, plan):
            found.append(
                Gap(6, "MEANS_VERIFIER", f"Step 6: say who makes sure of {_named(item.kind)}, and when.")
            )
    return found, declined


def _unread(plan: PlanFacts) -> list[Gap]:
    """Steps that stand as the plan before had them: they count once the person has said that they are still true."""
    return [
        Gap(
            step,
            f"STILL_TRUE_{step}",
            f"Step {step}: taken over from the plan before. Read it together, then confirm that it is still true.",
        )
        for step in get_args(StepNumber)
        if step in plan.unread_steps
    ]


def _verified(item: MeansItem, plan: PlanFacts) -> bool:
    if item.verifier.strip():
        return item.verify_at is not None
    return bool(plan.means_verifier.strip()) and plan.means_verify_at is not None


def _named(kind: str) -> str:
    return "other means" if kind == "other" else kind


def _process(plan: PlanFacts, policy: Policy) -> list[Gap]:
    signed = plan.author_role in policy["signers"] or plan.cosigned_by_role in policy["cosigners"]
    checks = (
        (plan.author_role is not None, "AUTHOR", "Say who wrote the plan with the client."),
        (
            plan.collaborative,
            "COLLABORATIVE",
            "A plan is made together: the client alone, or staff alone, is not enough.",
        ),
        (signed, "SIGNER", "A role that may sign plans signs or co-signs it."),
        (
            plan.acknowledged_by in policy["acknowledged_by"],
            "ACKNOWLEDGED",
            "The client or a guardian acknowledges it.",
        ),
        (plan.copy_given in policy["copy_given"], "COPY", "Give a copy, and record how."),
        (plan.plan_date is not None, "DATE", "Date the plan."),
        (plan.caregiver in policy["caregiver_answers"], "CAREGIVER", "Answer whether a caregiver took part."),
        (
            plan.caregiver_permitted,
            "CAREGIVER_PERMISSION",
            "Record on what the caregiver was told: the client's permission, an emergency, or a minor's parent.",
        ),
    )
    return [Gap("process", code, sentence) for met, code, sentence in checks if not met]


def _recommended(plan: PlanFacts, policy: Policy) -> list[Gap]:
    counts: tuple[tuple[Step, str, Sequence[str], str], ...] = (
        (1, "warning_signs", plan.warning_signs, "warning signs"),
        (2, "coping", plan.coping, "things to do alone"),
        (3, "distraction_people", plan.distraction_people, "people for distraction"),
        (3, "distraction_places", plan.distraction_places, "places for distraction"),
        (4, "helpers", [helper.name for helper in plan.helpers], "people to ask for help"),
    )
    found = []
    for step, name, entries, words in counts:
        wanted = policy[f"{name}_recommended"]
        if len(_filled(entries)) < wanted:
            found.append(Gap(step, f"{name.upper()}_MORE", f"Step {step}: {wanted} {words} are recommended."))
    if not plan.coping_obstacle_asked and not policy["coping_obstacle_required"]:
        found.append(Gap(2, "COPING_OBSTACLE", "Step 2: ask what could get in the way."))
    found += [
        Gap(6, "MEANS_UNKNOWN", f"Step 6: ask again about {_named(item.kind)}; access is not known.")
        for item in plan.means
        if item.access == "unknown"
    ]
    return found
