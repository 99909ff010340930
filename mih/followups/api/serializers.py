"""What the API takes in and gives out about follow-up contacts."""

from typing import Any

from rest_framework import serializers

from mih.followups.models import Attempt, ContactDue, Escalation, Reassignment
from mih.followups.models.attempt import CHANNELS
from mih.followups.models.contact import OUTCOMES
from mih.followups.models.querysets import WHENS
from mih.followups.selectors import ContactBrief, QueueRow
from mih.followups.selectors.queue import SCOPES
from mih.followups.services import Attempted
from mih.followups.services.closing import CLOSINGS


class NarrowedSerializer(serializers.Serializer[Any]):
    """How the queue is narrowed. Nothing here is about a person by name."""

    scope = serializers.ChoiceField(choices=SCOPES, default="team")
    when = serializers.ChoiceField(choices=list(WHENS), default="now")
    programme = serializers.CharField(max_length=12, default="", allow_blank=True, help_text="Program code.")
    risk = serializers.ChoiceField(choices=["none", "low", "moderate", "high"], default="", allow_blank=True)
    language = serializers.CharField(max_length=10, default="", allow_blank=True)
    role = serializers.CharField(max_length=24, default="", allow_blank=True)
    unassigned = serializers.BooleanField(default=False)


class FiltersSerializer(NarrowedSerializer):
    """One page of the queue."""

    after = serializers.CharField(max_length=200, required=False, help_text="The cursor of the page before.")
    size = serializers.IntegerField(min_value=1, max_value=200, default=50)


class ReasonSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField()


class ContactSerializer(serializers.ModelSerializer[ContactDue]):
    """One contact. Its person is an identifier; the name stands in the queue's line."""

    label = serializers.CharField(  # type: ignore[assignment]
        read_only=True, help_text="Step codes, such as BU1+OD1."
    )
    programme = serializers.CharField(source="programme.code", read_only=True)
    assigned_to = serializers.CharField(source="assigned_to.username", default=None, read_only=True)
    claimed_by = serializers.CharField(source="claimed_by.username", default=None, read_only=True)
    why = ReasonSerializer(many=True, read_only=True)
    shifted = serializers.BooleanField(read_only=True)

    class Meta:
        model = ContactDue
        fields = [
            "id",
            "version",
            "label",
            "steps",
            "purposes",
            "about",
            "status",
            "person",
            "episode",
            "encounter",
            "programme",
            "team",
            "owner_role",
            "supporting_roles",
            "assigned_to",
            "claimed_by",
            "claimed_at",
            "risk",
            "modality",
            "modalities",
            "opens_at",
            "target_at",
            "closes_at",
            "planned_at",
            "next_at",
            "overdue_at",
            "shifted",
            "shift_reason",
            "snoozed_until",
            "snooze_reason",
            "attempts_count",
            "outcome",
            "escalated_at",
            "signoff_since",
            "closed_at",
            "closing_note",
            "rule_version",
            "why",
        ]
        read_only_fields = fields


class PermissionsSerializer(serializers.Serializer[Any]):
    """What the person agreed to. What was never asked is not agreed."""

    call = serializers.CharField(help_text="yes, no or unknown")
    voicemail = serializers.CharField(help_text="none, name_only or generic")
    sms = serializers.BooleanField()
    email = serializers.BooleanField()
    mail = serializers.BooleanField()
    third_party = serializers.BooleanField()
    language = serializers.CharField()


class QueueRowSerializer(serializers.Serializer[QueueRow]):
    """One line of the queue."""

    contact = ContactSerializer()
    person_name = serializers.CharField(source="person.name")
    permissions = PermissionsSerializer()
    window = serializers.CharField(help_text="In words: today to Thu.")
    planned = serializers.CharField()
    overdue = serializers.BooleanField()


class QueuePageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Send it as `after` for the next page.")
    results = QueueRowSerializer(many=True)


class ChannelLineSerializer(serializers.Serializer[Any]):
    channel = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    allowed = serializers.BooleanField()
    code = serializers.CharField()
    sentence = serializers.CharField()


class MessageSerializer(serializers.Serializer[Any]):
    text = serializers.CharField()
    faults = serializers.ListField(
        child=serializers.CharField(), help_text="Why it may not be used as it is."
    )


class NextStepSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    sentence = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    by = serializers.CharField(source="by.display_name", read_only=True)

    class Meta:
        model = Attempt
        fields = [
            "id",
            "at",
            "recorded_at",
            "by",
            "channel",
            "outcome",
            "spoke_with",
            "note",
            "outside_hours_reason",
            "wording",
        ]
        read_only_fields = fields


