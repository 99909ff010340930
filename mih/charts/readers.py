"""Who looked at a person's record: for the supervisor, and for the person's own question."""

from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from mih.accounts.models import Role
from mih.audit.models import PURPOSES, ReadEvent
from mih.charts.names import display, who
from mih.charts.sight import Scope
from mih.charts.timeline import Event, Programmes, Source

_PURPOSES, _ROLES = dict(PURPOSES), dict(Role.choices)

SURFACES = {
    "chart": "Chart",
    "chart_timeline": "Chart, timeline",
    "chart_responses": "Chart, responses",
    "chart_plans": "Chart, safety plans",
    "chart_referrals": "Chart, referrals",
    "chart_contacts": "Chart, contacts",
    "chart_readers": "Chart, who saw this",
    "attachment": "Photo or document",
    "encounter_record": "Encounter record",
    "encounter_print": "Encounter record, printed",
    "people_search": "Search results",
    "similar_people": "Similar people",
}


def reads(person: UUID, scope: Scope) -> QuerySet[Any]:
    """Every look at this person's record, refused ones too."""
    return ReadEvent.objects.filter(people__contains=[person]).annotate(happened=F("at"), name=who("actor"))


def read_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    """One look; its state says whether it was allowed."""
    at, pk, surface, purpose, role, allowed, named = row
    name = display(named, "Somebody no longer on the staff")
    return Event(
        kind="read",
        at=at,
        id=pk,
        title=SURFACES.get(surface, surface.replace("_", " ").capitalize()),
        icon="eye",
        text=_PURPOSES.get(purpose, purpose),
        by=f"{name}, {_ROLES.get(role, role).lower()}",
        state="allowed" if allowed else "refused",
    )


READS = (Source("read", "Reads", reads, ("surface", "purpose", "role", "allowed", "name"), read_event),)
