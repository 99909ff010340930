"""What the database must hold when everybody has stopped."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.apps import apps

from bench.city.load.people import Crew
from mih.encounters.models import Encounter
from tests.faults.oracle import Oracle


def lost_or_doubled(crews: Iterable[Crew]) -> list[str]:
    """Every promise a tablet was given, held against the database; a response for each that was begun, and no other."""
    broken = []
    for crew in crews:
        try:
            Oracle(crew.ledger, unsent=len(crew.tablet.outbox)).check()
        except AssertionError as problem:
            broken.append(str(problem)[:500])
        begun = {saved.encounter for saved in crew.ledger.of_type("encounter.create") if saved.encounter}
        there = Encounter.objects.filter(pk__in=begun).count()
        if there != len(begun):
            broken.append(f"{len(begun)} responses were begun, {there} are there")
    return broken


def taken_over(contacts: set[UUID], *, since: datetime) -> list[str]:
    """Contacts that went since then from one claimer to another without being given back: two had the same one."""
    events = apps.get_model("followups", "ContactDueEvent")
    rows = events._default_manager.filter(pgh_obj_id__in=contacts, pgh_created_at__gte=since)
    rows = rows.order_by("pgh_obj_id", "pgh_id")
    broken: list[str] = []
    had: dict[UUID, UUID | None] = {}
    for contact, by in rows.values_list("pgh_obj_id", "claimed_by_id"):
        if by and had.get(contact) not in (None, by):
            broken.append(f"contact {contact} was claimed by two")
        had[contact] = by
    return broken
