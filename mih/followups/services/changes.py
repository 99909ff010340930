"""What planning writes: everything of a batch at once, by as many statements for a thousand responses as for one."""

from datetime import datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from mih.audit.copying import Json, copied
from mih.core.ids import uuid7
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue, FollowUpTrigger, PlannedStep
from mih.followups.why import Reason

_TRIGGER = tuple(field.attname for field in FollowUpTrigger._meta.concrete_fields)
_STEP = ("id", "created_at", "episode_id", "trigger", "occurrence", "step", "contact_id")
_CONTACT = (
    "id", "created_at", "episode_id", "person_id", "encounter_id", "programme_id", "team_id", "assigned_to_id",
    "owner_role", "supporting_roles", "status", "risk", "risk_rank", "steps", "triggers", "purposes", "about", "modality",
    "modalities", "opens_at", "target_at", "closes_at", "planned_at", "overdue_at", "next_at", "shift", "shift_reason",
    "why", "rule_version", "is_practice",
)  # fmt: skip
_HOLD = """
UPDATE episodes_episodeofcare e SET facility = d.facility, in_facility_since = d.since, version = e.version + 1
FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[]) d (id, facility, since) WHERE e.id = d.id
"""


class Changes:
    """Rows to write. Those that changed have their version counted up by whoever changed them first."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.triggers: list[FollowUpTrigger] = []
        self.contacts: list[dict[str, Any]] = []
        self.steps: list[tuple[Any, ...]] = []
        self.held: list[tuple[UUID, str, datetime]] = []
        self.risks: dict[UUID, str] = {}
        self._changed: dict[UUID, Any] = {}

    def changed(self, row: FollowUpTrigger | ContactDue | PlannedStep) -> None:
        """Note that a row that stands is no longer as it was read."""
        if not row._state.adding and row.pk not in self._changed:
            row.version += 1
            self._changed[row.pk] = row

    def contact(self, values: dict[str, Any]) -> UUID:
        """A new contact; its identifier."""
        values["id"], values["created_at"] = uuid7(), self.at
        self.contacts.append(values)
        found: UUID = values["id"]
        return found

    def step(self, episode: UUID, trigger: str, occurrence: UUID, step: str, contact: UUID) -> None:
        """A step asked for the first time, in that contact."""
        self.steps.append((uuid7(), self.at, episode, trigger, occurrence, step, contact))

    def write(self) -> None:
        """Write everything, what is referred to first, and begin anew."""
        for model in (FollowUpTrigger, ContactDue, PlannedStep):
            self._update(model)
        copied(FollowUpTrigger, _TRIGGER).write(map(attrgetter(*_TRIGGER), self.triggers))
        for row in self.triggers:
            row._state.adding, row._state.db = False, connection.alias
        copied(ContactDue, _CONTACT).write(map(itemgetter(*_CONTACT), self.contacts))
        copied(PlannedStep, _STEP).write(self.steps)
        if self.held:
            with connection.cursor() as cursor:
                cursor.execute(_HOLD, [list(each) for each in zip(*self.held, strict=True)])
        for tier in sorted(set(self.risks.values())):
            theirs = [episode for episode, found in self.risks.items() if found == tier]
            EpisodeOfCare.objects.filter(pk__in=theirs).update(risk=tier, version=F("version") + 1)
        self._forget()

    def _forget(self) -> None:
        self._changed.clear()
        self.risks.clear()
        for rows in (self.triggers, self.contacts, self.steps, self.held):
            rows.clear()

    def _update(self, model: type[Any]) -> None:
        rows = [row for row in self._changed.values() if isinstance(row, model)]
        if len(rows) == 1:
            rows[0].save()
        elif rows:
            names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
            model._default_manager.bulk_update(rows, names)


@lru_cache(maxsize=4_096)
def written(reasons: tuple[Reason, ...]) -> Json:
    """The same as `said`, for a contact that is new: written once for all that exist for the same reasons."""
    return Json.of(said(reasons))


def said(reasons: tuple[Reason, ...]) -> list[dict[str, str]]:
    """The reasons as a contact keeps them."""
    return [{"code": reason.code, "sentence": reason.sentence} for reason in reasons]
