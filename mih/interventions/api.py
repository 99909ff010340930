"""The API of supplies, of the induction's verdict, and of reviews."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.accounts.models import Staff, Unit
from mih.core import clock
from mih.core.errors import Invalid, NotFound
from mih.core.ids import uuid7
from mih.encounters import picture as pictures
from mih.encounters.api.responses import readable
from mih.encounters.values import as_json
from mih.interventions import selectors
from mih.interventions.buprenorphine import compose_films, may_see_override
from mih.interventions.models import SupplyLot, SupplyMovement
from mih.interventions.serializers import (
    FindingSerializer,
    MovementSerializer,
    NewMovementSerializer,
    ReviewSerializer,
    SecondPersonSerializer,
    SignedSerializer,
    StockSerializer,
)
from mih.interventions.services import attempts, second_person, supplies, witnesses
from mih.privacy import policy
from mih.privacy.api import PolicyMixin, linked
from mih.privacy.paged import AFTER

PAGE_SIZE = 100
STORE = "store"
"""What the store room is called where a unit's call sign would stand."""


class StockView(PolicyMixin, APIView):
    page = "stock"

    @extend_schema(
        parameters=[OpenApiParameter("unit", str, description="Call sign, or store; default: everywhere.")],
        responses=StockSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What there is, by place and lot, with a warning where it expires."""
        place = request.query_params.get("unit")
        found = selectors.stock(
            by=self.staff,
            at=clock.now(),
            unit=_place(place, self.staff) if place else None,
            everywhere=not place,
        )
        return Response(StockSerializer(found, many=True).data)


class MovementsView(PolicyMixin, APIView):
    page = "stock_manage"

    @extend_schema(request=NewMovementSerializer, responses={201: MovementSerializer})
    def post(self, request: Request) -> Response:
        """Receive, waste, take out expired, transfer or count. A controlled item needs a second person, who signs in
        with their own password in the same request."""
        given = NewMovementSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        moved = self._move(given.validated_data)
        return Response(MovementSerializer(moved).data, status=status.HTTP_201_CREATED)

    def _move(self, wanted: dict[str, Any]) -> SupplyMovement:
        common: dict[str, Any] = {
            "unit": _place(wanted["unit"], self.staff),
            "by": self.staff,
            "at": clock.now(),
            "present": _present(self.request, wanted, self.staff),
            "note": wanted["note"],
        }
        quantity: int = wanted["quantity"]
        if wanted["kind"] == "receive":
            return supplies.receive(
                item_code=wanted["item"],
                number=wanted["lot"],
                expires_on=wanted.get("expires_on"),
                quantity=quantity,
                **common,
            )
        lot = _lot(wanted["item"], wanted["lot"])
        if wanted["kind"] == "count":
            return supplies.count(lot=lot, counted=quantity, **common)
        if wanted["kind"] == "transfer":
            return supplies.transfer(
                lot=lot, quantity=quantity, to=_place(wanted["to"], self.staff), **common
            )
        return supplies.take_out(lot=lot, kind=wanted["kind"], quantity=quantity, **common)


class InductionView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, encounter: UUID) -> Response:
        """May buprenorphine be given now, every reason, the day's total, and when to reassess."""
        found = pictures.load(readable(self.staff, encounter, surface="api_induction"))
        facts, protocol = found.facts, found.policies["buprenorphine"]
        verdict = facts.induction_verdict
        current = (verdict or {}).get("next") or verdict
        films = (
            compose_films(current["next_dose_mg"], protocol["film_strengths_mg"])
            if (current and current["next_dose_mg"])
            else None
        )
        return Response(
            {
                "verdict": verdict,
                "may_give": bool(current and current["eligible"])
                and self.staff.role in protocol["roles_may_administer"],
                "may_override": may_see_override(self.staff.role, protocol),
                "films": str(films) if films else None,
                "day_mg": facts.buprenorphine_mg,
                "reassess_due_at": as_json(facts.reassess_due_at),
                "reassess_until": as_json(facts.reassess_until),
                "doses": [
                    {"record": str(dose.pk), "verdict": dose.verdict, "effect": dose.effect}
                    for dose in found.all("buprenorphine_dose")
                ],
            }
        )


class SecondPersonView(PolicyMixin, APIView):
    page = "stock"

    @extend_schema(request=SecondPersonSerializer, responses=SignedSerializer)
    def post(self, request: Request, encounter: UUID, dose: UUID) -> Response:
        """Sign for a dose, or for its waste, as second person: by one's own password on the giver's device, or, with
        nobody named, as whoever is signed in."""
        given = SecondPersonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        response = readable(self.staff, encounter, surface="api_second_person")
        if wanted["witness"]:
            made = witnesses.sign_here(
                request,
                encounter=response,
                dose=dose,
                act=wanted["act"],
                username=wanted["witness"],
                password=wanted["witness_password"],
                code=wanted["witness_code"],
                by=self.staff,
                at=clock.now(),
            )
        else:
            made = witnesses.sign_own(
                dose=dose, act=wanted["act"], by=self.staff, at=clock.now(), encounter=response
            )
        return Response(SignedSerializer(made).data)


class DoseReviewsView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(parameters=[AFTER], responses=ReviewSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Doses given outside the protocol that wait for a look, oldest first, 100 at a time; the Link header names the
        next page. The people they were given to are logged."""
        policy.demand(policy.section(self.staff, "quality", "C"))
        rows, following = selectors.open_dose_reviews(
            by=self.staff, after=request.query_params.get("after"), size=PAGE_SIZE
        )
        shown = [row.encounter.person_id for row in rows]
        policy.shown(self.staff, shown, surface="api_dose_reviews", purpose="supervision")
        return linked(Response(ReviewSerializer(rows, many=True).data), request, following)


class DoseReviewView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(request=FindingSerializer, responses=ReviewSerializer)
    def post(self, request: Request, review: UUID) -> Response:
        """Say what was found."""
        given = FindingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        closed = attempts.close_review(review=review, **given.validated_data, by=self.staff, at=clock.now())
        return Response(ReviewSerializer(closed).data)


def _place(name: str, by: Staff) -> Unit | None:
    if name == STORE:
        return None
    found = Unit.objects.select_related("programme").filter(call_sign=name).first()
    if found is None or found.programme.is_practice != by.in_practice:
        raise Invalid(
            f"There is no unit “{name}”. Give a call sign, or {STORE}.",
            code="no_unit",
            fields={"unit": f"There is no unit “{name}”. Give a call sign, or {STORE}."},
        )
    return found


def _lot(item: str, number: str) -> SupplyLot:
    found = SupplyLot.objects.filter(item__code=item, number__iexact=number.strip()).first()
    if found is None:
        raise NotFound("There is no such lot of that item. Check the number on the box.", code="no_lot")
    return found


def _present(request: Request, wanted: dict[str, Any], by: Staff) -> second_person.Present | None:
    """The second person, signed in; None when nobody is named."""
    if not wanted["witness"]:
        return None
    return second_person.sign_in(
        request,
        username=wanted["witness"],
        password=wanted["witness_password"],
        code=wanted["witness_code"],
        occasion=second_person.Occasion("ledger", uuid7(), by, clock.now()),
    )
