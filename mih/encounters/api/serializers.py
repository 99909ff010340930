"""What the API takes in and gives out about responses."""

from typing import Any

from rest_framework import serializers

from mih.accounts.models import Shift
from mih.core.merge import Change
from mih.encounters.models import Addendum, Alarm, Conflict, Incident
from mih.encounters.models.encounter import LE_CUSTODY, LE_ROLES, MODALITIES
from mih.encounters.services.responses import TIME_FIELDS
from mih.people.models import Person


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    """A call. `id` may be made by the sender."""

    id = serializers.UUIDField(required=False)
    cad_number = serializers.CharField(max_length=40, required=False, allow_blank=True, allow_null=True)

    class Meta:
        model = Incident
        fields = [
            "id",
            "number",
            "cad_number",
            "source",
            "call_type",
            "called_at",
            "diverted_from",
            "ed_likely",
            "address",
            "place_kind",
            "intake_note",
        ]


class ShiftSerializer(serializers.ModelSerializer[Shift]):
    unit = serializers.CharField(source="unit.call_sign", help_text="The unit's call sign.")
    crew = serializers.ListField(
        child=serializers.CharField(), help_text="User names of the crew.", default=list
    )

    class Meta:
        model = Shift
        fields = ["id", "unit", "crew", "started_at", "ended_at"]
        read_only_fields = ["id", "started_at", "ended_at"]

    def to_representation(self, instance: Shift) -> dict[str, Any]:
        return {
            "id": str(instance.pk),
            "unit": instance.unit.call_sign,
            "crew": [member.username for member in instance.crew.all()],
            "started_at": instance.started_at.isoformat(),
            "ended_at": instance.ended_at.isoformat() if instance.ended_at else None,
        }


class NewEncounterSerializer(serializers.Serializer[Any]):
    """Start a response: to an incident already logged, or to a new one given in full."""

    id = serializers.UUIDField(
        required=False, help_text="Made by the sender, so that a repeat is the same response."
    )
    incident = serializers.UUIDField(required=False)
    new_incident = IncidentSerializer(required=False)
    programme = serializers.CharField(
        max_length=12, required=False, help_text="Programme code; default: the unit's."
    )
    unit = serializers.CharField(
        max_length=20, required=False, help_text="Call sign; default: the open shift's."
    )
    crew = serializers.ListField(child=serializers.CharField(max_length=150), required=False, max_length=12)
    modality = serializers.ChoiceField(choices=MODALITIES, default="scene")
    response_number = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class EncounterDetailsSerializer(serializers.Serializer[Any]):
    modality = serializers.ChoiceField(choices=MODALITIES, required=False)
    response_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    le_role = serializers.ChoiceField(choices=LE_ROLES, required=False, allow_blank=True)
    le_requested = serializers.BooleanField(required=False, allow_null=True)
    le_cit = serializers.BooleanField(required=False, allow_null=True)
    le_custody = serializers.ChoiceField(choices=LE_CUSTODY, required=False, allow_blank=True)


class TimeSerializer(serializers.Serializer[Any]):
    """One of the response's times. `value` empty means now."""

    field = serializers.ChoiceField(choices=TIME_FIELDS)
    value = serializers.DateTimeField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ChangeSerializer(serializers.Serializer[Any]):
    base = serializers.JSONField(
        allow_null=True, default=None, help_text="The value the author saw before typing."
    )
    value = serializers.JSONField(allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        kept = super().to_internal_value(data)
        return Change(kept["base"], kept["value"])


class PatchSerializer(serializers.Serializer[Any]):
    """The fields of one record that its author changed, each with the value they started from."""

    id = serializers.UUIDField(help_text="Of this change set: received twice, it is applied once.")
    form = serializers.CharField(max_length=40)
    record = serializers.UUIDField(help_text="Of the entry; made by the sender for a new one.")
    base_version = serializers.IntegerField(min_value=0, max_value=2_000_000_000, default=0)
    happened_at = serializers.DateTimeField(required=False, allow_null=True)
    changes = serializers.DictField(child=ChangeSerializer(), allow_empty=True)

    def validate_changes(self, changes: dict[str, Any]) -> dict[str, Any]:
        if len(changes) > 80:
            raise serializers.ValidationError("Send at most 80 fields at a time.")
        return changes


class CorrectionSerializer(serializers.Serializer[Any]):
    changes = serializers.DictField(child=serializers.JSONField(allow_null=True), allow_empty=False)
    reason = serializers.CharField(max_length=200)


class AddendumSerializer(serializers.ModelSerializer[Addendum]):
    by = serializers.CharField(source="by.signature_name", read_only=True)

    class Meta:
        model = Addendum
        fields = ["id", "form", "entry", "text", "reason", "by", "at"]
        read_only_fields = ["id", "by", "at"]
        extra_kwargs = {"text": {"max_length": 10_000}}


class AcknowledgementSerializer(serializers.Serializer[Any]):
    action = serializers.CharField(max_length=300, help_text="What was done about it.")


class AlarmSerializer(serializers.ModelSerializer[Alarm]):
    acknowledged_by = serializers.CharField(
        source="acknowledged_by.display_name", default=None, read_only=True
    )

    class Meta:
        model = Alarm
        fields = [
            "id",
            "code",
            "level",
            "message",
            "form",
            "entry",
            "raised_at",
            "acknowledged_by",
            "acknowledged_at",
            "action",
            "met_by",
            "met_at",
        ]
        read_only_fields = fields


class SettlementSerializer(serializers.Serializer[Any]):
    keep = serializers.ChoiceField(choices=["mine", "theirs", "both"])


class ConflictSerializer(serializers.ModelSerializer[Conflict]):
    theirs_by = serializers.CharField(source="theirs_by.display_name", default=None, read_only=True)
    mine_by = serializers.CharField(source="mine_by.display_name", read_only=True)

    class Meta:
        model = Conflict
        fields = [
            "id",
            "form",
            "entry",
            "field",
            "base",
            "theirs",
            "theirs_by",
            "theirs_at",
            "mine",
            "mine_by",
            "at",
            "kept",
        ]
        read_only_fields = fields


class PersonSerializer(serializers.ModelSerializer[Person]):
    """A person. Everything may be missing."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Person
        fields = [
            "id",
            "name",
            "identity_status",
            "first_name",
            "last_name",
            "preferred_name",
            "birth_date",
            "estimated_age",
            "sex",
            "language",
            "no_fixed_address",
            "place_note",
            "version",
        ]
        read_only_fields = fields


class NewPersonSerializer(serializers.Serializer[Any]):
    """A new person. Values are checked by the same form as on the tablet."""

    id = serializers.UUIDField(required=False)
    details = serializers.DictField(
        child=serializers.JSONField(allow_null=True), required=False, default=dict
    )
    aliases = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, max_length=20
    )


class WhomSerializer(serializers.Serializer[Any]):
    person = serializers.UUIDField()


class SearchSerializer(serializers.Serializer[Any]):
    """Sent in the body: a name must never stand in an address."""

    text = serializers.CharField(max_length=120)


class SimilarSerializer(serializers.Serializer[Any]):
    first_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    preferred_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    birth_date = serializers.DateField(required=False, allow_null=True)
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True)
    but = serializers.UUIDField(required=False, allow_null=True)


class CrewSerializer(serializers.Serializer[Any]):
    staff = serializers.CharField(max_length=150)
    remote = serializers.BooleanField(default=False)
