"""What the API takes in and gives out about supplies and reviews."""

from typing import Any

from rest_framework import serializers

from mih.interventions.models import DoseReview, SecondPerson, SupplyMovement
from mih.interventions.models.buprenorphine import DECISIONS


class StockSerializer(serializers.Serializer[Any]):
    item = serializers.CharField(source="lot.item.code")
    name = serializers.CharField(source="lot.item.name")
    controlled = serializers.BooleanField(source="lot.item.controlled")
    lot_id = serializers.UUIDField(source="lot.pk")
    lot = serializers.CharField(source="lot.number")
    expires_on = serializers.DateField(source="lot.expires_on")
    unit = serializers.CharField(source="unit.call_sign", default="store")
    balance = serializers.IntegerField()
    warning = serializers.CharField()


class NewMovementSerializer(serializers.Serializer[Any]):
    """One line for the ledger. `quantity` is how many came, went, or were counted."""

    kind = serializers.ChoiceField(choices=["receive", "waste", "expire", "transfer", "count"])
    item = serializers.CharField(max_length=30)
    lot = serializers.CharField(max_length=60, help_text="The number on the box.")
    quantity = serializers.IntegerField(min_value=0, max_value=100_000)
    unit = serializers.CharField(max_length=20, default="store", help_text="Call sign, or store.")
    to = serializers.CharField(max_length=20, default="store", help_text="For a transfer.")
    expires_on = serializers.DateField(required=False, allow_null=True)
    witness = serializers.CharField(
        max_length=150, default="", allow_blank=True, help_text="User name of the second person."
    )
    witness_password = serializers.CharField(
        max_length=200,
        default="",
        allow_blank=True,
        write_only=True,
        trim_whitespace=False,
        help_text="The second person's own password, on this device. Checked, and kept nowhere.",
    )
    witness_code = serializers.CharField(
        max_length=40,
        default="",
        allow_blank=True,
        write_only=True,
        help_text="Their code, if they sign in with one.",
    )
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class SecondPersonSerializer(serializers.Serializer[Any]):
    """The second person to a dose or its waste. Without a name: whoever is signed in, on their own device."""

    act = serializers.ChoiceField(choices=["dose", "waste"], default="dose")
    witness = serializers.CharField(max_length=150, default="", allow_blank=True, help_text="User name.")
    witness_password = serializers.CharField(
        max_length=200, default="", allow_blank=True, write_only=True, trim_whitespace=False
    )
    witness_code = serializers.CharField(max_length=40, default="", allow_blank=True, write_only=True)


class SignedSerializer(serializers.ModelSerializer[SecondPerson]):
    person = serializers.CharField(source="person.signature_name")

    class Meta:
        model = SecondPerson
        fields = ["id", "act", "subject", "person", "how", "at"]
        read_only_fields = fields


class MovementSerializer(serializers.ModelSerializer[SupplyMovement]):
    item = serializers.CharField(source="lot.item.code")
    lot = serializers.CharField(source="lot.number")
    unit = serializers.CharField(source="unit.call_sign", default="store")
    by = serializers.CharField(source="by.display_name")
    witness = serializers.CharField(source="witness.display_name", default=None)

    class Meta:
        model = SupplyMovement
        fields = ["id", "kind", "item", "lot", "quantity", "counted", "unit", "by", "witness", "at", "note"]
        read_only_fields = fields


class ReviewSerializer(serializers.ModelSerializer[DoseReview]):
    raised_by = serializers.CharField(source="raised_by.display_name")

    class Meta:
        model = DoseReview
        fields = [
            "id",
            "encounter",
            "dose",
            "codes",
            "order_id",
            "reason",
            "raised_by",
            "raised_at",
            "closed_at",
            "finding",
            "decision",
        ]
        read_only_fields = fields


class FindingSerializer(serializers.Serializer[Any]):
    finding = serializers.CharField(max_length=300)
    decision = serializers.ChoiceField(choices=DECISIONS, default="", allow_blank=True)
