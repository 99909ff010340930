"""A person's chart as JSON: the card, and one page of the timeline."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from mih.charts.card import card_of
from mih.charts.card_rows import CO_RESPONDER
from mih.charts.chart import chart
from mih.charts.sources import KINDS, SOURCES
from mih.charts.summary import Summary
from mih.charts.timeline import Asked, read_cursor
from mih.core.errors import Invalid
from mih.encounters.api.serializers import AlarmSerializer, PersonSerializer
from mih.encounters.values import as_json
from mih.privacy.api import PolicyMixin


class EventSerializer(serializers.Serializer[Any]):
    """One line of the timeline."""

    kind = serializers.CharField()
    at = serializers.DateTimeField()
    id = serializers.UUIDField()
    title = serializers.CharField()
    text = serializers.CharField()
    note = serializers.CharField()
    by = serializers.CharField()
    programme = serializers.CharField()
    encounter = serializers.UUIDField(allow_null=True)
    state = serializers.CharField()


class ChartSerializer(serializers.Serializer[Any]):
    """The chart, for the schema."""

    person = PersonSerializer()
    summary = serializers.DictField()
    timeline = EventSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class ChartView(PolicyMixin):
    page = "chart"

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", str, enum=list(KINDS), description="Only events of this kind."),
            OpenApiParameter("programme", str, description="Only events of the program with this code."),
            OpenApiParameter("after", str, description="The `next` of the page before."),
        ],
        responses=ChartSerializer,
    )
    def get(self, request: Request, person: UUID) -> Response:
        """What must be known of a person, and what happened, newest first. The look is logged."""
        kind = request.query_params.get("kind", "")
        if kind and kind not in KINDS:
            raise Invalid(
                f"There are no events of kind “{kind[:40]}”. Choose one of {', '.join(KINDS)}.",
                code="no_kind",
            )
        programme = request.query_params.get("programme", "").replace("\x00", "")[:12]
        after = request.query_params.get("after", "")
        asked = Asked(SOURCES, kind, programme, read_cursor(after) if after else None)
        found = chart(self.staff, person, asked, surface="api_chart", card=True)
        assert found.summary
        return Response(
            {
                "person": PersonSerializer(found.person).data,
                "summary": summary_json(found.summary),
                "timeline": EventSerializer(found.page.events, many=True).data,
                "next": found.page.next,
            }
        )


class CardSerializer(serializers.Serializer[Any]):
    """The card, for the schema. A part the caller's role does not see is absent."""

    person = serializers.UUIDField()
    name = serializers.CharField()
    helps = serializers.ListField(child=serializers.CharField(), required=False)
    escalates = serializers.ListField(child=serializers.CharField(), required=False)
    needs = serializers.ListField(child=serializers.CharField(), required=False)
    safety_note = serializers.CharField(required=False)
    told_by = serializers.CharField(required=False)
    risk = serializers.DictField(required=False)
    safety_plan = serializers.DictField(required=False, allow_null=True)
    doses = serializers.ListField(child=serializers.DictField(), required=False)
    follow_ups = serializers.ListField(child=serializers.DictField(), required=False)
    contacts = serializers.ListField(child=serializers.DictField(), required=False)


class CardView(PolicyMixin):
    page = "card"

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "for",
                str,
                enum=[CO_RESPONDER],
                description="Only what may be read out to a police officer who comes along.",
            )
        ],
        responses=CardSerializer,
    )
    def get(self, request: Request, person: UUID) -> Response:
        """What a crew reads before it knocks, as far as the caller's role may see it. The look is logged."""
        return Response(
            card_of(self.staff, person, request.query_params.get("for", ""), "api_card").as_json()
        )


def summary_json(summary: Summary) -> dict[str, Any]:
    """The card as plain JSON."""
    episode = summary.episode
    return {
        "risk": {
            "tier": summary.risk.tier,
            "source": summary.risk.source,
            "by": summary.risk.by,
            "at": as_json(summary.risk.at),
        },
        "safety_plan": {
            "words": summary.plan.words,
            "stands": summary.plan.stands,
            "at": as_json(summary.plan.at),
        }
        if summary.plan
        else None,
        "alarms": AlarmSerializer(summary.alarms, many=True).data,
        "contact": {
            "ways": [{"way": way.label.lower(), "answer": way.answer} for way in summary.ways],
            "hours": summary.hours,
            "do_not_say": getattr(getattr(summary.person, "contact", None), "do_not_say", ""),
        },
        "where": summary.where,
        "episode": {
            "id": str(episode.pk),
            "programme": episode.programme.code,
            "primary": episode.primary.username if episode.primary else None,
            "team": episode.team.name if episode.team else None,
            "open": episode.closed_at is None,
            "facility": episode.facility,
        }
        if episode
        else None,
        "follow_ups": [
            {
                "id": str(each.contact.pk),
                "steps": each.contact.label,
                "state": each.state,
                "opens_at": as_json(each.contact.opens_at),
                "target_at": as_json(each.contact.target_at),
                "closes_at": as_json(each.contact.closes_at),
                "window": each.window,
            }
            for each in summary.contacts
        ],
        "referrals": [
            {"id": str(each.pk), "to": each.to, "level": each.loop.level} for each in summary.referrals
        ],
        "doses": [
            {"medicine": dose.medicine, "amount": dose.amount, "at": as_json(dose.at)}
            for dose in summary.doses
        ],
        "consents": [
            {"id": str(line.consent.pk), "kind": line.consent.kind, "state": line.state}
            for line in summary.consents
        ],
    }
