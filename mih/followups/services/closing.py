"""Closing contacts without having reached the person, and what a person's "no" means."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotAllowed
from mih.episodes.models import EpisodeOfCare
from mih.episodes.services import touch
from mih.followups.models import ContactDue, ContactStatus
from mih.followups.services.access import demand_work, found, locked
from mih.followups.services.ending import end_triggers, finish
from mih.followups.services.next_step import NextStep
from mih.followups.services.planner import lock_episode, replan
from mih.followups.services.work import give_back
from mih.protocols.selectors import in_force

CLOSINGS = {
    "unable": ContactStatus.UNABLE,
    "declined": ContactStatus.CANCELLED,
    "not_needed": ContactStatus.CANCELLED,
}


@transaction.atomic
def close_contact(*, contact: UUID, outcome: str, note: str, by: Staff, at: datetime) -> ContactDue:
    """End a contact that will not be made: `unable`, `declined` or `not_needed`, with a note that says why.

    A safety-critical contact is ended by a licensed clinician alone; `declined` then ends all of the person's
    safety-critical follow-up (clinical.md §7.5). Raises `NotAllowed` for anybody else.
    """
    row = found(contact)
    demand_work(by, row.person)
    if outcome not in CLOSINGS:
        raise Invalid(
            "Say whether it is unable, declined or not needed.",
            code="no_outcome",
            fields={"outcome": "Choose why it ends."},
        )
    if not note.strip():
        raise Invalid(
            "Say why this contact ends without being made.", code="note_missing", fields={"note": "Say why."}
        )
    episode = lock_episode(row.episode_id)
    row = locked(contact)
    critical = safety_codes(at)
    if (
        critical.intersection(row.triggers)
        and by.role not in in_force("unreachable", at)["welfare_check_roles"]
    ):
        raise NotAllowed(
            "This contact is about suicide safety. A licensed clinician decides whether it may end.",
            code="clinician_only",
        )
    touch(episode=episode, at=at)
    if outcome == "declined":
        keep = () if critical.intersection(row.triggers) else tuple(critical)
        end_triggers(episode=episode, ending="declined", at=at, by=by, but=keep, keep=row)
        finish(row, status=CLOSINGS[outcome], outcome="declined", at=at, by=by, note=note)
        replan(episode=episode, at=at)
    else:
        finish(row, status=CLOSINGS[outcome], at=at, by=by, note=note)
    return row


def decline(contact: ContactDue, episode: EpisodeOfCare, *, by: Staff, at: datetime) -> NextStep:
    """The person wants no further contact: what is not safety-critical ends at once; the rest waits for a clinician.

    `contact` and `episode` are locked; `contact` is saved here.
    """
    critical = safety_codes(at)
    give_back(contact, at=at)
    if not critical.intersection(contact.triggers):
        end_triggers(episode=episode, ending="declined", at=at, by=by, but=critical, keep=contact)
        finish(contact, status=ContactStatus.DONE, outcome="declined", at=at, by=by)
    else:
        contact.save()
        end_triggers(episode=episode, ending="declined", at=at, by=by, but=critical)
    left = replan(episode=episode, at=at)
    for other in left:
        if other.signoff_since is None:
            other.signoff_since = at
            other.version += 1
            other.save()
    contact.refresh_from_db()
    if not left:
        return NextStep("ended", "The person wants no further contact. Nothing is planned any more.")
    return NextStep(
        "sign_off",
        "Other follow-up has ended. Suicide-safety contacts stay until a licensed clinician decides.",
    )


@transaction.atomic
def end_follow_ups(*, episode: EpisodeOfCare, by: Staff, at: datetime) -> None:
    """Cancel all that an episode still plans, for whoever closes the episode; call it in that same transaction."""
    end_triggers(episode=lock_episode(episode.pk), ending="episode_closed", at=at, by=by)


def safety_codes(at: datetime) -> set[str]:
    """Triggers whose contacts only a licensed clinician may end."""
    return set(in_force("unreachable", at)["suicide_safety_triggers"])
