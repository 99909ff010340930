"""Incidents, shifts and responses."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.accounts.models import Programme, Shift, Staff, Unit
from mih.accounts.selectors import open_shift
from mih.accounts.services import end_shift, start_shift
from mih.core import clock
from mih.core.errors import Invalid, NotFound
from mih.encounters import picture as pictures
from mih.encounters.api.serializers import (
    AddendumSerializer,
    CrewSerializer,
    EncounterDetailsSerializer,
    IncidentSerializer,
    NewEncounterSerializer,
    ShiftSerializer,
    TimeSerializer,
    WhomSerializer,
)
from mih.encounters.models import CrewMember, Encounter, Incident
from mih.encounters.record import as_record, review_json
from mih.encounters.services import amendments, responses, signing
from mih.people.models import Person
from mih.privacy import policy
from mih.privacy.api import KeysetPages, PolicyMixin


def readable(staff: Staff, pk: UUID, *, surface: str) -> Encounter:
    """The response, if `staff` may read it; the look at its person is logged."""
    found = _full().filter(pk=pk).first()
    if found is None or policy.encounter(staff, found, "read").code == "other_world":
        raise _unknown()
    policy.demand(policy.encounter(staff, found, "read"))
    policy.shown(staff, [found.person_id], surface=surface)
    return found


def writable(staff: Staff, pk: UUID) -> Encounter:
    """The response, if `staff` may write in it."""
    found = _full().filter(pk=pk).first()
    if found is None:
        raise _unknown()
    admit(staff, found)
    return found


def admit(staff: Staff, found: Encounter) -> None:
    """Raise `NotFound` or `NotAllowed` unless `staff` may write in the response."""
    if policy.encounter(staff, found, "read").code == "other_world":
        raise _unknown()
    policy.demand(policy.encounter(staff, found, "write"))


def _unknown() -> NotFound:
    return NotFound(
        "There is no such response. Go back to today's list and open it again.", code="no_encounter"
    )


def _full() -> QuerySet[Encounter]:
    return Encounter.objects.select_related("person", "programme", "incident", "unit", "signed_by", "episode")


def crew_named(names: list[str] | None, *, by: Staff) -> list[Staff]:
    """Staff by user name. Raises `Invalid` naming the first nobody knows."""
    wanted = list(dict.fromkeys(names or []))
    found = {staff.username: staff for staff in Staff.objects.filter(username__in=wanted, is_active=True)}
    unknown = [name for name in wanted if name not in found or found[name].in_practice != by.in_practice]
    if unknown:
        raise Invalid(f"Nobody on the staff signs in as “{unknown[0]}”. Check the crew.", code="no_staff")
    return [found[name] for name in wanted]


class IncidentsView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=IncidentSerializer, responses={201: IncidentSerializer})
    def post(self, request: Request) -> Response:
        """Log a call. A dispatch number already known gives the call that has it."""
        given = IncidentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        details = dict(given.validated_data)
        incident = responses.log_incident(by=self.staff, record=details.pop("id", None), **details)
        return Response(IncidentSerializer(incident).data, status=status.HTTP_201_CREATED)


class ShiftsView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(responses=ShiftSerializer)
    def get(self, request: Request) -> Response:
        """The shift one is on now. 404 when there is none."""
        shift = open_shift(self.staff)
        if shift is None:
            raise NotFound("You are not on a shift. Start one to begin.", code="no_shift")
        return Response(ShiftSerializer(shift).data)

    @extend_schema(request=ShiftSerializer, responses={201: ShiftSerializer})
    def post(self, request: Request) -> Response:
        """Start a shift on a unit with a crew; whoever asks belongs to it."""
        given = ShiftSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        unit = (
            Unit.objects.select_related("programme")
            .filter(call_sign=given.validated_data["unit"]["call_sign"])
            .first()
        )
        if unit is None:
            raise Invalid(
                "There is no unit with that call sign.", code="no_unit", fields={"unit": "Choose a unit."}
            )
        crew = crew_named(given.validated_data["crew"], by=self.staff)
        shift = start_shift(unit=unit, crew=crew, by=self.staff, at=clock.now())
        return Response(ShiftSerializer(shift).data, status=status.HTTP_201_CREATED)


class EndShiftView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=None, responses=ShiftSerializer)
    def post(self, request: Request, shift: UUID) -> Response:
        """End the shift."""
        found = Shift.objects.select_related("unit").filter(pk=shift, crew=self.staff).first()
        if found is None:
            raise NotFound("That is not a shift of yours.", code="no_shift")
        return Response(ShiftSerializer(end_shift(shift=found, at=clock.now())).data)


class EncountersView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(operation_id="encounters_list", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """One's own responses that are not signed yet, newest first."""
        mine = Encounter.objects.filter(
            crew__staff=self.staff, signed_at__isnull=True, voided_at__isnull=True
        )
        pages = KeysetPages()
        found = (
            pages.paginate_queryset(
                mine.select_related("person", "programme", "incident"), request, view=self
            )
            or []
        )
        policy.shown(self.staff, [row.person_id for row in found], surface="api_open_responses")
        return pages.get_paginated_response(
            [
                {
                    "id": str(row.pk),
                    "incident": str(row.incident),
                    "programme": row.programme.code,
                    "person": row.person.name if row.person else None,
                    "started_at": row.created_at.isoformat(),
                }
                for row in found
            ]
        )

    @extend_schema(request=NewEncounterSerializer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Start a response. The open shift gives unit, program and crew where they are not named."""
        given = NewEncounterSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = given.validated_data
        shift = open_shift(self.staff)
        unit = _unit(wanted.get("unit")) or (shift.unit if shift else None)
        programme = _programme(wanted.get("programme"), unit, self.staff)
        response = responses.start_response(
            incident=self._incident(wanted),
            programme=programme,
            by=self.staff,
            at=clock.now(),
            record=wanted.get("id"),
            unit=unit,
            shift=shift if shift and shift.unit == unit else None,
            crew=crew_named(wanted.get("crew"), by=self.staff),
            modality=wanted["modality"],
            response_number=wanted["response_number"],
        )
        loaded = pictures.load(writable(self.staff, response.pk))
        return Response(as_record(loaded, reader=self.staff), status=status.HTTP_201_CREATED)

    def _incident(self, wanted: dict[str, Any]) -> Incident:
        if wanted.get("incident"):
            found = Incident.objects.filter(pk=wanted["incident"], is_practice=self.staff.in_practice).first()
            if found is None:
                raise NotFound(
                    "There is no such call. Start the response with a new one.", code="no_incident"
                )
            return found
        details = dict(wanted.get("new_incident") or {})
        return responses.log_incident(by=self.staff, record=details.pop("id", None), **details)


def _unit(call_sign: str | None) -> Unit | None:
    if not call_sign:
        return None
    found = Unit.objects.select_related("programme").filter(call_sign=call_sign).first()
    if found is None:
        raise Invalid(
            "There is no unit with that call sign.", code="no_unit", fields={"unit": "Choose a unit."}
        )
    return found


def _programme(code: str | None, unit: Unit | None, by: Staff) -> Programme:
    found = (
        Programme.objects.filter(code=code).first() if code else (unit.programme if unit else by.programme)
    )
    if found is None:
        raise Invalid("Choose the program this response belongs to.", code="no_programme")
    return found


class EncounterView(PolicyMixin, APIView):
    page = "chart"
    write_page = "document"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, encounter: UUID) -> Response:
        """The whole record. The look is logged."""
        found = pictures.load(readable(self.staff, encounter, surface="api_encounter"))
        return Response(as_record(found, reader=self.staff))

    @extend_schema(request=EncounterDetailsSerializer, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, encounter: UUID) -> Response:
        """Set modality, number or the law-enforcement part."""
        given = EncounterDetailsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        writable(self.staff, encounter)
        responses.describe(encounter=encounter, by=self.staff, **given.validated_data)
        return Response(as_record(pictures.load(writable(self.staff, encounter)), reader=self.staff))


class TimesView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=TimeSerializer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, encounter: UUID) -> Response:
        """Log one time; without a value, now. Changing one that is set needs a reason."""
        given = TimeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        writable(self.staff, encounter)
        wanted = given.validated_data
        value = wanted["value"] if "value" in wanted else clock.now()
        response = responses.log_time(
            encounter=encounter,
            field=wanted["field"],
            value=value,
            by=self.staff,
            at=clock.now(),
            reason=wanted["reason"],
        )
        moment = getattr(response, wanted["field"])
        return Response({"field": wanted["field"], "value": moment.isoformat() if moment else None})


class WhomView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=WhomSerializer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, encounter: UUID) -> Response:
        """Say whom the response is for."""
        given = WhomSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        writable(self.staff, encounter)
        person: Person = policy.open_person(
            self.staff, given.validated_data["person"], surface="api_name_person"
        )
        responses.name_person(encounter=encounter, person=person, by=self.staff, at=clock.now())
        return Response(as_record(pictures.load(writable(self.staff, encounter)), reader=self.staff))


class CrewView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=CrewSerializer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, encounter: UUID) -> Response:
        """Add somebody to the crew."""
        given = CrewSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        writable(self.staff, encounter)
        staff = crew_named([given.validated_data["staff"]], by=self.staff)[0]
        member: CrewMember = responses.join_crew(
            encounter=encounter, staff=staff, by=self.staff, remote=given.validated_data["remote"]
        )
        return Response({"staff": staff.username, "remote": member.remote}, status=status.HTTP_201_CREATED)


class ReviewView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, encounter: UUID) -> Response:
        """Everything missing before signing, each with the field that fills it."""
        found = pictures.load(readable(self.staff, encounter, surface="api_review"))
        return Response(review_json(signing.review(found, by=self.staff)))


class SignView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, encounter: UUID) -> Response:
        """Sign the response: it freezes, and its follow-ups are planned."""
        writable(self.staff, encounter)
        signing.sign(encounter=encounter, by=self.staff, at=clock.now())
        return Response(
            as_record(pictures.load(readable(self.staff, encounter, surface="api_sign")), reader=self.staff)
        )


class SignOwnView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, encounter: UUID) -> Response:
        """Sign one's own sections of a response somebody else leads."""
        writable(self.staff, encounter)
        signed = signing.sign_own(encounter=encounter, by=self.staff, at=clock.now())
        return Response({"signed": [{"record": str(entry.pk), "status": entry.status} for entry in signed]})


class AddendaView(PolicyMixin, APIView):
    page = "chart"
    write_page = "chart"

    @extend_schema(request=AddendumSerializer, responses={201: AddendumSerializer})
    def post(self, request: Request, encounter: UUID) -> Response:
        """Add what was learned after signing."""
        given = AddendumSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        response = writable(self.staff, encounter)
        added = amendments.add_addendum(
            encounter=response, by=self.staff, at=clock.now(), **given.validated_data
        )
        return Response(AddendumSerializer(added).data, status=status.HTTP_201_CREATED)
