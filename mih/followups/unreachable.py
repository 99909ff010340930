"""When trying has gone on long enough, and what happens then (clinical.md §7.5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from mih.followups.cadence import PolicyValues


class Outcome(StrEnum):
    """How an attempt ended."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    VOICEMAIL_LEFT = "voicemail_left"
    TEXT_SENT = "text_sent"
    WRONG_PERSON = "wrong_person"
    WRONG_NUMBER = "wrong_number"
    DECLINED = "declined"
    SUPPORT_PERSON_REACHED = "support_person_reached"
    IN_FACILITY = "in_facility"
    IN_CUSTODY = "in_custody"
    DECEASED = "deceased"


@dataclass(frozen=True)
class PastAttempt:
    at: datetime
    outcome: Outcome


class EscalationKind(StrEnum):
    SUICIDE_SAFETY = "suicide_safety"
    FIELD_VISIT = "field_visit"
    NEUTRAL_OUTREACH = "neutral_outreach"


@dataclass(frozen=True)
class EscalationAction:
    """One thing to do, by one of `roles`; empty when any worker of the contact may."""

    code: str
    sentence: str
    roles: tuple[str, ...] = ()
    same_day: bool = False


@dataclass(frozen=True)
class Escalation:
    """`kind` is the gravest; `closes_at_window_end` says whether the contact may end as unable by itself."""

    kind: EscalationKind
    actions: tuple[EscalationAction, ...]
    closes_at_window_end: bool


def reached_escalation(attempts: Sequence[PastAttempt], policy: PolicyValues, zone: ZoneInfo) -> bool:
    """Whether the attempts of one contact have met the policy's number, local dates and parts of the day.

    `zone` is where the person is. Any outcome that settles where the person stands (reached, declined, in a
    facility or in custody, deceased) means no.
    """
    if any(attempt.outcome not in policy["counted_outcomes"] for attempt in attempts):
        return False
    local = [attempt.at.astimezone(zone) for attempt in attempts]
    enough = (
        len(local) >= policy["attempts"],
        len({at.date() for at in local}) >= policy["dates"],
        len({part_of_day(at, policy) for at in local}) >= policy["blocks_needed"],
    )
    return all(enough)


def escalation_for(triggers: Collection[str], policy: PolicyValues) -> Escalation:
    """What follows for a contact with these trigger codes; a merged contact takes the steps of every grave
    one.
    """
    suicide = not set(policy["suicide_safety_triggers"]).isdisjoint(triggers)
    overdose = not set(policy["field_visit_triggers"]).isdisjoint(triggers)
    if suicide:
        visit = _field_visit(policy) if overdose else ()
        return Escalation(
            EscalationKind.SUICIDE_SAFETY, _suicide_safety(policy) + visit, closes_at_window_end=False
        )
    if overdose:
        return Escalation(EscalationKind.FIELD_VISIT, _field_visit(policy), closes_at_window_end=False)
    return Escalation(EscalationKind.NEUTRAL_OUTREACH, _neutral_outreach(policy), closes_at_window_end=True)


def _suicide_safety(policy: PolicyValues) -> tuple[EscalationAction, ...]:
    supervisor, clinician = tuple(policy["same_day_roles"]), tuple(policy["welfare_check_roles"])
    return (
        EscalationAction("supervisor_review", "Tell the supervisor today.", supervisor, same_day=True),
        EscalationAction(
            "second_contact", "Try the second contact or caregiver, if the person permits it.", same_day=True
        ),
        EscalationAction(
            "welfare_check_decision",
            "A licensed clinician decides whether to ask for a welfare check.",
            clinician,
            same_day=True,
        ),
    )


def _field_visit(policy: PolicyValues) -> tuple[EscalationAction, ...]:
    sentence = "Visit where the person is usually found, or where the overdose was."
    return (EscalationAction("field_visit", sentence, tuple(policy["field_visit_roles"])),)


def _neutral_outreach(policy: PolicyValues) -> tuple[EscalationAction, ...]:
    navigator = tuple(policy["review_roles"])
    return (
        EscalationAction("letter_or_text", "Send a neutral letter or text, if the person agreed to it."),
        EscalationAction(
            "navigator_review", "A navigator reviews what else could reach the person.", navigator
        ),
        EscalationAction("close_as_unable", "Close as unable when the window ends.", navigator),
    )


def part_of_day(at: datetime, policy: PolicyValues) -> str:
    """The part of the day: the last that has begun."""
    clock = f"{at:%H:%M}"
    return str([name for name, begins in policy["blocks"] if begins <= clock][-1])
