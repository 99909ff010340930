"""Handing contacts over, deciding escalations, and facility stays."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.accounts.models import Staff, Team
from mih.core import clock
from mih.core.errors import Invalid
from mih.followups import services
from mih.followups.api.serializers import (
    ContactSerializer,
    DecisionSerializer,
    EscalationSerializer,
    FacilitySerializer,
    ReassignmentSerializer,
    ReassignSerializer,
    UndoneSerializer,
    UndoSerializer,
)
from mih.privacy.api import PolicyMixin


class ReassignView(PolicyMixin, APIView):
    page = "contact_reassign"

    @extend_schema(request=ReassignSerializer, responses={201: ReassignmentSerializer})
    def post(self, request: Request) -> Response:
        """Give contacts to somebody else, or back to everybody. The answer's `id` undoes it."""
        given = ReassignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = given.validated_data
        batch = services.reassign(
            contacts=wanted["contacts"],
            to=_staff(wanted.get("to")),
            team=_team(wanted.get("team")),
            by=self.staff,
            at=clock.now(),
        )
        return Response(ReassignmentSerializer(batch).data, status=status.HTTP_201_CREATED)


class UndoView(PolicyMixin, APIView):
    page = "contact_reassign"

    @extend_schema(request=UndoSerializer, responses=UndoneSerializer)
    def post(self, request: Request) -> Response:
        """Take a reassignment back, as far as nobody has worked on the contacts since."""
        given = UndoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        undone = services.undo_reassign(batch=given.validated_data["batch"], by=self.staff, at=clock.now())
        body = {"restored": [row.pk for row in undone.restored], "left": [row.pk for row in undone.left]}
        return Response(UndoneSerializer(body).data)


class DecideView(PolicyMixin, APIView):
    page = "contact_work"

    @extend_schema(request=DecisionSerializer, responses=EscalationSerializer)
    def post(self, request: Request, escalation: UUID) -> Response:
        """Decide one action of an escalation. A welfare check is decided by a licensed clinician alone."""
        given = DecisionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        decided = services.decide_escalation(
            escalation=escalation, by=self.staff, at=clock.now(), **given.validated_data
        )
        return Response(EscalationSerializer(decided).data)


class FacilityView(PolicyMixin, APIView):
    page = "contact_work"

    @extend_schema(request=FacilitySerializer, responses=ContactSerializer(many=True))
    def post(self, request: Request, episode: UUID) -> Response:
        """Note that the person went into a facility or custody, or came out. Answered with the unfinished contacts."""
        given = FacilitySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = given.validated_data
        now = clock.now()
        at = wanted.get("at") or now
        if at > now + services.AHEAD:
            raise Invalid("That time is still to come. Check the date and the clock.", code="time_in_future")
        if wanted["out"]:
            contacts = services.release_from_facility(episode=episode, by=self.staff, at=at)
        else:
            contacts = services.enter_facility(episode=episode, facility=wanted["name"], by=self.staff, at=at)
        return Response(ContactSerializer(contacts, many=True).data)


def _staff(username: str | None) -> Staff | None:
    if not username:
        return None
    found = Staff.objects.select_related("programme").filter(username=username, is_active=True).first()
    if found is None:
        raise Invalid(
            f"Nobody on the staff signs in as “{username}”.",
            code="no_staff",
            fields={"to": "Choose somebody."},
        )
    return found


def _team(team: UUID | None) -> Team | None:
    if team is None:
        return None
    found = Team.objects.select_related("programme").filter(pk=team).first()
    if found is None:
        raise Invalid("There is no such team.", code="no_team", fields={"team": "Choose a team."})
    return found