class ActionSerializer(serializers.Serializer[Any]):
    """One thing an escalation asks for, and what was decided about it."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())
    same_day = serializers.BooleanField()
    decision = serializers.CharField(required=False)
    note = serializers.CharField(required=False)
    by_name = serializers.CharField(required=False)
    at = serializers.DateTimeField(required=False)


class EscalationSerializer(serializers.ModelSerializer[Escalation]):
    actions = ActionSerializer(many=True, read_only=True)
    decided_by = serializers.CharField(source="decided_by.display_name", default=None, read_only=True)

    class Meta:
        model = Escalation
        fields = [
            "id",
            "contact",
            "kind",
            "actions",
            "raised_at",
            "due_at",
            "assigned_role",
            "decided_at",
            "decided_by",
            "decision",
        ]
        read_only_fields = fields


class BriefSerializer(serializers.Serializer[ContactBrief]):
    """Everything needed to make one contact."""

    contact = ContactSerializer()
    person_name = serializers.CharField(source="contact.person.name")
    permissions = PermissionsSerializer()
    channels = ChannelLineSerializer(many=True)
    voicemail = MessageSerializer(allow_null=True)
    text = MessageSerializer(allow_null=True)
    do_not_say = serializers.ListField(child=serializers.CharField())
    window = serializers.CharField()
    overdue = serializers.BooleanField()
    next = NextStepSerializer()
    attempts = AttemptSerializer(many=True)
    escalation = EscalationSerializer(allow_null=True)
    alarms = serializers.ListField(child=serializers.CharField())


class SnoozeSerializer(serializers.Serializer[Any]):
    until = serializers.DateTimeField()
    reason = serializers.CharField(max_length=200)


class NewAttemptSerializer(serializers.Serializer[Any]):
    """One attempt, told by whoever made it."""

    id = serializers.UUIDField(
        required=False, help_text="Made by the sender: received twice, it is kept once."
    )
    channel = serializers.ChoiceField(choices=CHANNELS)
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    happened_at = serializers.DateTimeField(required=False, help_text="Default: now.")
    spoke_with = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    outside_hours_reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    wording = serializers.CharField(
        max_length=400,
        required=False,
        allow_blank=True,
        default="",
        help_text="Default: the neutral wording.",
    )


class AttemptedSerializer(serializers.Serializer[Attempted]):
    attempt = AttemptSerializer()
    contact = ContactSerializer()
    next = NextStepSerializer()
    escalation = EscalationSerializer(allow_null=True)


class ClosingSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=list(CLOSINGS))
    note = serializers.CharField(max_length=300)


class ReassignSerializer(serializers.Serializer[Any]):
    """Contacts and whom they go to. Neither `to` nor `team`: back to everybody."""

    contacts = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    to = serializers.CharField(max_length=150, required=False, allow_null=True, help_text="User name.")
    team = serializers.UUIDField(required=False, allow_null=True)


class ReassignmentSerializer(serializers.ModelSerializer[Reassignment]):
    """A reassignment; its `id` undoes it."""

    contacts = serializers.SerializerMethodField()
    to = serializers.CharField(source="to.username", default=None, read_only=True)

    class Meta:
        model = Reassignment
        fields = ["id", "at", "to", "team", "contacts"]
        read_only_fields = fields

    def get_contacts(self, batch: Reassignment) -> list[str]:
        return [item["contact"] for item in batch.items]


class UndoSerializer(serializers.Serializer[Any]):
    batch = serializers.UUIDField()


class UndoneSerializer(serializers.Serializer[Any]):
    restored = serializers.ListField(child=serializers.UUIDField())
    left = serializers.ListField(
        child=serializers.UUIDField(), help_text="Worked on since, so left as they are."
    )


class DecisionSerializer(serializers.Serializer[Any]):
    action = serializers.CharField(max_length=40, help_text="The action's code.")
    decision = serializers.CharField(max_length=40)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class FacilitySerializer(serializers.Serializer[Any]):
    """Into a facility or custody (`name`), or out of it (`out`)."""

    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    out = serializers.BooleanField(default=False)
    at = serializers.DateTimeField(required=False, help_text="When it happened; default: now.")


class CountsSerializer(serializers.Serializer[Any]):
    now = serializers.IntegerField()
    today = serializers.IntegerField()
    overdue = serializers.IntegerField()
    upcoming = serializers.IntegerField()
    on_hold = serializers.IntegerField()
    unfinished = serializers.IntegerField()
