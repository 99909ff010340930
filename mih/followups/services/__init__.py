"""The use cases of follow-up. Each is one transaction, keyword-only, and takes `by` and `at`."""

from mih.followups.services.assigning import Undone, reassign, undo_reassign
from mih.followups.services.attempts import AHEAD, record_attempt
from mih.followups.services.closing import close_contact, end_follow_ups
from mih.followups.services.escalations import decide_escalation
from mih.followups.services.facility import enter_facility, release_from_facility
from mih.followups.services.next_step import Attempted, NextStep
from mih.followups.services.planner import plan_encounter
from mih.followups.services.reminders import mark_seen
from mih.followups.services.work import claim, claim_next, release, snooze

__all__ = [
    "AHEAD",
    "Attempted",
    "NextStep",
    "Undone",
    "claim",
    "claim_next",
    "close_contact",
    "decide_escalation",
    "end_follow_ups",
    "enter_facility",
    "mark_seen",
    "plan_encounter",
    "reassign",
    "record_attempt",
    "release",
    "release_from_facility",
    "snooze",
    "undo_reassign",
]
