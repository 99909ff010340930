"""What the API takes in and gives out about supplies and reviews."""

from typing import Any

from rest_framework import serializers

from mih.interventions.models import DoseReview, SupplyMovement


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
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class MovementSerializer(serializers.ModelSerializer[SupplyMovement]):
    item = serializers.CharField(source="lot.item.code")
    lot = serializers.CharField(source="lot.number")
    unit = serializers.CharField(source="unit.call_sign", default="store")
    by = serializers.CharField(source="by.display_name")
    witness = serializers.CharField(source="witness.display_name", default=None)

    class Meta:
        model = SupplyMovement
        fields = ["id", "kind", "item", "lot", "quantity", "unit", "by", "witness", "at", "note"]
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
        ]
        read_only_fields = fields


class FindingSerializer(serializers.Serializer[Any]):
    finding = serializers.CharField(max_length=300)
