"""Starting a response, logging its times, naming its person and crew."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from mih.accounts.models import Programme, Shift, Staff, Unit
from mih.core import rows
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.core.ids import uuid7
from mih.encounters import picture as pictures
from mih.encounters.models import CrewMember, Encounter, Incident, TimeChange
from mih.encounters.models.encounter import TIMES
from mih.encounters.registry import registry
from mih.encounters.services.alarms import sync_alarms
from mih.people.models import Person
from mih.privacy import policy
from mih.protocols.selectors import versions_in_force

TIME_FIELDS = tuple(name for name, _, _ in TIMES)
LABELS = {name: label for name, label, _ in TIMES}
AHEAD = timedelta(minutes=5)
"""A tablet's clock may run this far ahead of the server's (clinical.md §2: time taken ≤ now + 5 min)."""


def log_incident(
    *, by: Staff, record: UUID | None = None, later: list[Model] | None = None, **details: Any
) -> Incident:
    """Write down a call. A dispatch number already known gives the incident that has it, never a second one.

    With `later`, a call without such a number is only put there: the caller inserts it, and begins anew without `later`
    if its identifier is known after all.
    """
    policy.demand(policy.page(by, "document"))
    cad = details.get("cad_number") or None
    details["cad_number"] = cad
    incident = rows.new(Incident, id=record or uuid7(), is_practice=by.in_practice, **details)
    if later is not None and cad is None:
        later.append(incident)
        return incident
    if rows.insert_new(incident):
        return incident
    known = Incident.objects.filter(cad_number=cad).first() if cad else None
    known = known or Incident.objects.get(pk=incident.pk)
    if known.is_practice != by.in_practice:
        raise NotFound("There is no such call.", code="no_incident")
    return known


@transaction.atomic
def start_response(**told: Any) -> Encounter:
    """Begin one team's response (`begin_response`). The same `record` again gives the response that has it."""
    return begin_response(**told)[0]


def begin_response(
    *,
    incident: Incident,
    programme: Programme,
    by: Staff,
    at: datetime,
    record: UUID | None = None,
    unit: Unit | None = None,
    shift: Shift | None = None,
    crew: Iterable[Staff] = (),
    modality: str = "scene",
    response_number: str = "",
    begun_at: datetime | None = None,
    later: list[Model] | None = None,
) -> tuple[Encounter, list[CrewMember] | None]:
    """Begin one team's response to `incident` with `by` as its lead, pinning the policies in force when it began. Returns
    it with its crew, or with None when it was begun before under the same `record`. Inside the caller's transaction,
    which ends if this raises.

    With `later`, for a `record` that nobody has, the rows are only put there, and the caller inserts them in this order.
    `begun_at`: when that was, for one begun without a signal; never later than `at`. Raises `NotAllowed`, `Invalid` for
    a mix of practice and real work, `Stale` for another's identifier.
    """
    began = min(begun_at or at, at)
    policy.demand(policy.page(by, "document"))
    if programme.is_practice != by.in_practice or incident.is_practice != by.in_practice:
        raise Invalid(
            "Practice and real responses are kept apart. Choose a program of your own kind.", code="practice"
        )
    response = rows.new(
        Encounter,
        id=record or uuid7(),
        created_at=began,
        incident=incident,
        programme=programme,
        unit=unit,
        shift=shift,
        modality=modality,
        response_number=response_number,
        pinned=versions_in_force(began),
        created_by=by,
    )
    if later is None and not rows.insert_new(response):
        begun = Encounter.objects.get(pk=response.pk)
        if begun.created_by_id != by.pk:
            raise Stale("Another response was already begun under this identifier.", code="record_reused")
        return begun, None
    members = {member.pk: member for member in [by, *(shift.crew.all() if shift else ()), *crew]}
    if any(member.in_practice != by.in_practice for member in members.values()):
        raise Invalid("Practice and real staff cannot share a crew.", code="mixed_crew")
    made = [
        rows.new(CrewMember, encounter=response, staff=member, lead=member.pk == by.pk)
        for member in members.values()
    ]
    if later is None:
        CrewMember.objects.bulk_create(made)
    else:
        response._state.adding = False
        later += [response, *made]
    return response, made


