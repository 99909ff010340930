"""All that somebody needs to make one contact well: who, how, what to say, what not, and what happens next."""

from dataclasses import dataclass, field
from datetime import datetime

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import NotAllowed
from mih.followups.hours import ContactWindow
from mih.followups.messages import Message, text_for, voicemail_for
from mih.followups.models import RUNNING, Attempt, ChannelRefusal, ContactDue, Escalation
from mih.followups.permissions import Channel, ContactPermissions, channel_verdict
from mih.followups.selectors.windows import day_word, window_words
from mih.followups.services.access import demand_person, found
from mih.followups.services.escalations import past_attempts
from mih.followups.services.next_step import NextStep, try_again
from mih.followups.unreachable import escalation_for
from mih.followups.whom import permissions_of
from mih.people.models import Supporter
from mih.protocols.selectors import in_force

LABELS = {
    Channel.CALL: "Call",
    Channel.VOICEMAIL: "Voicemail",
    Channel.TEXT: "Text",
    Channel.EMAIL: "Email",
    Channel.MAIL: "Letter",
    Channel.THIRD_PARTY: "Through somebody else",
    Channel.IN_PERSON: "In person",
}


@dataclass(frozen=True)
class ChannelLine:
    """One way of reaching the person at this moment: allowed or not, and the sentence that says why."""

    channel: Channel
    label: str
    allowed: bool
    code: str
    sentence: str


@dataclass(frozen=True)
class ContactBrief:
    """A contact with everything its screen shows. `voicemail` and `text` are None when none may be used."""

    contact: ContactDue
    permissions: ContactPermissions
    channels: list[ChannelLine]
    voicemail: Message | None
    text: Message | None
    do_not_say: list[str]
    window: str
    overdue: bool
    next: NextStep
    attempts: list[Attempt]
    refusals: list[ChannelRefusal]
    supporters: list[Supporter]
    escalation: Escalation | None
    alarms: list[str] = field(default_factory=list)

    @property
    def why(self) -> list[str]:
        """The sentences that say why this contact exists."""
        return [reason["sentence"] for reason in self.contact.why]


def contact_brief(staff: Staff, contact: object, *, at: datetime) -> ContactBrief:
    """The brief of one contact for `staff`. Raises `NotFound` for one of the other world, or none at all."""
    row = found(contact)  # type: ignore[arg-type]
    demand_person(staff, row.person)
    supporters = list(
        row.person.supporters.filter(may_contact=True).exclude(stepped_back=True).order_by("name", "id")
    )
    permissions = permissions_of(row.person, third_party=bool(supporters))
    hours = ContactWindow.from_policy(in_force("contact_hours", at))
    channels = [_line(channel, permissions, at, hours) for channel in Channel]
    allowed = {line.channel for line in channels if line.allowed}
    return ContactBrief(
        contact=row,
        permissions=permissions,
        channels=channels,
        voicemail=_voicemail(row, staff, at),
        text=text_for(row, by=staff, at=at) if Channel.TEXT in allowed else None,
        do_not_say=list(permissions.do_not_say),
        window=window_words(row.opens_at, row.closes_at, at),
        overdue=row.is_overdue(at),
        next=_next(row, permissions, hours, at),
        attempts=list(row.attempts.select_related("by").order_by("-at", "-id")),
        refusals=list(row.channel_refusals.select_related("by").order_by("-at", "-id")),
        supporters=supporters,
        escalation=Escalation.objects.select_related("decided_by").filter(contact=row).first(),
        alarms=row.alarms(at),
    )


def _line(
    channel: Channel, permissions: ContactPermissions, at: datetime, hours: ContactWindow
) -> ChannelLine:
    verdict = channel_verdict(channel, permissions, at, hours, clock.agency_zone())
    return ChannelLine(channel, LABELS[channel], verdict.allowed, verdict.code, verdict.sentence)


def _voicemail(row: ContactDue, staff: Staff, at: datetime) -> Message | None:
    try:
        return voicemail_for(row, by=staff, at=at)
    except NotAllowed:
        return None


def _next(row: ContactDue, permissions: ContactPermissions, hours: ContactWindow, at: datetime) -> NextStep:
    """What happens with this contact if nothing is done, or the person is not reached again."""
    if row.is_finished:
        return NextStep("ended", f"{row.get_status_display()}. {row.closing_note}".strip())
    if row.status not in RUNNING:
        return NextStep("on_hold", "Waiting for discharge or release: record it once it is known.")
    if row.signoff_since:
        return NextStep("sign_off", "The person declined. A licensed clinician decides whether this may end.")
    policy = in_force("unreachable", at)
    escalation = escalation_for(row.triggers, policy)
    if row.escalated_at:
        waiting = Escalation.objects.filter(contact=row, decided_at=None).first()
        if waiting is None:
            return NextStep("escalated", "The escalation was decided. See below.")
        todo = [action["sentence"] for action in waiting.actions if not action.get("decision")]
        return NextStep("escalated", " ".join(todo), waiting.due_at)
    past = past_attempts(row)
    ladder = (
        f"After {policy['attempts']} attempts on {policy['dates']} days and at {policy['blocks_needed']} times of day: "
        f"{escalation.actions[0].sentence}"
    )
    if not past:
        planned = row.next_at
        when = "now" if planned <= at else f"{day_word(planned, at)} at {clock.local(planned):%H:%M}"
        return NextStep("try_again", f"Try {when}. {ladder}", planned)
    again = try_again(
        past,
        at=at,
        closes=row.closes_at,
        policy=policy,
        window=permissions.window(hours),
        zone=permissions.zone(clock.agency_zone()),
    )
    return NextStep(again.kind, f"{again.sentence} {ladder}", again.at)
