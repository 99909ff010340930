"""Recording an attempt: may it be made that way, what came of it, and what follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.core.ids import uuid7
from mih.episodes.services import close as close_episode
from mih.episodes.services import touch
from mih.followups.hours import ContactWindow
from mih.followups.messages import Message, text_for, voicemail_for
from mih.followups.models import Attempt, ChannelRefusal, ContactDue, ContactStatus
from mih.followups.models.attempt import CHANNELS
from mih.followups.models.contact import OUTCOMES
from mih.followups.permissions import Channel, ContactPermissions, Verdict, channel_verdict
from mih.followups.services.access import demand_work, found, locked
from mih.followups.services.closing import decline
from mih.followups.services.ending import end_triggers, finish
from mih.followups.services.escalations import escalate_if_due, past_attempts
from mih.followups.services.facility import hold
from mih.followups.services.next_step import Attempted, NextStep, try_again
from mih.followups.services.planner import lock_episode
from mih.followups.services.work import give_back, put_off
from mih.followups.whom import permissions_of
from mih.protocols.selectors import in_force

AHEAD = timedelta(minutes=5)
_MESSAGES = {"text_sent": "text", "voicemail_left": "call"}
_PLACES = {"in_facility": "a facility", "in_custody": "custody"}


@dataclass(frozen=True)
class Tried:
    """What the person who tried says."""

    channel: str
    outcome: str
    at: datetime
    note: str = ""
    spoke_with: str = ""
    outside_hours_reason: str = ""
    wording: str = ""


def record_attempt(
    *,
    contact: UUID,
    channel: str,
    outcome: str,
    by: Staff,
    at: datetime,
    happened_at: datetime | None = None,
    note: str = "",
    spoke_with: str = "",
    outside_hours_reason: str = "",
    wording: str = "",
    attempt: UUID | None = None,
) -> Attempted:
    """Keep one attempt and do what follows from its outcome, in one transaction.

    `channel` is one of `CHANNELS`, `outcome` one of the eleven of §7.5. `wording` is the voicemail or text as used; left
    out, the neutral one. The same `attempt` identifier sent again changes nothing.

    Raises `NotAllowed` for a way the person has not agreed to, and keeps that it was refused; `Invalid` when a reason
    is needed outside the hours, or the wording could reveal why the person is contacted; `Stale` when the contact is
    finished.
    """
    row = found(contact)
    demand_work(by, row.person)
    known = Attempt.objects.filter(pk=attempt).first() if attempt else None
    if known is not None:
        return _again(known, row, by)
    tried = Tried(
        channel,
        outcome,
        happened_at or at,
        note.strip(),
        spoke_with.strip(),
        outside_hours_reason.strip(),
        wording,
    )
    _check(tried, at=at)
    _demand_channel(row, tried, by=by, at=at)
    said = _wording(row, tried, by=by, at=at)
    return _record(row, tried, said, by=by, at=at, pk=attempt)


def channels_of(outcome: str, channel: str) -> Channel:
    """The channel whose permission counts: a call that ends on the machine is a voicemail."""
    if outcome == "voicemail_left":
        return Channel.VOICEMAIL
    return Channel(channel)


@transaction.atomic
def _record(
    row: ContactDue, tried: Tried, said: str, *, by: Staff, at: datetime, pk: UUID | None
) -> Attempted:
    episode = lock_episode(row.episode_id)
    contact = locked(row.pk)
    if contact.claimed_by_id not in (None, by.pk):
        raise Stale(
            "A colleague is working on this contact. Ask them to record it, or to give it back.",
            code="claimed_by_another",
        )
    attempt = Attempt.objects.create(
        pk=pk or uuid7(),
        contact=contact,
        at=tried.at,
        recorded_at=at,
        by=by,
        channel=tried.channel,
        outcome=tried.outcome,
        spoke_with=tried.spoke_with[:120],
        note=tried.note[:1000],
        outside_hours_reason=tried.outside_hours_reason[:200],
        wording=said,
    )
    contact.attempts_count += 1
    contact.version += 1
    touch(episode=episode, at=tried.at)
    match tried.outcome:
        case "reached":
            finish(contact, status=ContactStatus.DONE, outcome="reached", at=tried.at, by=by, note=tried.note)
            follows = NextStep("done", "Done. The next contact of this person stays planned.")
        case "declined":
            follows = decline(contact, episode, by=by, at=tried.at)
        case "deceased":
            end_triggers(episode=episode, ending="deceased", at=tried.at, by=by, keep=contact)
            finish(contact, status=ContactStatus.CANCELLED, outcome="deceased", at=tried.at, by=by)
            close_episode(episode=episode, closing="deceased", at=tried.at)
            follows = NextStep("ended", "All follow-up of this person has ended.")
        case "in_facility" | "in_custody":
            give_back(contact, at=at)
            contact.save()
            hold(episode=episode, facility=tried.note or _PLACES[tried.outcome], at=tried.at)
            contact.refresh_from_db()
            follows = NextStep("on_hold", "Waiting for discharge or release: record it once it is known.")
        case _:
            return _not_reached(attempt, contact, tried, by=by, at=at)
    return Attempted(attempt, contact, follows)


def _not_reached(
    attempt: Attempt, contact: ContactDue, tried: Tried, *, by: Staff, at: datetime
) -> Attempted:
    """The person was not reached: escalate when trying has gone on long enough, else say when to try again."""
    give_back(contact, at=at)
    contact.assigned_to = contact.assigned_to or by
    contact.save()
    escalation = escalate_if_due(contact, at=tried.at)
    if escalation is not None:
        first = escalation.actions[0]["sentence"]
        follows = NextStep("escalated", f"Could not be reached. {first}", escalation.due_at)
        return Attempted(attempt, contact, follows, escalation)
    permissions = permissions_of(contact.person)
    follows = try_again(
        past_attempts(contact),
        at=tried.at,
        closes=contact.closes_at,
        policy=in_force("unreachable", at),
        window=permissions.window(ContactWindow.from_policy(in_force("contact_hours", at))),
        zone=permissions.zone(clock.agency_zone()),
    )
    ahead = follows.at is not None and follows.at > at and follows.at != contact.closes_at
    if ahead and follows.at and contact.status != ContactStatus.ON_HOLD:
        words = dict(OUTCOMES)[tried.outcome]
        put_off(contact, until=follows.at, reason=f"{words} at {clock.local(tried.at):%H:%M}.")
        contact.save()
    return Attempted(attempt, contact, follows)


def _again(known: Attempt, row: ContactDue, by: Staff) -> Attempted:
    if known.contact_id != row.pk or known.by_id != by.pk:
        raise Stale("Another attempt was already kept under this identifier.", code="attempt_reused")
    return Attempted(known, row, NextStep("done", "This attempt was already kept."))


def _check(tried: Tried, *, at: datetime) -> None:
    if tried.channel not in dict(CHANNELS):
        raise Invalid("Choose how it was tried.", code="no_channel", fields={"channel": "Choose how."})
    if tried.outcome not in dict(OUTCOMES):
        raise Invalid(
            "Choose what came of it.", code="no_outcome", fields={"outcome": "Choose what came of it."}
        )
    needs = _MESSAGES.get(tried.outcome)
    if needs and tried.channel != needs:
        sentence = (
            f"“{dict(OUTCOMES)[tried.outcome]}” belongs to a {dict(CHANNELS)[needs].lower()}. Check the two."
        )
        raise Invalid(sentence, code="outcome_of_other_channel", fields={"outcome": sentence})
    if tried.at > at + AHEAD:
        sentence = "That time is still to come. Check the date and the clock."
        raise Invalid(sentence, code="time_in_future", fields={"happened_at": sentence})


def _demand_channel(row: ContactDue, tried: Tried, *, by: Staff, at: datetime) -> None:
    if tried.channel == "incoming":
        return
    permissions = _permissions(row)
    channel = channels_of(tried.outcome, tried.channel)
    verdict = channel_verdict(
        channel,
        permissions,
        tried.at,
        ContactWindow.from_policy(in_force("contact_hours", at)),
        clock.agency_zone(),
        reason=tried.outside_hours_reason,
    )
    if verdict:
        return
    if verdict.code == "reason_needed":
        raise Invalid(verdict.sentence, code=verdict.code, fields={"outside_hours_reason": verdict.sentence})
    _keep_refusal(row, channel, verdict, by=by, at=at)
    raise NotAllowed(verdict.sentence, code=verdict.code)


def _keep_refusal(row: ContactDue, channel: Channel, verdict: Verdict, *, by: Staff, at: datetime) -> None:
    """Kept before the refusal is raised, outside the transaction that it prevents."""
    ChannelRefusal.objects.create(
        contact=row, at=at, by=by, channel=channel, code=verdict.code, sentence=verdict.sentence[:200]
    )


def _permissions(row: ContactDue) -> ContactPermissions:
    third_party = row.person.supporters.filter(may_contact=True).exists()
    return permissions_of(row.person, third_party=third_party)


def _wording(row: ContactDue, tried: Tried, *, by: Staff, at: datetime) -> str:
    """The message as used, found neutral."""
    message: Message
    if tried.outcome == "text_sent":
        message = text_for(row, by=by, at=at, body=tried.wording)
    elif tried.outcome == "voicemail_left":
        message = voicemail_for(row, by=by, at=at, body=tried.wording)
    else:
        return ""
    if message.faults:
        raise Invalid(
            " ".join(message.faults), code="wording_not_neutral", fields={"wording": " ".join(message.faults)}
        )
    return message.text[:400]
