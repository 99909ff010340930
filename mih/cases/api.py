"""Conclusions of a response, the caseload, hand-overs and the co-signature queue."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.cases import handoffs
from mih.cases.caseload import Row, caseload
from mih.cases.conclusions import conclusions
from mih.cases.cosignatures import waiting_for
from mih.core import clock
from mih.core.paging import cursor, read_cursor
from mih.encounters.api.responses import crew_named, readable
from mih.privacy.api import PolicyMixin, linked
from mih.privacy.paged import AFTER

PAGE_SIZE = 100


class ConclusionsView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, encounter: UUID) -> Response:
        """Everything the system concluded of a response: scores, alarms, gates, codes, follow-up. The look is logged."""
        found = readable(self.staff, encounter, surface="api_conclusions")
        return Response(conclusions(found, reader=self.staff))


class CaseloadView(PolicyMixin, APIView):
    page = "caseload"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Each worker and team with their numbers."""
        found = caseload(self.staff, at=clock.now())
        return Response(
            {
                "workers": [_line(row) for row in found.workers],
                "teams": [_line(row) for row in found.teams],
                "totals": found.totals,
            }
        )


def _line(row: Row) -> dict[str, object]:
    return {
        "key": str(row.key) if row.key else None,
        "name": row.name,
        "role": row.role,
        **row.counts,
        "cosign": row.cosign,
        "oldest_untouched": row.oldest_untouched.isoformat() if row.oldest_untouched else None,
    }


class HandOverSerializer(serializers.Serializer[object]):
    """Cases to hand over. Without `to` they go back to the team."""

    episodes = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=handoffs.AT_ONCE)
    to = serializers.CharField(max_length=150, required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class HandOffsView(PolicyMixin, APIView):
    page = "caseload_reassign"

    @extend_schema(request=HandOverSerializer, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Hand over one case or many; the answer names the act, so that it can be undone."""
        given = HandOverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        name = given.validated_data.get("to")
        batch = handoffs.hand_over(
            episodes=given.validated_data["episodes"],
            to=crew_named([name], by=self.staff)[0] if name else None,
            reason=given.validated_data["reason"],
            by=self.staff,
            at=clock.now(),
        )
        return Response({"id": str(batch.pk), "cases": batch.lines.count()}, status=status.HTTP_201_CREATED)


class UndoHandOffView(PolicyMixin, APIView):
    page = "caseload_reassign"

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, batch: UUID) -> Response:
        """Undo a hand-over within half an hour."""
        done = handoffs.undo(batch=batch, by=self.staff, at=clock.now())
        return Response({"id": str(done.pk), "undone_at": clock.now().isoformat()})


class CosignQueueView(PolicyMixin, APIView):
    page = "cosign"

    @extend_schema(parameters=[AFTER], responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Entries that wait for a co-signature one may give, the longest waiting first, 100 at a time; the Link header
        names the next page."""
        after = request.query_params.get("after")
        waiting = waiting_for(
            self.staff, at=clock.now(), after=read_cursor(after) if after else None, size=PAGE_SIZE
        )
        answer = Response(
            [
                {
                    "form": row.spec.key,
                    "entry": str(row.entry.pk),
                    "encounter": str(row.entry.encounter_id),
                    "author": row.entry.author.display_name,
                    "signed_at": row.key[0].isoformat(),
                    "due_at": row.due_at.isoformat(),
                    "overdue": row.overdue,
                }
                for row in waiting.rows
            ]
        )
        return linked(answer, request, cursor(*waiting.last) if waiting.last else "")
