"""What planning reads: responses that wait, the episodes they belong to, and what already stands there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import starmap
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce

from mih.core.lookups import Among
from mih.encounters.gist import Gist, from_json, of_picture
from mih.encounters.models import Encounter
from mih.encounters.picture_many import load_many
from mih.episodes.models import EpisodeOfCare
from mih.followups.due import StepKey
from mih.followups.models import UNFINISHED, ContactDue, FollowUpTrigger, PlannedStep
from mih.followups.services.starting import MOMENTS


class Response(NamedTuple):
    """A response as planning sees it.

    `t0` is the moment its steps count from (`starting.MOMENTS`). `followed`: signed and not void. `fresh`: nothing
    changed since it was signed. `pinned` is the text of its policies' versions; `kept` the gist left by signing.
    """

    pk: UUID
    episode_id: UUID | None
    programme_id: UUID
    t0: datetime
    followed: bool
    fresh: bool
    pinned: str
    kept: dict[str, Any] | None


_T0 = Coalesce(*MOMENTS)
_FOLLOWED = ExpressionWrapper(Q(signed_at__isnull=False, voided_at__isnull=True), output_field=BooleanField())
_FRESH = ExpressionWrapper(Q(plan_due_since=F("signed_at")), output_field=BooleanField())


def responses(rows: QuerySet[Encounter]) -> list[Response]:
    """These encounters, in the order of the query."""
    found = rows.values_list(
        "pk", "episode_id", "programme_id", _T0, _FOLLOWED, _FRESH, Cast("pinned", TextField()), "gist"
    )
    return list(starmap(Response, found))


def gists(rows: Iterable[Response]) -> dict[UUID, Gist]:
    """What each says, by its identifier: as signing left it, or read from the entries where they changed since."""
    found: dict[UUID, Gist] = {}
    unread = []
    for row in rows:
        if row.kept is not None and row.fresh:
            found[row.pk] = from_json(row.kept)
        else:
            unread.append(row.pk)
    if unread:
        encounters = Encounter.objects.filter(pk__in=unread).select_related("person", "programme")
        pictures = load_many(list(encounters))
        found |= {pk: of_picture(picture) for pk, picture in pictures.items()}
    return found


@dataclass(slots=True)
class Course:
    """One episode with what stands in it: its triggers, its steps, and its unfinished contacts, oldest first.

    `primary_role` is empty when nobody carries it, or somebody who left. `dead`: the person has died.
    """

    pk: UUID
    person_id: UUID
    team_id: UUID | None
    closed_at: datetime | None
    risk: str
    in_facility_since: datetime | None
    primary_id: UUID | None
    primary_role: str
    is_practice: bool
    dead: bool
    zone: str
    opens: time | None
    closes: time | None
    triggers: list[FollowUpTrigger] = field(default_factory=list)
    steps: dict[StepKey, PlannedStep] = field(default_factory=dict)
    contacts: list[ContactDue] = field(default_factory=list)

    @property
    def settled(self) -> set[StepKey]:
        """The steps that are over for good."""
        return {key for key, step in self.steps.items() if step.is_settled}


class Courses:
    """Locked episodes by identifier, and every response that one of their triggers comes from."""

    def __init__(self, episodes: Collection[UUID], among: Collection[Response] = ()) -> None:
        """Locks the episodes, one after the other in the order of their identifiers, so that two who lock several never
        wait for each other; and their unfinished contacts."""
        self.courses = {each.pk: each for each in _courses(episodes)}
        self.responses = {each.pk: each for each in among}
        self.of_responses: dict[UUID, list[FollowUpTrigger]] = {}
        self._read_triggers(list(self.responses))
        for step in PlannedStep.objects.filter(Among("episode_id", self.courses)):
            key = StepKey(step.trigger, str(step.occurrence), step.step)
            self.courses[step.episode_id].steps[key] = step
        contacts = ContactDue.objects.filter(Among("episode_id", self.courses), status__in=UNFINISHED)
        for contact in contacts.locked().order_by("created_at", "id"):
            self.courses[contact.episode_id].contacts.append(contact)

    def _read_triggers(self, among: Collection[UUID]) -> None:
        theirs = Q(Among("episode_id", self.courses))
        if among:
            theirs |= Q(Among("encounter_id", among))
        for row in FollowUpTrigger.objects.filter(theirs):
            if row.episode_id in self.courses:
                self.courses[row.episode_id].triggers.append(row)
            self.of_responses.setdefault(row.encounter_id, []).append(row)
        others = self.of_responses.keys() - self.responses.keys()
        if others:
            for response in responses(Encounter.objects.filter(Among("pk", others))):
                self.responses[response.pk] = response

    def __getitem__(self, episode: UUID) -> Course:
        return self.courses[episode]


def _courses(episodes: Collection[UUID]) -> list[Course]:
    ended = EpisodeOfCare.objects.filter(person=OuterRef("person"), closing="deceased")
    rows = (
        EpisodeOfCare.objects.filter(Among("pk", episodes))
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list(
            "pk",
            "person_id",
            "team_id",
            "closed_at",
            "risk",
            "in_facility_since",
            "primary_id",
            "primary__role",
            "primary__is_active",
            "person__is_practice",
            "person__deceased_on",
            Exists(ended),
            "person__contact__zone",
            "person__contact__window_opens",
            "person__contact__window_closes",
        )
    )
    return [_course(*row) for row in rows]


def _course(*row: Any) -> Course:
    *stands, role, active, is_practice, deceased_on, ended, zone, opens, closes = row
    dead = deceased_on is not None or ended
    told = [*stands, role if active else "", is_practice, dead, zone or "", opens, closes]
    return Course(*told)
