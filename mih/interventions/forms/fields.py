"""Choosing a lot or a colleague."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from mih.accounts.models import Staff
from mih.core.layout import laid_out
from mih.interventions.models import SupplyLot
from mih.privacy.api import uuid_or_none
from mih.privacy.pages import CARE

__all__ = ["LotField", "StaffField", "laid_out"]


class _NamedField(forms.ModelChoiceField[Any]):
    """A record chosen by its identifier, or by the name people know it by."""

    named_by = ""
    unknown = ""

    def to_python(self, value: Any) -> Any:
        """The record. Raises `ValidationError` when there is none, or when the name means several."""
        if value in self.empty_values:
            return None
        if isinstance(value, Model):
            return value
        by = {"pk": value} if uuid_or_none(value) else {f"{self.named_by}__iexact": str(value).strip()}
        found = list(self.queryset.filter(**by)[:2]) if self.queryset is not None else []
        if len(found) != 1:
            raise ValidationError(self.unknown, code="invalid_choice")
        return found[0]


class LotField(_NamedField):
    """A lot of ours, by identifier or by the number on the box."""

    named_by = "number"
    unknown = "No single lot of ours has that number. Choose it from the list, or write it as a lot not from our stock."

    def __init__(self, *items: str, **kwargs: Any) -> None:
        lots = SupplyLot.objects.filter(item__code__in=items).select_related("item")
        super().__init__(lots.order_by("-expires_on", "number"), required=False, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Item, number and expiry."""
        until = f", expires {obj.expires_on:%Y-%m-%d}" if obj.expires_on else ""
        return f"{obj.item.name}: {obj.number}{until}"


class StaffField(_NamedField):
    """A colleague, by identifier or sign-in name."""

    named_by = "username"
    unknown = "Nobody on the staff signs in by that name. Choose the person from the list."

    def __init__(self, **kwargs: Any) -> None:
        staff = Staff.objects.filter(is_active=True, role__in=CARE)
        super().__init__(staff.order_by("last_name", "first_name"), required=False, **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Name and title."""
        return str(obj.signature_name)
