"""The queue and the contacts in it. Identifiers and codes in addresses, never anything of a person."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.core import clock
from mih.followups import selectors, services
from mih.followups.api.serializers import (
    AttemptedSerializer,
    BriefSerializer,
    ClosingSerializer,
    ContactSerializer,
    CountsSerializer,
    FiltersSerializer,
    NarrowedSerializer,
    NewAttemptSerializer,
    QueuePageSerializer,
    SnoozeSerializer,
)
from mih.followups.models import ContactDue
from mih.privacy import policy
from mih.privacy.api import PolicyMixin, linked

PAGE_SIZE = 100
"""Contacts of one person on a page."""


class ContactsView(PolicyMixin, APIView):
    page = "queue"

    @extend_schema(
        operation_id="contacts_queue", parameters=[FiltersSerializer], responses=QueuePageSerializer
    )
    def get(self, request: Request) -> Response:
        """The queue: risk from high to none, then the next attempt. The people shown are logged."""
        given = FiltersSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = dict(given.validated_data)
        after, size = wanted.pop("after", None), wanted.pop("size")
        page = selectors.queue(
            self.staff, selectors.QueueFilters(**wanted), at=clock.now(), after=after, size=size
        )
        policy.shown(
            self.staff, [row.contact.person_id for row in page.rows], surface="api_queue", purpose="follow_up"
        )
        return Response(QueuePageSerializer({"next": page.next, "results": page.rows}).data)


class CountsView(PolicyMixin, APIView):
    page = "queue"

    @extend_schema(parameters=[FiltersSerializer], responses=CountsSerializer)
    def get(self, request: Request) -> Response:
        """How many contacts each tab of the queue holds, by the same definitions as the lists."""
        given = FiltersSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        found = selectors.counts(self.staff, at=clock.now(), scope=given.validated_data["scope"])
        return Response(CountsSerializer(found).data)


class ContactView(PolicyMixin, APIView):
    page = "queue"

    @extend_schema(responses=BriefSerializer)
    def get(self, request: Request, contact: UUID) -> Response:
        """One contact: how the person may be reached now, what to say, and what happens next. The look is logged."""
        brief = selectors.contact_brief(self.staff, contact, at=clock.now())
        policy.shown(self.staff, [brief.contact.person_id], surface="api_contact", purpose="follow_up")
        return Response(BriefSerializer(brief).data)


class PersonContactsView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "after", str, description="Of the address in the Link header of the page before."
            )
        ],
        responses=ContactSerializer(many=True),
    )
    def get(self, request: Request, person: UUID) -> Response:
        """Contacts of one person, finished ones too, the newest window first, 100 at a time; the Link header names the
        next page."""
        whom = policy.open_person(self.staff, person, surface="api_person_contacts", purpose="follow_up")
        rows, following = selectors.contacts_of(
            self.staff, whom, after=request.query_params.get("after"), size=PAGE_SIZE
        )
        return linked(Response(ContactSerializer(rows, many=True).data), request, following)


class ClaimView(PolicyMixin, APIView):
    page = "contact_work"

    @extend_schema(request=None, responses=ContactSerializer)
    def post(self, request: Request, contact: UUID) -> Response:
        """Take a contact to work on now."""
        claimed = services.claim(contact=contact, by=self.staff, at=clock.now())
        return Response(ContactSerializer(claimed).data)


class NextView(PolicyMixin, APIView):
    page = "contact_work"

    @extend_schema(request=NarrowedSerializer, responses={200: ContactSerializer, 204: None})
    def post(self, request: Request) -> Response:
        """Take the gravest contact of the queue, so narrowed, that is to be made now and that nobody has; 204 while none
        is free. What somebody else is taking at the same moment is passed over."""
        given = NarrowedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        among = selectors.QueueFilters(**given.validated_data)
        taken = services.claim_next(by=self.staff, at=clock.now(), most=1, among=among)
        if not taken:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(ContactSerializer(ContactDue.objects.get(pk=taken[0])).data)


class ReleaseView(PolicyMixin, APIView):
    page = "contact_work"

    @extend_schema(request=None, responses=ContactSerializer)
    def post(self, request: Request, contact: UUID) -> Response:
        """Give a claimed contact back."""
        freed = services.release(contact=contact, by=self.staff, at=clock.now())
        return Response(ContactSerializer(freed).data)


class SnoozeView(PolicyMixin, APIView):
    page = "contact_work"

    @extend_schema(request=SnoozeSerializer, responses=ContactSerializer)
    def post(self, request: Request, contact: UUID) -> Response:
        """Put a contact off, with the reason; never beyond its window."""
        given = SnoozeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        later = services.snooze(contact=contact, by=self.staff, at=clock.now(), **given.validated_data)
        return Response(ContactSerializer(later).data)


class AttemptsView(PolicyMixin, APIView):
    page = "contact_work"

    @extend_schema(request=NewAttemptSerializer, responses={201: AttemptedSerializer})
    def post(self, request: Request, contact: UUID) -> Response:
        """Record an attempt. Answered with what follows: done, when to try again, or the escalation."""
        given = NewAttemptSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = dict(given.validated_data)
        tried = services.record_attempt(
            contact=contact, by=self.staff, at=clock.now(), attempt=wanted.pop("id", None), **wanted
        )
        return Response(AttemptedSerializer(tried).data, status=status.HTTP_201_CREATED)


class CloseView(PolicyMixin, APIView):
    page = "contact_work"

    @extend_schema(request=ClosingSerializer, responses=ContactSerializer)
    def post(self, request: Request, contact: UUID) -> Response:
        """End a contact that will not be made, with the reason."""
        given = ClosingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        closed = services.close_contact(
            contact=contact, by=self.staff, at=clock.now(), **given.validated_data
        )
        return Response(ContactSerializer(closed).data)
