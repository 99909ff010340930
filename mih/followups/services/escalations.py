"""Raising and deciding escalations (clinical.md §7.5)."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.episodes.services import touch
from mih.followups.models import ContactDue, ContactStatus, Escalation
from mih.followups.models.querysets import end_of_day
from mih.followups.services.access import demand_episode, locked
from mih.followups.services.ending import finish
from mih.followups.services.planner import lock_episode
from mih.followups.unreachable import Outcome, PastAttempt, escalation_for, reached_escalation
from mih.followups.whom import permissions_of
from mih.protocols.selectors import in_force

LEADING = {
    "suicide_safety": "welfare_check_decision",
    "field_visit": "field_visit",
    "neutral_outreach": "navigator_review",
}
"""The action whose decision settles an escalation of each kind."""

DECISIONS: dict[str, dict[str, str]] = {
    "supervisor_review": {"reviewed": "Reviewed"},
    "second_contact": {
        "reached": "Second contact reached",
        "not_reached": "Second contact not reached",
        "not_permitted": "No permission to contact anybody else",
    },
    "welfare_check_decision": {
        "request_welfare_check": "Welfare check requested",
        "no_welfare_check": "No welfare check",
    },
    "field_visit": {
        "visit_planned": "Visit planned",
        "visit_made": "Visit made",
        "no_visit": "No visit possible",
    },
    "letter_or_text": {"sent": "Sent", "not_agreed": "The person has not agreed to it"},
    "navigator_review": {"keep_trying": "Keep trying until the window ends", "close": "Close as unable"},
    "close_as_unable": {"close": "Close as unable"},
}


def past_attempts(contact: ContactDue) -> list[PastAttempt]:
    """The contact's attempts, oldest first, in the words of the rule. What came in from the person counts too."""
    attempts = sorted(contact.attempts.all(), key=lambda attempt: (attempt.at, attempt.pk))
    return [PastAttempt(attempt.at, Outcome(attempt.outcome)) for attempt in attempts]


def has_earned(contact: ContactDue, *, at: datetime) -> bool:
    """Whether the contact's attempts meet the policy for an escalation."""
    zone = permissions_of(contact.person).zone(clock.agency_zone())
    return reached_escalation(past_attempts(contact), in_force("unreachable", at), zone)


def escalate_if_due(contact: ContactDue, *, at: datetime) -> Escalation | None:
    """Raise the escalation of a locked contact when its attempts meet the policy; the one there is, when it has one.

    Saves the contact when it raises one.
    """
    standing = Escalation.objects.filter(contact=contact).first()
    if standing is not None:
        return standing
    if not has_earned(contact, at=at):
        return None
    found = escalation_for(contact.triggers, in_force("unreachable", at))
    actions = [{**asdict(action), "roles": list(action.roles)} for action in found.actions]
    leading = next(action for action in found.actions if action.code == LEADING[found.kind])
    first_roles = next((action.roles for action in found.actions if action.roles), leading.roles)
    same_day = any(action.same_day for action in found.actions)
    later = contact.closes_at if contact.closes_at and contact.closes_at > at else end_of_day(at)
    escalation = Escalation.objects.create(
        contact=contact,
        kind=found.kind,
        actions=actions,
        raised_at=at,
        due_at=end_of_day(at) if same_day else later,
        assigned_role=first_roles[0],
        closes_at_window_end=found.closes_at_window_end,
    )
    contact.escalated_at = at
    contact.version += 1
    contact.save()
    return escalation


@transaction.atomic
def decide_escalation(
    *, escalation: UUID, action: str, decision: str, by: Staff, at: datetime, note: str = ""
) -> Escalation:
    """Keep what was decided about one action of an escalation. The leading action's decision settles it.

    A welfare check is decided by a licensed clinician alone. Raises `NotAllowed` for another role, `Invalid` for an
    action or decision that does not exist, `Stale` when it was decided already or the contact is finished.
    """
    known = Escalation.objects.filter(pk=escalation).values_list("contact__episode_id", "contact_id").first()
    if known is None:
        raise NotFound("There is no such escalation.", code="no_escalation")
    episode = lock_episode(known[0])
    demand_episode(by, episode)
    contact = locked(known[1])
    row = Escalation.objects.select_for_update(of=("self",)).get(pk=escalation)
    item = next((each for each in row.actions if each["code"] == action), None)
    if item is None:
        raise Invalid(
            "This escalation asks for no such thing.", code="no_action", fields={"action": "Choose one."}
        )
    if item["roles"] and by.role not in item["roles"]:
        roles = " or ".join(item["roles"]).replace("_", " ")
        raise NotAllowed(
            f"{item['sentence'].rstrip('.')}: that is for a {roles}. Ask the one on duty.", code="role_only"
        )
    if decision not in DECISIONS[action]:
        raise Invalid(
            "Choose one of the decisions.",
            code="no_decision",
            fields={"decision": "Choose one of the decisions."},
        )
    if item.get("decision"):
        raise Stale("This was already decided. Reload the contact.", code="already_decided")
    item |= {
        "decision": decision,
        "note": note.strip()[:300],
        "by": str(by.pk),
        "by_name": by.signature_name,
        "at": at.isoformat(),
    }
    if action == LEADING[row.kind]:
        row.decided_at, row.decided_by, row.decision = at, by, decision
    row.version += 1
    row.save()
    touch(episode=episode, at=at)
    if decision == "close":
        note_kept = item["note"] or "Could not be reached; closed after review."
        finish(contact, status=ContactStatus.UNABLE, at=at, by=by, note=note_kept)
    return row
