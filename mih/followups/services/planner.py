"""Planning the follow-up of an episode: the same facts always give the same contacts, however often it runs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q

from mih.core import clock
from mih.encounters import picture as pictures
from mih.encounters.facts import Facts
from mih.encounters.models import Encounter
from mih.episodes.models import EpisodeOfCare
from mih.episodes.services import close as close_episode
from mih.episodes.services import touch
from mih.followups.cadence import Cadence
from mih.followups.due import StepKey
from mih.followups.hours import ContactWindow
from mih.followups.models import UNFINISHED, ContactDue, ContactStatus, FollowUpTrigger, PlannedStep
from mih.followups.models.plan import SETTLED
from mih.followups.permissions import ContactPermissions
from mih.followups.planning import plan
from mih.followups.services.ending import end_triggers, finish
from mih.followups.services.reconcile import reconcile
from mih.followups.services.starting import REFERRAL, Reading, read, t0
from mih.followups.triggers import Hold, Trigger
from mih.followups.whom import permissions_of
from mih.protocols.selectors import in_force, pinned

LOOP_CLOSED = "loop_closed"


@transaction.atomic
def plan_encounter(*, encounter: Encounter, at: datetime, facts: Facts | None = None) -> list[ContactDue]:
    """Bring the follow-up of a signed encounter's episode up to date; returns the episode's unfinished contacts.

    `facts` stand for what the encounter's entries say; left out, they are read from the entries. An encounter that is
    not signed, is void, or names nobody is followed by nothing.
    """
    if not encounter.is_signed or encounter.voided_at or encounter.episode_id is None:
        return []
    destination = ""
    if facts is None:
        picture = pictures.load(encounter)
        facts, policies = picture.facts, picture.policies
        entry = picture.one("disposition")
        destination = entry.destination if entry else ""
    else:
        policies = pinned(encounter.pinned)
    reading = read(encounter, facts, policies, destination=destination)
    episode = lock_episode(encounter.episode_id)
    if reading.died:
        end_triggers(episode=episode, ending="deceased", at=at)
        close_episode(episode=episode, closing="deceased", at=at)
        return []
    if _has_died(episode):
        return []
    _keep_triggers(encounter, episode, reading, at=at)
    _keep_risk(encounter, episode, reading)
    return replan(episode=episode, at=at)


def lock_episode(pk: UUID) -> EpisodeOfCare:
    """The episode, locked. Whoever changes contacts and more than one of them locks their episode first."""
    return (
        EpisodeOfCare.objects.select_for_update(of=("self",)).select_related("person", "primary").get(pk=pk)
    )


def replan(*, episode: EpisodeOfCare, at: datetime) -> list[ContactDue]:
    """Bring a locked episode's contacts in step with its triggers; returns the unfinished ones."""
    rows = [] if episode.closed_at else _counting(episode)
    if not rows:
        return reconcile(episode=episode, desired=[], rows={}, at=at)
    newest = max((row.encounter for row in rows), key=lambda encounter: (t0(encounter), encounter.pk))
    cadence = Cadence.from_policy(pinned(newest.pinned)["followup_cadence"])
    permissions = permissions_of(episode.person)
    desired = plan(
        [_pure(row) for row in rows],
        cadence=cadence,
        window=permissions.window(ContactWindow.from_policy(in_force("contact_hours", at))),
        zone=_zone(permissions),
        settled=settled_keys(episode),
    )
    by_key = {(row.code, str(row.occurrence)): row for row in rows}
    desired = [contact for contact in desired if not _only_closed(contact.steps, by_key)]
    _finish_closed(episode, by_key, at=at)
    return reconcile(
        episode=episode, desired=desired, rows=by_key, at=at, hold_lapses=cadence.hold_reverts_after
    )


def _only_closed(keys: Iterable[StepKey], rows: Mapping[tuple[str, str], FollowUpTrigger]) -> bool:
    return all(rows[(key.trigger, key.occurrence)].ending == LOOP_CLOSED for key in keys)


def _finish_closed(
    episode: EpisodeOfCare, rows: Mapping[tuple[str, str], FollowUpTrigger], *, at: datetime
) -> None:
    """End the contacts that ask for nothing but closed referrals. One that asks for more keeps its window: a
    navigator's plan does not move because a clinic answered early."""
    asked: dict[UUID, list[StepKey]] = {}
    steps = PlannedStep.objects.filter(episode=episode, state="planned", contact__isnull=False)
    for step in steps:
        if step.contact_id and (step.trigger, str(step.occurrence)) in rows:
            key = StepKey(step.trigger, str(step.occurrence), step.step)
            asked.setdefault(step.contact_id, []).append(key)
    over = [pk for pk, keys in asked.items() if _only_closed(keys, rows)]
    for contact in ContactDue.objects.filter(pk__in=over, status__in=UNFINISHED).locked():
        # Superseded and not cancelled: should the loop open again, its steps are asked for again.
        finish(
            contact, status=ContactStatus.SUPERSEDED, at=at, by=None, note="The referral's loop is closed."
        )


