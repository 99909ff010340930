from mih.followups.models.attempt import Attempt, ChannelRefusal
from mih.followups.models.contact import (
    RUNNING,
    UNFINISHED,
    ContactDue,
    ContactStatus,
)
from mih.followups.models.escalation import Escalation, Reminder
from mih.followups.models.plan import FollowUpTrigger, PlannedStep, PlanningTrouble, StepState
from mih.followups.models.reassignment import Reassignment

__all__ = [
    "RUNNING",
    "UNFINISHED",
    "Attempt",
    "ChannelRefusal",
    "ContactDue",
    "ContactStatus",
    "Escalation",
    "FollowUpTrigger",
    "PlannedStep",
    "PlanningTrouble",
    "Reassignment",
    "Reminder",
    "StepState",
]
