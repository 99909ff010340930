"""Planning the follow-up of episodes: the same facts always give the same contacts, however often it runs.

One response or a thousand: what they say and what stands in their episodes is read by a fixed number of statements,
planned in memory, and written by a fixed number of statements (docs/decisions/0018).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from mih.core import clock
from mih.encounters.facts import Facts
from mih.encounters.gist import Gist, of_facts
from mih.encounters.models import Encounter
from mih.episodes.models import EpisodeOfCare
from mih.episodes.services import close as close_episode
from mih.followups.due import StepKey
from mih.followups.hours import ContactWindow
from mih.followups.models import ContactDue, FollowUpTrigger, PlannedStep, StepState
from mih.followups.models.plan import SETTLED
from mih.followups.planning import PlannedContact, plan
from mih.followups.services import courses
from mih.followups.services.causes import LOOP_CLOSED, counting, keep_triggers
from mih.followups.services.changes import Changes
from mih.followups.services.courses import Course, Courses, Response
from mih.followups.services.ending import end_triggers
from mih.followups.services.reconcile import CLOSED, Rows, end, reconcile
from mih.followups.services.starting import Rules
from mih.followups.triggers import Hold, Trigger
from mih.followups.whom import known_zone
from mih.protocols.selectors import in_force, pinned, remembering


@transaction.atomic
def plan_encounter(*, encounter: Encounter, at: datetime, facts: Facts | None = None) -> list[ContactDue]:
    """Bring the follow-up of a signed encounter's episode up to date; returns the episode's unfinished contacts.

    `facts` stand for what the encounter's entries say; left out, they are as signing kept them, or read from the entries.
    An encounter that is not signed, is void, or names nobody is followed by nothing.
    """
    if not encounter.is_signed or encounter.voided_at or encounter.episode_id is None:
        return []
    among = courses.responses(Encounter.objects.filter(pk=encounter.pk))
    plan_responses(among, at=at, given=None if facts is None else {encounter.pk: of_facts(facts)})
    return _unfinished(encounter.episode_id)


@transaction.atomic
def plan_responses(
    among: Sequence[Response], *, at: datetime, given: Mapping[UUID, Gist] | None = None
) -> None:
    """Bring the follow-up of these responses' episodes up to date: what each says in their order, each episode once.

    `given` says what each amounts to; left out, it is as signing kept it, or read from the entries.
    """
    followed = [(row, row.episode_id) for row in among if row.followed and row.episode_id]
    if not followed:
        return
    responses = [row for row, _ in followed]
    with remembering():
        says = courses.gists(responses) if given is None else given
        batch = _Batch(Courses({episode for _, episode in followed}, responses), at)
        for row, episode in followed:
            batch.take(row, says[row.pk], batch.courses[episode])
        batch.finish()


def replan(*, episode: EpisodeOfCare, at: datetime) -> list[ContactDue]:
    """Bring a locked episode's contacts in step with its triggers; returns the unfinished ones."""
    with remembering():
        _Batch(Courses([episode.pk]), at).finish()
    return _unfinished(episode.pk)


def lock_episode(pk: UUID) -> EpisodeOfCare:
    """The episode, locked. Whoever changes contacts and more than one of them locks their episode first."""
    return (
        EpisodeOfCare.objects.select_for_update(of=("self",)).select_related("person", "primary").get(pk=pk)
    )


def settled_keys(episode: EpisodeOfCare) -> set[StepKey]:
    """The steps of an episode that are over for good."""
    steps = PlannedStep.objects.filter(episode=episode, state__in=SETTLED)
    return {
        StepKey(trigger, str(occurrence), step)
        for trigger, occurrence, step in steps.values_list("trigger", "occurrence", "step")
    }


def _unfinished(episode: UUID) -> list[ContactDue]:
    rows = ContactDue.objects.filter(episode=episode).unfinished()
    return list(rows.order_by(F("target_at").asc(nulls_last=True), "id"))


