"""Oversight for programs: clinical values with their states, licenses of the staff, one's own, and refused acts."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.core import clock
from mih.privacy.api import PolicyMixin, uuid_or_none
from mih.privacy.denials import denials
from mih.protocols.licenses import notice_for
from mih.protocols.licenses.listing import license_lines
from mih.protocols.selectors import in_force
from mih.protocols.values import Narrowed, listed


class Asked(serializers.Serializer[Any]):
    """What of the list of values is asked for. Left out: not narrowed."""

    state = serializers.ChoiceField(["verify", "approved"], required=False, default="")
    tag = serializers.ChoiceField(["GCK", "DEF"], required=False, default="")
    document = serializers.CharField(max_length=60, required=False, default="")
    text = serializers.CharField(max_length=80, required=False, default="")


class ClinicalValueSerializer(serializers.Serializer[Any]):
    """One value tagged DEF or GCK, as it stands."""

    document = serializers.CharField(source="value.document", help_text="protocol:gates, instrument:cows")
    title = serializers.CharField(source="value.title")
    version = serializers.IntegerField(source="value.version")
    name = serializers.CharField(source="value.name")
    value = serializers.CharField(source="value.label", help_text="What it is, in words.")
    says = serializers.ListField(child=serializers.CharField(), source="value.lines")
    tag = serializers.CharField(source="value.tag")
    rests_on = serializers.CharField(source="value.source")
    note = serializers.CharField(source="value.note")
    fingerprint = serializers.CharField(source="value.fingerprint")
    state = serializers.CharField(help_text="verify, or approved")
    approved_by = serializers.CharField()
    approved_at = serializers.DateTimeField(allow_null=True)


class ClinicalValuesView(PolicyMixin, APIView):
    page = "protocols"

    @extend_schema(parameters=[Asked], responses=ClinicalValueSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every clinical value in use that the medical director answers for, with its state."""
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        narrowed = Narrowed(**asked.validated_data)
        found = [each for each in listed(clock.now()) if narrowed.holds(each)]
        return Response(ClinicalValueSerializer(found, many=True).data)


class LicenseSerializer(serializers.Serializer[Any]):
    """One license or certification with its state today."""

    id = serializers.UUIDField(source="credential.pk")
    kind = serializers.CharField(source="credential.kind")
    number = serializers.CharField(source="credential.number")
    issuer = serializers.CharField(source="credential.issuer")
    issued_on = serializers.DateField(source="credential.issued_on", allow_null=True)
    expires_on = serializers.DateField(source="credential.expires_on", allow_null=True)
    suspended_on = serializers.DateField(source="credential.suspended_on", allow_null=True)
    reinstated_on = serializers.DateField(source="credential.reinstated_on", allow_null=True)
    state = serializers.CharField(help_text="active, expiring, lapsed, suspended or not_yet")
    counts = serializers.BooleanField(help_text="Of a kind that its holder's role signs under.")


class StaffLicensesSerializer(serializers.Serializer[Any]):
    """One member of staff with their licenses, and whether they may sign today."""

    staff = serializers.CharField(source="staff.username")
    name = serializers.CharField(source="staff.display_name")
    role = serializers.CharField(source="staff.role")
    state = serializers.CharField(help_text="stopped, soon, well or none_needed")
    notice = serializers.SerializerMethodField()
    licenses = LicenseSerializer(many=True)

    def get_notice(self, line: Any) -> str:
        return line.notice.sentence if line.notice else ""


class LicensesView(PolicyMixin, APIView):
    page = "credentials"

    @extend_schema(responses=StaffLicensesSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Everybody's licenses: who cannot sign comes first, then whose license ends within the days of notice."""
        at = clock.now()
        lines = license_lines(self.staff, at=at, policy=in_force("credentials", at))
        return Response(StaffLicensesSerializer(lines, many=True).data)


class OwnLicenseView(PolicyMixin, APIView):
    page = "home"

    @extend_schema(
        responses=inline_serializer(
            "OwnLicense",
            {
                "may_sign": serializers.BooleanField(),
                "last_day": serializers.DateField(allow_null=True),
                "notice": serializers.CharField(),
            },
        )
    )
    def get(self, request: Request) -> Response:
        """Whether one's own license lets one sign today, and the notice before it ends."""
        at = clock.now()
        notice = notice_for(self.staff, at=at, policy=in_force("credentials", at))
        return Response(
            {
                "may_sign": notice is None or not notice.stopped,
                "last_day": notice.last_day if notice else None,
                "notice": notice.sentence if notice else "",
            }
        )


class DenialSerializer(serializers.Serializer[Any]):
    """One act refused for want of scope."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    actor = serializers.UUIDField()
    role = serializers.CharField()
    action = serializers.CharField()
    code = serializers.CharField()
    section = serializers.CharField()
    encounter = serializers.UUIDField(allow_null=True)
    device = serializers.UUIDField(allow_null=True)


class After(serializers.Serializer[Any]):
    """Where the page before ended."""

    after = serializers.UUIDField(required=False)


class DenialsView(PolicyMixin, APIView):
    page = "denials"

    @extend_schema(parameters=[After], responses=DenialSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Refused acts, the latest first, fifty at a time; `after` is the last one of the page before."""
        after: UUID | None = uuid_or_none(request.query_params.get("after"))
        return Response(DenialSerializer(denials(self.staff, after=after), many=True).data)
