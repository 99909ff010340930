"""What each outcome of the next attempt would set in motion, said before anybody records it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mih.core import clock
from mih.followups.cadence import PolicyValues
from mih.followups.hours import ContactWindow, instant
from mih.followups.models import ContactDue
from mih.followups.services.closing import safety_codes
from mih.followups.services.escalations import past_attempts
from mih.followups.services.next_step import try_again
from mih.followups.unreachable import Outcome, PastAttempt, escalation_for, reached_escalation
from mih.followups.whom import permissions_of
from mih.protocols.selectors import in_force

NOT_REACHED = (
    "no_answer",
    "voicemail_left",
    "text_sent",
    "wrong_person",
    "wrong_number",
    "support_person_reached",
)
"""Outcomes that leave the person unreached, whatever else they brought."""
MOST_MOMENTS = 4


@dataclass(frozen=True)
class Consequences:
    """Sentences by outcome."""

    reached: str
    not_reached: str
    declined: str
    held: str
    deceased: str

    def of(self, outcome: str) -> str:
        """The sentence of one outcome."""
        if outcome in NOT_REACHED:
            return self.not_reached
        named = {"reached": self.reached, "declined": self.declined, "deceased": self.deceased}
        return named.get(outcome, self.held)


def consequences(contact: ContactDue, *, at: datetime) -> Consequences:
    """What would follow an attempt on `contact` at `at`, by its outcome."""
    safety = safety_codes(at).intersection(contact.triggers)
    return Consequences(
        reached="This contact is done. The person's next contacts stay planned.",
        not_reached=_not_reached(contact, at),
        declined=(
            "Other follow-up ends. Suicide-safety contacts stay until a licensed clinician decides."
            if safety
            else "The person's other contacts end too, except those about suicide safety."
        ),
        held="All of the person's contacts wait, without times, until discharge or release is recorded.",
        deceased="All follow-up of this person ends and the episode of care closes.",
    )


def later_moments(contact: ContactDue, *, at: datetime) -> list[datetime]:
    """The next few moments worth putting a contact off to: the starts of the parts of the day, within the hours this
    person may be contacted and before the contact closes."""
    permissions = permissions_of(contact.person)
    window = permissions.window(ContactWindow.from_policy(in_force("contact_hours", at)))
    starts = _starts(in_force("unreachable", at), window)
    zone = permissions.zone(clock.agency_zone())
    today = at.astimezone(zone).date()
    days = [today + timedelta(days=offset) for offset in range(4)]
    moments = [instant(day, minute, zone) for day in days for minute in starts]
    ahead = [moment for moment in moments if moment > at and not _too_late(moment, contact)]
    return ahead[:MOST_MOMENTS]


def _not_reached(contact: ContactDue, at: datetime) -> str:
    if contact.escalated_at:
        return "It is kept. The escalation stands until it is decided."
    policy, zone = in_force("unreachable", at), _zone(contact)
    past = [*past_attempts(contact), PastAttempt(at, Outcome.NO_ANSWER)]
    if reached_escalation(past, policy, zone):
        return (
            f"That makes {len(past)} attempts: {escalation_for(contact.triggers, policy).actions[0].sentence}"
        )
    window = permissions_of(contact.person).window(ContactWindow.from_policy(in_force("contact_hours", at)))
    return try_again(past, at=at, closes=contact.closes_at, policy=policy, window=window, zone=zone).sentence


def _starts(policy: PolicyValues, window: ContactWindow) -> list[int]:
    """Minutes after midnight at which a part of the day begins, as far as the hours of contact go."""
    parts = [int(begins[:2]) * 60 + int(begins[3:]) for _, begins in policy["blocks"]]
    spans = window.spans or (window.permitted,)
    return sorted({max(begins, low) for low, high in spans for begins in parts if max(begins, low) < high})


def _too_late(moment: datetime, contact: ContactDue) -> bool:
    return contact.closes_at is not None and moment >= contact.closes_at


def _zone(contact: ContactDue) -> ZoneInfo:
    return permissions_of(contact.person).zone(clock.agency_zone())
