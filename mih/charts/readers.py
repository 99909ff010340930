"""Who looked at a person's record: for the supervisor, and for the person's own question."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from mih.accounts.models import Role, Staff
from mih.audit.models import ReadEvent
from mih.charts.sight import Sight
from mih.charts.timeline import Event, Source
from mih.people.models import Person

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


def reads(person: Person, sight: Sight) -> QuerySet[Any]:
    """Every look at this person's record, refused ones too."""
    reader = Staff.objects.filter(pk=OuterRef("actor"))
    return ReadEvent.objects.filter(people__contains=[person.pk]).annotate(
        happened=F("at"),
        first=Subquery(reader.values("first_name")[:1]),
        last=Subquery(reader.values("last_name")[:1]),
        username=Subquery(reader.values("username")[:1]),
    )


def read_event(row: Any) -> Event:
    """One look; its state says whether it was allowed."""
    roles = dict(Role.choices)
    name = f"{row.first or ''} {row.last or ''}".strip() or row.username or "Somebody no longer on the staff"
    return Event(
        kind="read",
        at=row.at,
        id=row.pk,
        title=SURFACES.get(row.surface, row.surface.replace("_", " ").capitalize()),
        icon="eye",
        text=row.get_purpose_display(),
        by=f"{name}, {roles.get(row.role, row.role).lower()}",
        state="allowed" if row.allowed else "refused",
    )


READS = [Source("read", "Reads", reads, read_event)]
