"""Responses begun without a signal, their times, details and crew."""

from copy import copy
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import Model

from mih.accounts.models import Programme, Shift, Staff, Unit
from mih.accounts.selectors import open_shift
from mih.core.errors import Invalid
from mih.encounters.api.responses import crew_named
from mih.encounters.api.serializers import EncounterDetailsSerializer, IncidentSerializer
from mih.encounters.models import Incident
from mih.encounters.models.encounter import MODALITIES
from mih.encounters.services import responses
from mih.encounters.services.together import Begun
from mih.field.models import Outcome
from mih.field.sync.apply import BEGINS, Done, Work, mutation
from mih.field.sync.standing_words import retire_same

LONGEST_WAY_BACK = timedelta(days=60)
"""A clock that says a response began before that is not believed: its policies would be those of another year."""


@mutation(BEGINS)
def create(work: Work) -> Done:
    """Begin a response, to a call that is known or is told of here. Its policies are those of when it began."""
    refused: dict[str, str] = {}
    later: list[Model] | None = [] if work.together else None
    incident = _incident(work, refused, later)
    unit = _unit(work.text("unit"), refused)
    modality = work.text("modality") or "scene"
    if modality not in dict(MODALITIES):
        refused["modality"], modality = "There is no such kind of response.", "scene"
    began = _began(work)
    shift = _shift(work.by, unit, began)
    response, crew = responses.begin_response(
        incident=incident,
        programme=_programme(work, unit),
        by=work.by,
        at=work.at,
        record=work.encounter,
        unit=unit,
        shift=shift,
        crew=_crew(work, refused),
        modality=modality,
        begun_at=began,
        later=later,
    )
    if later:
        work.memory.unwritten.append(Begun(work.by, work.envelope.device, later))
    if crew is not None:
        work.memory.begin(response, crew, work.by)
    if refused:
        return Done(Outcome.ATTENTION, {"refused": refused}, response.version)
    return Done(version=response.version)


def _began(work: Work) -> datetime:
    told = work.moment("begun_at") or work.recorded_at
    return told if work.at - LONGEST_WAY_BACK <= told <= work.at else min(work.recorded_at, work.at)


def _incident(work: Work, refused: dict[str, str], later: list[Model] | None) -> Incident:
    """The call: a known one by its identifier, or a new one with whatever of its details can be taken."""
    details = dict(work.mapping("incident"))
    given = _call(details)
    while not given.is_valid():
        bad = {str(name): " ".join(map(str, texts)) for name, texts in given.errors.items()}
        refused.update(bad)
        left = {name: value for name, value in details.items() if name not in bad}
        if left == details:
            raise Invalid("The call could not be read.", code="unreadable")
        details = left
        given = _call(details)
    told: dict[str, Any] = dict(given.validated_data)
    return responses.log_incident(by=work.by, record=told.pop("id", None), later=later, **told)


def _call(details: dict[str, Any]) -> IncidentSerializer:
    """The serializer over `details`. Its fields and validators are made once: making them takes longer than reading a
    call."""
    found = copy(_fields_of_a_call())
    found.initial_data = details
    return found


@cache
def _fields_of_a_call() -> IncidentSerializer:
    made = IncidentSerializer(data={})
    assert made.fields
    assert made.validators is not None
    return made


def _unit(call_sign: str, refused: dict[str, str]) -> Unit | None:
    found = (
        Unit.objects.select_related("programme").filter(call_sign=call_sign).first() if call_sign else None
    )
    if call_sign and found is None:
        refused["unit"] = f"There is no unit called {call_sign} any more."
    return found


def _programme(work: Work, unit: Unit | None) -> Programme:
    known = work.memory.programmes
    if not known:
        known.update({each.code: each for each in Programme.objects.all()})
    found = known.get(work.text("programme"))
    found = found or (unit.programme if unit else work.by.programme)
    if found is None:
        raise Invalid("Choose the program this response belongs to.", code="no_programme")
    return found


def _shift(by: Staff, unit: Unit | None, began: datetime) -> Shift | None:
    """The shift the author was on with this unit when the response began."""
    if unit is None:
        return None
    now = open_shift(by)
    if now is not None and now.unit_id == unit.pk and now.started_at <= began:
        return now
    rows = Shift.objects.filter(unit=unit, crew=by, started_at__lte=began, ended_at__gte=began)
    return rows.order_by("-started_at").first()


def _crew(work: Work, refused: dict[str, str]) -> list[Staff]:
    names = work.payload.get("crew") or []
    crew = []
    for name in names if isinstance(names, list) else []:
        try:
            crew += crew_named([str(name)], by=work.by)
        except Invalid as problem:
            refused["crew"] = problem.sentence
    return crew


@mutation("encounter.time")
def log_time(work: Work) -> Done:
    """Log one of the response's times. One that cannot stand comes back with its sentence."""
    work.writable()
    name = work.text("field")
    try:
        response = responses.log_time(
            encounter=work.encounter,
            field=name,
            value=work.moment("value"),
            by=work.by,
            at=work.at,
            reason=work.text("reason"),
        )
    except Invalid as problem:
        return Done(Outcome.ATTENTION, {"code": problem.code, "refused": {name: problem.sentence}})
    retire_same(work, [name])
    return Done(version=response.version)


@mutation("encounter.details")
def describe(work: Work) -> Done:
    """Set the response's own details. What cannot be taken is named."""
    work.writable()
    given = EncounterDetailsSerializer(data=work.payload)
    refused: dict[str, str] = {}
    if not given.is_valid():
        refused = {str(name): " ".join(map(str, texts)) for name, texts in given.errors.items()}
        given = EncounterDetailsSerializer(
            data={name: value for name, value in work.payload.items() if name not in refused}
        )
        given.is_valid(raise_exception=True)
    unknown = set(work.payload) - set(given.fields)
    refused |= dict.fromkeys(sorted(unknown), "A response has no such detail.")
    response = responses.describe(encounter=work.encounter, by=work.by, **given.validated_data)
    retire_same(work, list(given.validated_data))
    if refused:
        return Done(Outcome.ATTENTION, {"refused": refused}, response.version)
    return Done(version=response.version)


@mutation("encounter.crew")
def join(work: Work) -> Done:
    """Add somebody to the crew."""
    work.writable()
    try:
        staff = crew_named([work.text("staff")], by=work.by)[0]
    except Invalid as problem:
        return Done(Outcome.ATTENTION, {"code": problem.code, "refused": {"staff": problem.sentence}})
    responses.join_crew(
        encounter=work.encounter, staff=staff, by=work.by, remote=work.payload.get("remote") is True
    )
    retire_same(work, ["staff"])
    return Done()