def _zone(permissions: ContactPermissions) -> ZoneInfo:
    return permissions.zone(clock.agency_zone())


def _pure(row: FollowUpTrigger) -> Trigger:
    hold = Hold.NONE
    if row.held_since:
        hold = Hold.REVERTED if row.reverted_at else Hold.ON_HOLD
    return Trigger(
        row.code, str(row.occurrence), row.t0, row.appointment_at, hold, rebased=row.released_at is not None
    )


def _counting(episode: EpisodeOfCare) -> list[FollowUpTrigger]:
    """The triggers that count: of each code the newest, and every referral."""
    rows = list(
        FollowUpTrigger.objects.filter(Q(ended_at=None) | Q(ending=LOOP_CLOSED), episode=episode)
        .select_related("encounter__programme")
        .order_by("cleared_at", "occurrence")
    )
    newest = {row.code: row.pk for row in rows}
    return [row for row in rows if row.code == REFERRAL or newest[row.code] == row.pk]


def settled_keys(episode: EpisodeOfCare) -> set[StepKey]:
    """The steps of an episode that are over for good."""
    steps = PlannedStep.objects.filter(episode=episode, state__in=SETTLED)
    return {
        StepKey(trigger, str(occurrence), step)
        for trigger, occurrence, step in steps.values_list("trigger", "occurrence", "step")
    }


def _keep_triggers(encounter: Encounter, episode: EpisodeOfCare, reading: Reading, *, at: datetime) -> None:
    """Write the encounter's triggers down; those it no longer starts end."""
    kept = {(row.code, row.occurrence): row for row in FollowUpTrigger.objects.filter(encounter=encounter)}
    cleared = t0(encounter)
    first_hold = reading.on_hold and not any(row.began_on_hold for row in kept.values())
    for wanted in reading.wanted:
        row = kept.pop((wanted.code, wanted.occurrence), None) or FollowUpTrigger(
            encounter=encounter, code=wanted.code, occurrence=wanted.occurrence, cleared_at=cleared
        )
        before = _values(row)
        row.episode, row.because, row.about = episode, wanted.because, wanted.about
        row.appointment_at, row.risk = wanted.appointment_at, reading.tier or "none"
        if row.ending in ("no_longer", LOOP_CLOSED):
            row.ended_at, row.ending = None, ""
        _hold(row, on_hold=reading.on_hold)
        if row._state.adding or _values(row) != before:
            row.version += 0 if row._state.adding else 1
            row.save()
    for row in kept.values():
        if row.ended_at is None:
            row.ended_at = at
            row.ending = LOOP_CLOSED if row.occurrence in reading.closed else "no_longer"
            row.version += 1
            row.save()
    if first_hold:
        _hold_the_others(encounter, episode, reading, since=cleared)


def _values(row: FollowUpTrigger) -> tuple[object, ...]:
    return (
        row.episode_id,
        row.because,
        row.about,
        row.appointment_at,
        row.risk,
        row.ended_at,
        row.began_on_hold,
        row.held_since,
        row.reverted_at,
    )


def _hold(row: FollowUpTrigger, *, on_hold: bool) -> None:
    """Stop the clock of a trigger whose encounter ended in a facility, and start it again when that was a mistake."""
    if on_hold and not row.began_on_hold and row.released_at is None and row.held_since is None:
        row.began_on_hold, row.held_since = True, row.cleared_at
    elif not on_hold and row.began_on_hold and row.released_at is None:
        row.began_on_hold, row.held_since, row.reverted_at = False, None, None


def _hold_the_others(
    encounter: Encounter, episode: EpisodeOfCare, reading: Reading, *, since: datetime
) -> None:
    """The person is in a facility: what earlier encounters started waits too, unless the stay is already over."""
    released = FollowUpTrigger.objects.filter(episode=episode, released_at__gt=since).exists()
    if released:
        return
    if episode.in_facility_since is None:
        EpisodeOfCare.objects.filter(pk=episode.pk).update(
            facility=reading.facility, in_facility_since=since, version=F("version") + 1
        )
        episode.facility, episode.in_facility_since = reading.facility, since
    FollowUpTrigger.objects.filter(
        episode=episode, ended_at=None, held_since=None, cleared_at__lt=since
    ).exclude(encounter=encounter).update(held_since=since, version=F("version") + 1)


def _keep_risk(encounter: Encounter, episode: EpisodeOfCare, reading: Reading) -> None:
    """A corrected tier of the latest encounter is the episode's risk from now on."""
    if not reading.tier or reading.tier == episode.risk:
        return
    mine = t0(encounter)
    later = Encounter.objects.filter(episode=episode, signed_at__isnull=False).filter(
        Q(cleared_at__gt=mine) | Q(cleared_at=None, on_scene_at__gt=mine)
    )
    if not later.exists():
        touch(episode=episode, at=episode.touched_at, risk=reading.tier)


def _has_died(episode: EpisodeOfCare) -> bool:
    person = episode.person
    return person.deceased_on is not None or person.episodes.filter(closing="deceased").exists()
