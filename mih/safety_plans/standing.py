"""The state of a plan as it stands now: its steps, who has signed since, and whether a copy was handed over later."""

from mih.protocols.policy import Policy
from mih.safety_plans.carrying import unread_steps
from mih.safety_plans.completeness import PlanStatus, status
from mih.safety_plans.models import SafetyPlan
from mih.safety_plans.reading import plan_facts

COMPLETE = frozenset({"complete", "complete_with_exception"})


def plan_status(plan: SafetyPlan, policy: Policy, *, copy: str = "", superseded: bool = False) -> PlanStatus:
    """Whether the plan is complete, and what is missing. `copy`: how a copy was given after signing."""
    facts = plan_facts(plan, policy, unread=unread_steps(plan), copy=copy, superseded=superseded)
    return status(facts, policy)