def changeable(encounter: UUID) -> Encounter:
    """The response, locked for change. Raises `NotFound`, or `Stale` once it is signed."""
    kept = Encounter.objects.select_for_update(of=("self",)).select_related(
        "incident", "programme", "person", "unit"
    )
    response = kept.filter(pk=encounter).first()
    if response is None:
        raise NotFound(
            "There is no such response. Go back to today's list and open it again.", code="no_encounter"
        )
    if response.is_signed:
        raise Stale(
            "This response is signed and can no longer be changed. Add an addendum instead.",
            code="encounter_signed",
        )
    return response


@transaction.atomic
def log_time(
    *, encounter: UUID, field: str, value: datetime | None, by: Staff, at: datetime, reason: str = ""
) -> Encounter:
    """Set one of the response's times. Changing a time already set needs a reason; both values are kept."""
    policy.demand(policy.section(by, "times", "C"))
    response = changeable(encounter)
    if field not in TIME_FIELDS:
        raise Invalid(
            "There is no time of that name.", code="no_time", fields={"field": "Choose one of the times."}
        )
    old = getattr(response, field)
    if old == value:
        return response
    if value and value > at + AHEAD:
        raise Invalid(
            f"{LABELS[field]}: that time is still to come. Check the date and the clock.",
            code="time_in_future",
            fields={field: "That time is still to come."},
        )
    if old is not None and not reason.strip():
        raise Invalid(
            f"{LABELS[field]} is already set. Say why it changes, and both times are kept.",
            code="reason_missing",
            fields={"reason": "Say why the time changes."},
        )
    setattr(response, field, value)
    response.version += 1
    response.save(update_fields=[field, "version"])
    if old is not None:
        TimeChange.objects.create(
            encounter=response, field=field, old=old, new=value, reason=reason.strip()[:200], by=by, at=at
        )
    return response


@transaction.atomic
def name_person(*, encounter: UUID, person: Person, by: Staff, at: datetime) -> Encounter:
    """Say whom the response is for. A person named by mistake is replaced the same way, before signing.

    What was scored before is scored again for this person's sex and age.
    """
    policy.demand(policy.section(by, "demographics", "C"))
    response = changeable(encounter)
    if person.is_practice != response.programme.is_practice:
        raise Invalid("Practice and real people are kept apart.", code="practice")
    if response.person_id != person.pk:
        response.person = person
        response.version += 1
        response.save(update_fields=["person", "version"])
        seen = pictures.load(response)
        registry.changed(seen, by=by, at=at)
        sync_alarms(seen, at=at)
    return response


@transaction.atomic
def describe(*, encounter: UUID, by: Staff, **details: Any) -> Encounter:
    """Set the response's own details: modality, number, law enforcement."""
    policy.demand(policy.page(by, "document"))
    response = changeable(encounter)
    allowed = {"modality", "response_number", "le_role", "le_requested", "le_cit", "le_custody"}
    if set(details) - allowed:
        raise Invalid("A response has no such detail.", code="no_field")
    for name, value in details.items():
        setattr(response, name, value)
    response.version += 1
    response.save(update_fields=[*details, "version"])
    return response


@transaction.atomic
def join_crew(*, encounter: UUID, staff: Staff, by: Staff, remote: bool = False) -> CrewMember:
    """Add somebody to the crew, in person or by telehealth."""
    policy.demand(policy.page(by, "document"))
    response = changeable(encounter)
    if staff.in_practice != by.in_practice:
        raise NotAllowed("Practice and real staff cannot share a crew.", code="mixed_crew")
    member, _ = CrewMember.objects.get_or_create(encounter=response, staff=staff, defaults={"remote": remote})
    return member
