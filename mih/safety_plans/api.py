"""The API of safety plans: the one that stands, beginning from it, and reviews."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.core import clock
from mih.encounters.api.responses import writable
from mih.encounters.registry import registry
from mih.privacy import policy
from mih.privacy.api import PolicyMixin
from mih.safety_plans import selectors, services
from mih.safety_plans.models import PlanReview


class StartSerializer(serializers.Serializer[Any]):
    record = serializers.UUIDField(help_text="Of the new plan; made by the sender.")


class PlanFindingSerializer(serializers.Serializer[Any]):
    finding = serializers.CharField(max_length=300)


class PlanReviewSerializer(serializers.ModelSerializer[PlanReview]):
    raised_by = serializers.CharField(source="raised_by.display_name")

    class Meta:
        model = PlanReview
        fields = ["id", "encounter", "plan", "declined", "raised_by", "raised_at", "closed_at", "finding"]
        read_only_fields = fields


class PlansView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, person: UUID) -> Response:
        """The person's signed safety plans, newest first, with what each changed. The look is logged."""
        found = policy.open_person(self.staff, person, surface="api_safety_plans")
        line = registry["safety_plan"]
        return Response(
            [
                {
                    "record": str(version.plan.pk),
                    "current": version.current,
                    "signed_at": version.plan.signed_at,
                    "signed_by": version.plan.signed_by.signature_name if version.plan.signed_by else None,
                    "completeness": version.plan.completeness,
                    "lines": line.rows(version.plan),
                    "changes": [
                        {"label": change.label, "gone": change.gone, "new": change.new}
                        for change in version.changes
                    ],
                }
                for version in selectors.plan_versions(found)
            ]
        )


class StartView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=StartSerializer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, encounter: UUID) -> Response:
        """Begin this response's plan with the steps of the one that stands."""
        given = StartSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        begun = services.start_from_current(
            encounter=writable(self.staff, encounter),
            record=given.validated_data["record"],
            by=self.staff,
            at=clock.now(),
        )
        return Response(
            {"record": str(begun.record), "version": begun.version, "values": begun.values},
            status=status.HTTP_201_CREATED,
        )


class PlanReviewsView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(responses=PlanReviewSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Plans with something declined that wait for a supervisor, oldest first."""
        policy.demand(policy.section(self.staff, "quality", "C"))
        return Response(PlanReviewSerializer(selectors.open_plan_reviews(by=self.staff), many=True).data)


class PlanReviewView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(request=PlanFindingSerializer, responses=PlanReviewSerializer)
    def post(self, request: Request, review: UUID) -> Response:
        """Say what was decided."""
        given = PlanFindingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        closed = services.close_review(
            review=review, finding=given.validated_data["finding"], by=self.staff, at=clock.now()
        )
        return Response(PlanReviewSerializer(closed).data)
