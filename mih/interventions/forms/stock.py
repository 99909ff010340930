"""The desk's forms for supplies: receiving, counting, taking out and moving."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from mih.accounts.models import Staff, Unit
from mih.core.errors import Refused
from mih.interventions.models import SupplyItem, SupplyLot
from mih.interventions.models.buprenorphine import DECISIONS
from mih.interventions.services.supplies import Counted
from mih.interventions.supply_items import ITEMS
from mih.privacy.pages import PAGES

STORE = "Store room"
SECOND = ("witness", "witness_password", "witness_code")
"""The fields in which the second person signs in."""


class PlaceField(forms.ModelChoiceField[Unit]):
    """A unit, or the store room when empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Unit.objects.none(), required=False, empty_label=STORE, **kwargs)

    def offer(self, staff: Staff) -> None:
        """Offer the units of `staff`'s world."""
        self.queryset = Unit.objects.filter(programme__is_practice=staff.in_practice).order_by("call_sign")


class WitnessField(forms.ModelChoiceField[Staff]):
    """A second person, by name and title."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.signature_name)


class _Line(forms.Form):
    """What every line of the ledger carries."""

    witness = WitnessField(
        Staff.objects.none(),
        label="Second person",
        required=False,
        empty_label="Nobody",
        help_text="Controlled medicines need one for every line. They type their own password here.",
    )
    witness_password = forms.CharField(
        label="Second person's own password",
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    witness_code = forms.CharField(
        label="Second person's code",
        required=False,
        max_length=40,
        help_text="Only for somebody who signs in with a code as well.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    note = forms.CharField(label="Note", max_length=200, required=False)

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["witness"].queryset = _others(staff)  # type: ignore[attr-defined]
        for field in self.fields.values():
            if isinstance(field, PlaceField):
                field.offer(staff)


class ReceiveForm(_Line):
    """What came in, and where it goes."""

    item = forms.ChoiceField(label="What")
    lot = forms.CharField(label="Lot number", max_length=60)
    expires_on = forms.DateField(
        label="Expires", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    quantity = forms.IntegerField(label="How many", min_value=1, max_value=10_000)
    unit = PlaceField(label="Where to")
    field_order = ["item", "lot", "expires_on", "quantity", "unit", *SECOND, "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {code: name for code, (name, _) in ITEMS.items()}
        known |= dict(SupplyItem.objects.values_list("code", "name"))
        self.fields["item"].choices = sorted(known.items(), key=lambda pair: pair[1])  # type: ignore[attr-defined]


class CountForm(_Line):
    """What was counted at one place."""

    quantity = forms.IntegerField(label="How many are there", min_value=0, max_value=100_000)
    field_order = ["quantity", *SECOND, "note"]


class ShelfForm(_Line):
    """What two people counted of every controlled lot at one place. The ledger's numbers are not shown beforehand."""

    def __init__(self, *args: Any, lots: Sequence[SupplyLot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lots = lots
        del self.fields["note"]
        for lot in lots:
            self.fields[f"count-{lot.pk}"] = forms.IntegerField(
                label="How many are there", min_value=0, max_value=100_000
            )
            self.fields[f"note-{lot.pk}"] = forms.CharField(
                label="If it differs: why", max_length=200, required=False
            )
        self.order_fields([f"{kind}-{lot.pk}" for lot in lots for kind in ("count", "note")])

    @property
    def shelf(self) -> list[Counted]:
        """What was counted."""
        given = self.cleaned_data
        return [Counted(lot, given[f"count-{lot.pk}"], given[f"note-{lot.pk}"]) for lot in self.lots]

    def put(self, refusal: Refused) -> None:
        """Write a refusal that speaks of lots beside their counts."""
        for lot in self.lots:
            if sentence := refusal.fields.get(str(lot.pk)):
                self.add_error(f"note-{lot.pk}", sentence)


class ReviewForm(forms.Form):
    """What was found about a dose given outside the protocol."""

    decision = forms.ChoiceField(label="Decision", choices=DECISIONS, widget=forms.RadioSelect)
    finding = forms.CharField(
        label="What you found", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class TakeOutForm(_Line):
    """Pieces that were wasted, or have expired."""

    kind = forms.ChoiceField(
        label="Why", choices=[("waste", "Wasted or damaged"), ("expire", "Expired")], widget=forms.RadioSelect
    )
    quantity = forms.IntegerField(label="How many", min_value=1, max_value=100_000)
    field_order = ["kind", "quantity", *SECOND, "note"]


class TransferForm(_Line):
    """Pieces that go to another place."""

    to = PlaceField(label="Where to")
    quantity = forms.IntegerField(label="How many", min_value=1, max_value=100_000)
    field_order = ["to", "quantity", *SECOND, "note"]


def _others(staff: Staff) -> QuerySet[Staff]:
    """Who may witness: colleagues of the same world with care duties, not oneself."""
    practice = Q(programme__is_practice=True)
    rows = Staff.objects.filter(practice if staff.in_practice else ~practice, is_active=True)
    return (
        rows.filter(role__in=PAGES["stock"])
        .exclude(pk=staff.pk)
        .order_by("first_name", "last_name", "username")
    )
