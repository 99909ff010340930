"""Legal holds over the API: their clocks, and what is learned of them."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.cases.holds import learn
from mih.core import clock
from mih.core.paging import keyed
from mih.crisis.models.legal_hold import EVENTS, FINDINGS
from mih.crisis.selectors import as_json, awaited, policy_of
from mih.crisis.services import hold_of, may_record
from mih.privacy import policy
from mih.privacy.api import PolicyMixin, linked
from mih.privacy.paged import AFTER

PAGE_SIZE = 100


class HoldEventSerializer(serializers.Serializer[Any]):
    """One thing learned of a hold. An assessment names who did it and with which license."""

    kind = serializers.ChoiceField(choices=EVENTS)
    happened_at = serializers.DateTimeField()
    who = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    license = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    finding = serializers.ChoiceField(choices=FINDINGS, required=False, allow_blank=True, default="")
    told_by = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class LegalHoldsView(PolicyMixin, APIView):
    page = "legal_clocks"

    @extend_schema(parameters=[AFTER], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Holds whose LMHP assessment is awaited, the one due first first, 100 at a time; the Link header names the next
        page. The look is logged."""
        after = request.query_params.get("after")
        found, following = keyed(awaited(self.staff), "due_at", after=after, size=PAGE_SIZE)
        policy.shown(self.staff, [hold.encounter.person_id for hold in found], surface="api_legal_holds")
        rules = {hold.encounter.pinned.get("legal_hold"): hold.encounter for hold in found}
        policies = {version: policy_of(each, "legal_hold") for version, each in rules.items()}
        answer = Response(
            [
                {
                    "encounter": str(hold.encounter_id),
                    "person": str(hold.encounter.person_id) if hold.encounter.person_id else None,
                    **as_json(hold, policies[hold.encounter.pinned.get("legal_hold")]),
                }
                for hold in found
            ]
        )
        return linked(answer, request, following)


class HoldEventsView(PolicyMixin, APIView):
    page = "legal_clocks"

    @extend_schema(request=HoldEventSerializer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, encounter: UUID) -> Response:
        """Keep what was learned of a response's hold, answered with its clock. A discharge starts waiting contacts."""
        policy.demand(may_record(self.staff))
        hold = hold_of(self.staff, encounter)
        policy.shown(self.staff, [hold.encounter.person_id], surface="api_hold_events")
        given = HoldEventSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        learn(encounter=encounter, by=self.staff, at=clock.now(), **given.validated_data)
        hold = hold_of(self.staff, encounter)
        return Response(
            as_json(hold, policy_of(hold.encounter, "legal_hold")), status=status.HTTP_201_CREATED
        )
