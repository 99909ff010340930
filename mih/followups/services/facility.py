"""A person goes into a facility or custody, and comes out again (clinical.md §7.2)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotFound, Stale
from mih.episodes.models import EpisodeOfCare
from mih.episodes.services import touch
from mih.followups.cadence import Cadence
from mih.followups.due import StepKey, due_steps
from mih.followups.models import ContactDue, FollowUpTrigger
from mih.followups.services.access import demand_episode
from mih.followups.services.planner import lock_episode, replan, settled_keys
from mih.followups.triggers import Trigger
from mih.protocols.selectors import pinned


@transaction.atomic
def enter_facility(*, episode: UUID, facility: str, by: Staff, at: datetime) -> list[ContactDue]:
    """The person is held or treated somewhere since `at`: every unfinished contact waits without times.

    Raises `Invalid` without the name of a place, and `Stale` when the episode is closed or the person is in a facility
    already.
    """
    found = _open_episode(episode, by)
    if not facility.strip():
        raise Invalid(
            "Say where the person is: the facility, or that they are in custody.",
            code="facility_missing",
            fields={"facility": "Name the place."},
        )
    if found.in_facility_since:
        raise Stale(
            f"The person is already noted at {found.facility or 'a facility'}. Record their release first.",
            code="already_in_facility",
        )
    return hold(episode=found, facility=facility, at=at)


def hold(*, episode: EpisodeOfCare, facility: str, at: datetime) -> list[ContactDue]:
    """Stop the clocks of a locked episode."""
    if episode.in_facility_since is None:
        episode.facility, episode.in_facility_since = facility.strip()[:120], at
        EpisodeOfCare.objects.filter(pk=episode.pk).update(
            facility=episode.facility, in_facility_since=at, version=F("version") + 1
        )
    FollowUpTrigger.objects.filter(episode=episode, ended_at=None, held_since=None).update(
        held_since=at, version=F("version") + 1
    )
    touch(episode=episode, at=at)
    return replan(episode=episode, at=at)


@transaction.atomic
def release_from_facility(*, episode: UUID, at: datetime, by: Staff) -> list[ContactDue]:
    """The person was discharged or released at `at`: contacts that waited get their times.

    Steps made on hold are counted from the release. A clock that was stopped in mid-course runs on where it stood as
    long as no window was missed, so that nothing slips; otherwise it too starts again at the release.
    """
    found = _open_episode(episode, by)
    held = list(
        FollowUpTrigger.objects.select_for_update(of=("self",))
        .select_related("encounter")
        .filter(episode=found, ended_at=None, held_since__isnull=False)
    )
    if found.in_facility_since is None and not held:
        raise Stale("The person is not noted in a facility.", code="not_in_facility")
    since = max([row.held_since for row in held if row.held_since], default=found.in_facility_since)
    if since and at < since:
        raise Invalid(
            "The release is before the arrival. Check the date and the time.",
            code="release_before_arrival",
            fields={"at": "Must be later than the arrival."},
        )
    settled = settled_keys(found)
    for row in held:
        if row.began_on_hold or _missed(row, settled, at=at):
            row.released_at = at
        row.held_since = row.reverted_at = None
        row.version += 1
        row.save()
    found.facility, found.in_facility_since = "", None
    EpisodeOfCare.objects.filter(pk=found.pk).update(
        facility="", in_facility_since=None, version=F("version") + 1
    )
    touch(episode=found, at=at)
    return replan(episode=found, at=at)


def revert(*, episode: UUID, at: datetime) -> list[ContactDue]:
    """Discharge never became known: clocks held as long as the policy lets them run from T0 again, by way of the
    facility's liaison."""
    found = lock_episode(episode)
    rows = FollowUpTrigger.objects.select_related("encounter").filter(
        episode=found, ended_at=None, held_since__isnull=False, reverted_at=None
    )
    for row in rows:
        if row.held_since and row.held_since + _cadence(row).hold_reverts_after <= at:
            row.reverted_at = at
            row.version += 1
            row.save()
    return replan(episode=found, at=at)


def _missed(row: FollowUpTrigger, settled: set[StepKey], *, at: datetime) -> bool:
    """Whether a window of this trigger, on its old clock, closed while it was held."""
    trigger = Trigger(row.code, str(row.occurrence), row.t0, row.appointment_at)
    left = [due for due in due_steps(trigger, _cadence(row)) if due.key not in settled]
    return any(due.closes <= at for due in left)


def _cadence(row: FollowUpTrigger) -> Cadence:
    return Cadence.from_policy(pinned(row.encounter.pinned)["followup_cadence"])


def _open_episode(pk: UUID, by: Staff) -> EpisodeOfCare:
    if not EpisodeOfCare.objects.filter(pk=pk).exists():
        raise NotFound("There is no such episode of care.", code="no_episode")
    found = lock_episode(pk)
    demand_episode(by, found)
    if found.closed_at:
        raise Stale("This episode of care is closed.", code="episode_closed")
    return found
