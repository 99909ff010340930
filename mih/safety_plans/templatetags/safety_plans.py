"""The standing plan inside other apps' pages."""

from typing import Any

from django import template

from mih.accounts.models import Staff
from mih.core import clock
from mih.encounters.registry import registry
from mih.people.models import Person
from mih.privacy import policy
from mih.protocols.selectors import in_force
from mih.safety_plans.desk_forms import ReadingForm
from mih.safety_plans.own_copy import own_copy
from mih.safety_plans.selectors import current_plan, status_now, unfinished_plan

register = template.Library()


@register.inclusion_tag("safety_plans/contact.html", takes_context=True)
def plan_at_contact(context: Any, person: Person, contact: Any) -> dict[str, Any]:
    """The plan that stands, at a follow-up contact: to be read through with the person when this contact is for that."""
    request, staff = context["request"], context["request"].user
    plan = current_plan(person) if _reads(staff) else None
    if plan is None:
        return {"plan": None}
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "plan": plan,
        "person": person,
        "contact": contact,
        "due": bool(set(contact.steps) & set(in_force("safety_plan", clock.now())["review_steps"])),
        "status": status_now(plan),
        "copy": own_copy(plan, language="en"),
        "readings": plan.readings.select_related("by").order_by("-at")[:3],
        "form": ReadingForm(initial={"contact": contact.pk}),
        "may_write": bool(policy.page(staff, "document")) and bool(policy.section(staff, "safety_plan", "C")),
        "may_revise": bool(policy.page(staff, "document")) and "C" in policy.letters(staff, "safety_plan"),
        "unfinished": unfinished_plan(person),
    }


@register.inclusion_tag("safety_plans/print_buttons.html", takes_context=True)
def plan_copies(context: Any, person: Person, plan: Any) -> dict[str, Any]:
    """Buttons that print the person's copies, and record that one was given."""
    staff = context["request"].user
    known = person.supporters.order_by("name", "id")
    return {
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "person": person,
        "plan": plan,
        "spanish": person.language == "es",
        "supporters": [each for each in known if each.may_know],
        "without": [each for each in known if not each.may_know and not each.stepped_back],
        "copies": plan.copies.select_related("by", "supporter").order_by("-at"),
        "may_give": plan.is_frozen
        and bool(policy.page(staff, "document"))
        and bool(policy.section(staff, "safety_plan", "C")),
    }


def _reads(staff: Staff) -> bool:
    line = registry["safety_plan"]
    return bool(policy.segment(staff, line.segment)) and bool(policy.section(staff, line.section, "R"))