class _Batch:
    """The planning of some episodes, from what was read to what is written."""

    def __init__(self, among: Courses, at: datetime) -> None:
        self.courses, self.at = among, at
        self.changes = Changes(at)
        self._rules: dict[str, Rules] = {}
        self._windows: dict[Any, ContactWindow] = {}
        self._other_risks: list[tuple[Course, str, datetime]] = []

    def take(self, response: Response, gist: Gist, course: Course) -> None:
        """Note in its episode what a response says."""
        reading = self._rules_of(response).read(response.pk, gist)
        if reading.died:
            self._end(course)
        if course.dead:
            return
        keep_triggers(response, course, reading, among=self.courses, changes=self.changes)
        if reading.tier and reading.tier != course.risk:
            self._other_risks.append((course, reading.tier, response.t0))

    def finish(self) -> None:
        """Bring the contacts of every episode in step with its triggers, and write it all."""
        self._keep_risks()
        for course in self.courses.courses.values():
            if not course.dead:
                self._replan(course)
        self.changes.write()

    def _end(self, course: Course) -> None:
        """The person died: nothing is planned any more. Rare, and so written by itself."""
        self.changes.write()
        episode = lock_episode(course.pk)
        end_triggers(episode=episode, ending="deceased", at=self.at)
        close_episode(episode=episode, closing="deceased", at=self.at)
        course.dead = True

    def _replan(self, course: Course) -> None:
        rows = [] if course.closed_at else counting(course)
        triggers = [_pure(row) for row in rows]
        by_key = {(each.code, each.occurrence): row for each, row in zip(triggers, rows, strict=True)}
        desired: list[PlannedContact] = []
        lapses = timedelta()
        if rows:
            newest = max((self._response_of(row) for row in rows), key=lambda each: (each.t0, each.pk))
            cadence = self._rules_of(newest).cadence
            lapses = cadence.hold_reverts_after
            found = plan(
                triggers,
                cadence=cadence,
                window=self._window(course),
                zone=known_zone(course.zone) or clock.agency_zone(),
                settled=course.settled,
            )
            desired = [contact for contact in found if not _only_closed(contact.steps, by_key)]
            self._finish_closed(course, by_key)
        reconcile(
            course,
            desired,
            by_key,
            responses=self.courses.responses,
            changes=self.changes,
            hold_lapses=lapses,
        )

    def _finish_closed(self, course: Course, rows: Rows) -> None:
        """End the contacts that ask for nothing but closed referrals. One that asks for more keeps its window: a
        navigator's plan does not move because a clinic answered early."""
        asked: dict[UUID, list[StepKey]] = {}
        for key, step in course.steps.items():
            if step.contact_id and step.state == StepState.PLANNED and (key.trigger, key.occurrence) in rows:
                asked.setdefault(step.contact_id, []).append(key)
        for contact in list(course.contacts):
            if contact.pk in asked and _only_closed(asked[contact.pk], rows):
                end(contact, course, self.changes, note=CLOSED)
                course.contacts.remove(contact)

    def _keep_risks(self) -> None:
        """A corrected tier of the latest response is the episode's risk from now on."""
        if not self._other_risks:
            return
        signed = Encounter.objects.filter(
            episode__in=[course.pk for course, *_ in self._other_risks], signed_at__isnull=False
        )
        last: dict[UUID, datetime] = {}
        for episode, cleared, on_scene in signed.values_list("episode_id", "cleared_at", "on_scene_at"):
            moment = cleared or on_scene
            if moment is not None and (episode not in last or moment > last[episode]):
                last[episode] = moment
        for course, tier, mine in self._other_risks:
            if course.risk != tier and (course.pk not in last or last[course.pk] <= mine):
                course.risk = self.changes.risks[course.pk] = tier

    def _rules_of(self, response: Response) -> Rules:
        if response.pinned not in self._rules:
            self._rules[response.pinned] = Rules(pinned(json.loads(response.pinned)))
        return self._rules[response.pinned]

    def _response_of(self, row: FollowUpTrigger) -> Response:
        return self.courses.responses[row.encounter_id]

    def _window(self, course: Course) -> ContactWindow:
        """The permitted hours, narrowed by the person's own."""
        wished = course.opens, course.closes
        if wished not in self._windows:
            permitted = ContactWindow.from_policy(in_force("contact_hours", self.at))
            self._windows[wished] = permitted.for_client(*wished)
        return self._windows[wished]


def _only_closed(keys: Iterable[StepKey], rows: Rows) -> bool:
    return all(rows[key.trigger, key.occurrence].ending == LOOP_CLOSED for key in keys)


def _pure(row: FollowUpTrigger) -> Trigger:
    hold = Hold.NONE
    if row.held_since:
        hold = Hold.REVERTED if row.reverted_at else Hold.ON_HOLD
    return Trigger(
        row.code, str(row.occurrence), row.t0, row.appointment_at, hold, rebased=row.released_at is not None
    )
