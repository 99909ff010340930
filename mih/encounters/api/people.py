"""People: find, recognise a double, add. Names travel in the body, never in an address."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.encounters.api.serializers import (
    NewPersonSerializer,
    PersonSerializer,
    SearchSerializer,
    SimilarSerializer,
)
from mih.encounters.services import people
from mih.privacy import policy
from mih.privacy.api import PolicyMixin


class PeopleView(PolicyMixin, APIView):
    """Add a person."""

    page = "document"

    @extend_schema(request=NewPersonSerializer, responses={201: PersonSerializer})
    def post(self, request: Request) -> Response:
        """Add a person; anything may be missing. The same `id` again gives the same person."""
        given = NewPersonSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = given.validated_data
        added = people.add_person(
            by=self.staff, record=wanted.get("id"), aliases=wanted.get("aliases"), **_named(wanted["details"])
        )
        return Response(PersonSerializer(added).data, status=status.HTTP_201_CREATED)


class PersonView(PolicyMixin, APIView):
    """One person."""

    page = "chart"

    @extend_schema(responses=PersonSerializer)
    def get(self, request: Request, person: Any) -> Response:
        """Who this is. The look is logged."""
        found = policy.open_person(self.staff, person, surface="api_person")
        return Response(PersonSerializer(found).data)


class PeopleSearchView(PolicyMixin, APIView):
    """Search."""

    page = "people_search"

    @extend_schema(request=SearchSerializer, responses=PersonSerializer(many=True))
    def post(self, request: Request) -> Response:
        """Find people by part of a name, an alias, the end of a phone number, or a date of birth; best first."""
        given = SearchSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = people.look_for(text=given.validated_data["text"], by=self.staff, surface="api_search")
        return Response(PersonSerializer(found, many=True).data)


class SimilarPeopleView(PolicyMixin, APIView):
    """Doubles."""

    page = "people_search"

    @extend_schema(request=SimilarSerializer, responses=PersonSerializer(many=True))
    def post(self, request: Request) -> Response:
        """People already known who may be the one being entered."""
        given = SimilarSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(
            PersonSerializer(people.doubles(by=self.staff, **given.validated_data), many=True).data
        )


def _named(details: dict[str, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in details.items() if name not in ("by", "record", "aliases")}
