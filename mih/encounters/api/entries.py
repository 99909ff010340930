"""Change sets, removals, corrections, co-signatures, alarms and conflicts."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import NotFound
from mih.encounters.api.responses import admit, writable
from mih.encounters.api.serializers import (
    AcknowledgementSerializer,
    AlarmSerializer,
    ConflictSerializer,
    CorrectionSerializer,
    PatchSerializer,
    SettlementSerializer,
)
from mih.encounters.models import Alarm, Conflict, Encounter, Entry
from mih.encounters.record import entry_json
from mih.encounters.registry import registry
from mih.encounters.services import alarms, amendments, conflicts, patches, signing
from mih.privacy import policy
from mih.privacy.api import PolicyMixin


class PatchesView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=PatchSerializer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, encounter: UUID) -> Response:
        """Receive one change set: merged field by field, applied once, answered with the record as it now stands."""
        given = PatchSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = given.validated_data
        received = patches.receive(
            patch=wanted["id"],
            encounter=encounter,
            form=wanted["form"],
            record=wanted["record"],
            base_version=wanted["base_version"],
            changes=wanted["changes"],
            by=self.staff,
            at=clock.now(),
            happened_at=wanted.get("happened_at"),
            admit=partial(admit, self.staff),
        )
        assert received.picture is not None
        return Response(
            {
                "record": str(received.record),
                "version": received.version,
                "values": received.values,
                "applied": received.applied,
                "clashes": received.clashes,
                "received_at": clock.now().isoformat(),
                "alarms": AlarmSerializer(received.picture.alarms, many=True).data,
            }
        )


class EntryView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(responses={204: None})
    def delete(self, request: Request, encounter: UUID, form: str, record: UUID) -> Response:
        """Take a draft entry out of the record; its history stays."""
        writable(self.staff, encounter)
        patches.remove(encounter=encounter, form=form, record=record, by=self.staff, at=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _entry(staff: Staff, form: str, record: UUID) -> Entry:
    found = None
    if form in registry and issubclass(registry[form].model, Entry):
        rows = registry[form].model._default_manager.select_related("encounter__programme")
        found = rows.filter(pk=record).first()
    if (
        not isinstance(found, Entry)
        or policy.encounter(staff, found.encounter, "read").code == "other_world"
        or not policy.segment(staff, found.segment)
    ):
        raise NotFound("There is no such entry.", code="no_entry")
    return found


class CorrectionView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=CorrectionSerializer, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, form: str, record: UUID) -> Response:
        """Correct a signed entry: the old one stays, marked as replaced."""
        given = CorrectionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        writable(self.staff, _entry(self.staff, form, record).encounter.pk)
        corrected = amendments.correct(
            form=form, entry=record, by=self.staff, at=clock.now(), **given.validated_data
        )
        return Response(entry_json(form, corrected))


class CosignView(PolicyMixin, APIView):
    page = "cosign"

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, form: str, record: UUID) -> Response:
        """Co-sign an entry that waits for it."""
        waiting = _entry(self.staff, form, record)
        policy.shown(self.staff, [waiting.encounter.person_id], surface="api_cosign", purpose="supervision")
        return Response(
            entry_json(form, signing.cosign(form=form, entry=record, by=self.staff, at=clock.now()))
        )


class AlarmView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=AcknowledgementSerializer, responses=AlarmSerializer)
    def post(self, request: Request, alarm: UUID) -> Response:
        """Say what was done about an alarm."""
        given = AcknowledgementSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = Alarm.objects.filter(pk=alarm).first()
        if found is None:
            raise NotFound("There is no such alarm.", code="no_alarm")
        writable(self.staff, found.encounter_id)
        done = alarms.acknowledge(
            alarm=found, action=given.validated_data["action"], by=self.staff, at=clock.now()
        )
        return Response(AlarmSerializer(done).data)


class ConflictsView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(responses=ConflictSerializer(many=True))
    def get(self, request: Request, encounter: UUID) -> Response:
        """Clashes that wait for somebody to choose."""
        response: Encounter = writable(self.staff, encounter)
        policy.shown(self.staff, [response.person_id], surface="api_conflicts")
        waiting = response.conflicts.filter(resolved_at__isnull=True).select_related("theirs_by", "mine_by")
        return Response(ConflictSerializer(waiting, many=True).data)


class ConflictView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=SettlementSerializer, responses=ConflictSerializer)
    def post(self, request: Request, conflict: UUID) -> Response:
        """Choose which of two values stands."""
        given = SettlementSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = Conflict.objects.filter(pk=conflict).first()
        if found is None:
            raise NotFound("There is no such conflict.", code="no_conflict")
        writable(self.staff, found.encounter_id)
        settled = conflicts.settle(
            conflict=conflict, keep=given.validated_data["keep"], by=self.staff, at=clock.now()
        )
        return Response(ConflictSerializer(settled).data)
