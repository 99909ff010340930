"""The API of safety plans: the one that stands, beginning from it, and reviews."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.core import clock
from mih.encounters.api.responses import writable
from mih.encounters.registry import registry
from mih.privacy import policy
from mih.privacy.api import PolicyMixin, linked, uuid_or_none
from mih.privacy.paged import AFTER
from mih.safety_plans import keeping, selectors, services
from mih.safety_plans.access import plan_of
from mih.safety_plans.copy_pdf import copy_pdf
from mih.safety_plans.diff import Piece, plan_diff
from mih.safety_plans.models import COPIES, DECISIONS, LAYOUTS, READINGS, TONGUES, PlanReview

PAGE_SIZE = 100


class StartSerializer(serializers.Serializer[Any]):
    record = serializers.UUIDField(help_text="Of the new plan; made by the sender.")


class PlanFindingSerializer(serializers.Serializer[Any]):
    finding = serializers.CharField(max_length=300)
    decision = serializers.ChoiceField(choices=DECISIONS, required=False, default="")


class ReadingSerializer(serializers.Serializer[Any]):
    """A plan read through with the person: how, and the steps they confirmed."""

    outcome = serializers.ChoiceField(choices=READINGS)
    steps = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=6), required=False, default=list, max_length=6
    )
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    contact = serializers.UUIDField(required=False, default=None, allow_null=True)


class CopyOfPlanSerializer(serializers.Serializer[Any]):
    """A copy handed over."""

    layout = serializers.ChoiceField(choices=LAYOUTS)
    language = serializers.ChoiceField(choices=TONGUES, required=False, default="en")
    how = serializers.ChoiceField(choices=COPIES)
    supporter = serializers.UUIDField(required=False, default=None, allow_null=True)


class PlanReviewSerializer(serializers.ModelSerializer[PlanReview]):
    raised_by = serializers.CharField(source="raised_by.display_name")

    class Meta:
        model = PlanReview
        fields = [
            "id",
            "encounter",
            "plan",
            "declined",
            "raised_by",
            "raised_at",
            "closed_at",
            "decision",
            "finding",
        ]
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
                    "state": version.status.state,
                    "summary": version.status.summary,
                    "lines": line.rows(version.plan),
                    "changes": [
                        {"label": change.label, "gone": change.gone, "new": change.new}
                        for change in version.changes
                    ],
                }
                for version in selectors.plan_versions(found)
            ]
        )


class ChangesView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(
        parameters=[OpenApiParameter("against", OpenApiTypes.UUID, description="An earlier plan of theirs.")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, person: UUID, plan: UUID) -> Response:
        """A plan against the one before it, word by word: each piece is `same`, `gone` or `new`."""
        found, newer = plan_of(self.staff, person, plan, surface="api_plan_changes")
        older = selectors.plan_before(found, newer, uuid_or_none(request.query_params.get("against")))
        steps = plan_diff(older, newer) if older else []
        return Response(
            {
                "record": str(newer.pk),
                "against": str(older.pk) if older else None,
                "steps": [
                    {
                        "heading": step.heading,
                        "changed": step.changed,
                        "lines": [[_piece(piece) for piece in line.pieces] for line in step.lines],
                    }
                    for step in steps
                ],
            }
        )


def _piece(piece: Piece) -> dict[str, str]:
    return {"kind": piece.kind, "text": piece.text}


class CopyView(PolicyMixin, APIView):
    page = "chart_print"

    @extend_schema(
        parameters=[
            OpenApiParameter("layout", str, enum=[code for code, _ in LAYOUTS]),
            OpenApiParameter("language", str, enum=[code for code, _ in TONGUES]),
            OpenApiParameter("name", str, enum=["first"], description="Put the first name on it."),
            OpenApiParameter("supporter", OpenApiTypes.UUID, description="Whom a caregiver's copy is for."),
        ],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, person: UUID, plan: UUID) -> HttpResponse:
        """The person's own copy as a PDF. That it was made is logged."""
        asked = request.query_params
        layout = asked.get("layout", "large")
        found, kept = plan_of(self.staff, person, plan, surface="api_plan_copy")
        made = keeping.make_copy(
            plan=kept,
            layout=layout,
            language=asked.get("language", "en"),
            by=self.staff,
            at=clock.now(),
            with_name=asked.get("name") == "first",
            supporter=selectors.supporter_of(found, asked.get("supporter")),
        )
        return HttpResponse(copy_pdf(made, layout), content_type="application/pdf")

    @extend_schema(request=CopyOfPlanSerializer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, person: UUID, plan: UUID) -> Response:
        """Keep that a copy was handed over."""
        given = CopyOfPlanSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found, kept = plan_of(self.staff, person, plan, surface="api_plan_copy_given")
        details = given.validated_data
        details["supporter"] = selectors.supporter_of(found, str(details["supporter"] or ""))
        copy = keeping.give_copy(plan=kept, by=self.staff, at=clock.now(), **details)
        return Response({"id": str(copy.pk), "at": copy.at}, status=status.HTTP_201_CREATED)


class ReadingView(PolicyMixin, APIView):
    page = "document"

    @extend_schema(request=ReadingSerializer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, person: UUID, plan: UUID) -> Response:
        """Keep that the plan was read through with the person."""
        given = ReadingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        _, kept = plan_of(self.staff, person, plan, surface="api_plan_reading")
        read = keeping.record_reading(plan=kept, by=self.staff, at=clock.now(), **given.validated_data)
        return Response(
            {"id": str(read.pk), "outcome": read.outcome, "steps": read.steps},
            status=status.HTTP_201_CREATED,
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

    @extend_schema(parameters=[AFTER], responses=PlanReviewSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Plans with something declined that wait for a supervisor, oldest first, 100 at a time; the Link header names the
        next page. The people whose plans they are are logged."""
        policy.demand(policy.section(self.staff, "quality", "C"))
        rows, following = selectors.open_plan_reviews(
            by=self.staff, after=request.query_params.get("after"), size=PAGE_SIZE
        )
        shown = [row.encounter.person_id for row in rows]
        policy.shown(self.staff, shown, surface="api_plan_reviews", purpose="supervision")
        return linked(Response(PlanReviewSerializer(rows, many=True).data), request, following)


class PlanReviewView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(request=PlanFindingSerializer, responses=PlanReviewSerializer)
    def post(self, request: Request, review: UUID) -> Response:
        """Say what was decided."""
        given = PlanFindingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        closed = services.close_review(review=review, by=self.staff, at=clock.now(), **given.validated_data)
        return Response(PlanReviewSerializer(closed).data)
