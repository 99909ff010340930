"""Ending follow-up that is no longer wanted: declined, deceased, or an episode that closes."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F

from mih.accounts.models import Staff
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import (
    UNFINISHED,
    ContactDue,
    ContactStatus,
    FollowUpTrigger,
    PlannedStep,
    StepState,
)

NOTES = {
    "declined": "The person declined further contact.",
    "deceased": "The person has died.",
    "episode_closed": "The episode of care was closed.",
}


def end_triggers(
    *,
    episode: EpisodeOfCare,
    ending: str,
    at: datetime,
    by: Staff | None = None,
    but: Collection[str] = (),
    keep: ContactDue | None = None,
) -> None:
    """End the triggers of a locked episode (not those of the codes `but`) and cancel what they still asked for.

    A contact that also serves a trigger of `but` stays, without the cancelled steps once the episode is planned again.
    `keep` is the contact being closed by its own outcome.
    """
    ended = FollowUpTrigger.objects.filter(episode=episode, ended_at=None).exclude(code__in=but)
    ended.update(ended_at=at, ending=ending, version=F("version") + 1)
    steps = PlannedStep.objects.filter(episode=episode, state=StepState.PLANNED).exclude(trigger__in=but)
    if keep is not None:
        steps = steps.exclude(contact=keep)
    steps.update(state=StepState.CANCELLED, version=F("version") + 1)
    empty = ContactDue.objects.filter(episode=episode, status__in=UNFINISHED).exclude(
        planned_steps__state=StepState.PLANNED
    )
    if keep is not None:
        empty = empty.exclude(pk=keep.pk)
    ContactDue.objects.filter(pk__in=empty.values("pk")).update(
        status=ContactStatus.CANCELLED,
        claimed_by=None,
        claimed_at=None,
        closed_at=at,
        closed_by=by,
        closing_note=NOTES[ending],
        version=F("version") + 1,
    )


def finish(
    contact: ContactDue,
    *,
    status: ContactStatus,
    at: datetime,
    by: Staff | None,
    outcome: str = "",
    note: str = "",
) -> None:
    """Close a locked contact, and its steps with it."""
    step = {
        ContactStatus.DONE: StepState.DONE,
        ContactStatus.UNABLE: StepState.UNABLE,
        ContactStatus.CANCELLED: StepState.CANCELLED,
        ContactStatus.SUPERSEDED: StepState.SUPERSEDED,
    }[status]
    contact.status, contact.outcome = status, outcome or contact.outcome
    contact.claimed_by = contact.claimed_at = None
    contact.closed_at, contact.closed_by, contact.closing_note = at, by, note[:300]
    contact.version += 1
    contact.save()
    PlannedStep.objects.filter(contact=contact, state=StepState.PLANNED).update(
        state=step, version=F("version") + 1
    )
