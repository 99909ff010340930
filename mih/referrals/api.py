"""Referrals, what became of them, and the partners they go to."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.core import clock
from mih.privacy import policy
from mih.privacy.api import PolicyMixin
from mih.referrals import selectors, services
from mih.referrals.models import CATEGORIES, LoopEvent, Partner, Referral
from mih.referrals.models.loop import CLOSINGS, EVIDENCE, KINDS


class PartnerSerializer(serializers.ModelSerializer[Partner]):
    phone = serializers.CharField(read_only=True)

    class Meta:
        model = Partner
        fields = [
            "id",
            "name",
            "category",
            "neutral_name",
            "phone",
            "address",
            "hours",
            "accepts",
            "last_verified",
        ]
        read_only_fields = fields


class ReferralEventSerializer(serializers.ModelSerializer[LoopEvent]):
    by = serializers.CharField(source="by.display_name", read_only=True)

    class Meta:
        model = LoopEvent
        fields = [
            "id",
            "kind",
            "at",
            "recorded_at",
            "by",
            "level",
            "appointment_at",
            "reason",
            "closing",
            "evidence",
            "told_by",
            "note",
        ]
        read_only_fields = fields


class ReferralMeasuresSerializer(serializers.Serializer[Any]):
    accepted_in = serializers.DurationField(allow_null=True)
    attended = serializers.BooleanField(allow_null=True)
    closed_loop = serializers.BooleanField()
    closed_days = serializers.IntegerField(allow_null=True)


class ReferralSerializer(serializers.ModelSerializer[Referral]):
    """A signed referral with what is known of it now."""

    to = serializers.CharField(read_only=True)
    person = serializers.UUIDField(source="encounter.person_id", read_only=True, allow_null=True)
    programme = serializers.CharField(source="encounter.programme.code", read_only=True)
    level = serializers.IntegerField(source="loop.level", read_only=True)
    sent_at = serializers.DateTimeField(source="loop.sent_at", read_only=True)
    received_at = serializers.DateTimeField(source="loop.received_at", read_only=True)
    accepted_at = serializers.DateTimeField(source="loop.accepted_at", read_only=True)
    declined_at = serializers.DateTimeField(source="loop.declined_at", read_only=True)
    appointment_at = serializers.DateTimeField(source="loop.appointment_at", read_only=True)
    kept_at = serializers.DateTimeField(source="loop.kept_at", read_only=True)
    closed_at = serializers.DateTimeField(source="loop.closed_at", read_only=True)
    closing = serializers.CharField(source="loop.closing", read_only=True)
    measures = serializers.SerializerMethodField()

    class Meta:
        model = Referral
        fields = [
            "id",
            "encounter",
            "person",
            "programme",
            "to",
            "partner",
            "category",
            "reason",
            "consent_given",
            "warm_handoff",
            "level",
            "sent_at",
            "received_at",
            "accepted_at",
            "declined_at",
            "appointment_at",
            "kept_at",
            "closed_at",
            "closing",
            "measures",
        ]
        read_only_fields = fields

    @extend_schema_field(ReferralMeasuresSerializer)
    def get_measures(self, referral: Referral) -> dict[str, Any]:
        return dict(ReferralMeasuresSerializer(selectors.measures(referral)).data)


class ReferralPageSerializer(serializers.Serializer[Any]):
    """Referrals in order, and where the page after them begins: give it back as `after`."""

    next = serializers.CharField(allow_null=True)
    results = ReferralSerializer(many=True)


class ReferralFiltersSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=selectors.STATES, default="open")
    category = serializers.ChoiceField(choices=CATEGORIES, default="", allow_blank=True)
    programme = serializers.CharField(max_length=12, default="", allow_blank=True, help_text="Program code.")
    mine = serializers.BooleanField(default=False)
    size = serializers.IntegerField(min_value=1, max_value=200, default=50)
    after = serializers.CharField(required=False, help_text="`next` of the page before.")


class PartnerFiltersSerializer(serializers.Serializer[Any]):
    category = serializers.ChoiceField(choices=CATEGORIES, default="", allow_blank=True)


class NewReferralEventSerializer(serializers.Serializer[Any]):
    """One thing learned about a referral."""

    id = serializers.UUIDField(
        required=False, help_text="Made by the sender: received twice, it is kept once."
    )
    kind = serializers.ChoiceField(choices=KINDS)
    happened_at = serializers.DateTimeField(required=False, help_text="Default: now.")
    appointment_at = serializers.DateTimeField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    closing = serializers.ChoiceField(choices=CLOSINGS, required=False, allow_blank=True, default="")
    evidence = serializers.ChoiceField(choices=EVIDENCE, required=False, allow_blank=True, default="")
    told_by = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ReferralEventKeptSerializer(serializers.Serializer[Any]):
    event = ReferralEventSerializer()
    referral = ReferralSerializer()


class ReferralsView(PolicyMixin, APIView):
    page = "referrals"

    @extend_schema(
        operation_id="referrals_list",
        parameters=[ReferralFiltersSerializer],
        responses=ReferralPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Signed referrals, the latest sent first. The people shown are logged."""
        given = ReferralFiltersSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = dict(given.validated_data)
        after, size = wanted.pop("after", None), wanted.pop("size")
        rows = selectors.referrals(self.staff, selectors.Filters(**wanted))
        found, following = selectors.by_sent(rows, after=after, size=size)
        policy.shown(
            self.staff,
            [row.encounter.person_id for row in found],
            surface="api_referrals",
            purpose="follow_up",
        )
        return Response(ReferralPageSerializer({"next": following or None, "results": found}).data)


class ReferralEventsView(PolicyMixin, APIView):
    page = "referrals"

    @extend_schema(responses=ReferralEventSerializer(many=True))
    def get(self, request: Request, referral: UUID) -> Response:
        """Everything learned about one referral, oldest first."""
        found = services.readable(by=self.staff, referral=referral)
        policy.shown(
            self.staff, [found.encounter.person_id], surface="api_referral_events", purpose="follow_up"
        )
        events = found.loop.learned.select_related("by").order_by("at", "id")
        return Response(ReferralEventSerializer(events, many=True).data)

    @extend_schema(request=NewReferralEventSerializer, responses={201: ReferralEventKeptSerializer})
    def post(self, request: Request, referral: UUID) -> Response:
        """Record what became of a referral; its follow-up is planned anew."""
        given = NewReferralEventSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = dict(given.validated_data)
        kept = services.record_event(
            referral=referral, by=self.staff, at=clock.now(), event=wanted.pop("id", None), **wanted
        )
        kept.referral.loop = kept.loop
        return Response(ReferralEventKeptSerializer(kept).data, status=status.HTTP_201_CREATED)


class PartnersView(PolicyMixin, APIView):
    page = "referrals"

    @extend_schema(parameters=[PartnerFiltersSerializer], responses=PartnerSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The directory of partners, by category and name."""
        given = PartnerFiltersSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        return Response(PartnerSerializer(selectors.partners(**given.validated_data), many=True).data)
