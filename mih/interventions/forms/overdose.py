"""The forms of naloxone given and of what is left behind."""

from typing import Any

from django import forms

from mih.core import clock
from mih.interventions.forms.fields import LotField, laid_out
from mih.interventions.models import KitLeft, MedicationGiven
from mih.interventions.naloxone import GIVERS
from mih.protocols.policy import Policy
from mih.protocols.selectors import in_force


def medicine_choices() -> list[tuple[str, str]]:
    """The opioid antagonists of the policy (clinical.md §3)."""
    listed = Policy.default("naloxone")["medicines"]
    return [("", "Choose"), *((each["code"], each["name"]) for each in listed)]


def giver_choices() -> list[tuple[str, str]]:
    """Who may have given a dose."""
    return [("", "Choose"), *((giver.code, giver.label) for giver in GIVERS.values())]


class NaloxoneForm(forms.ModelForm[MedicationGiven]):
    """One dose, by anybody."""

    happened_at = forms.DateTimeField(label="Time given", required=False)
    medicine = forms.ChoiceField(choices=medicine_choices, required=False, label="Medicine and strength")
    given_by = forms.ChoiceField(choices=giver_choices, required=False, label="Given by")
    lot = LotField("naloxone_spray_4", "naloxone_kit", label="Lot, from our stock")

    helper = laid_out(
        ("Dose", ["happened_at", "medicine", "dose_mg", "route", "site", "given_by", "before_arrival"]),
        ("What it did", ["rr_before", "rr_after", "avpu_before", "avpu_after", "response", "complications"]),
        ("What was taken", ["opioid"]),
        ("Authority and lot", ["authorisation", "second_person", "lot", "other_lot", "expires_on"]),
    )

    class Meta:
        model = MedicationGiven
        fields = [
            "happened_at",
            "medicine",
            "dose_mg",
            "route",
            "site",
            "given_by",
            "before_arrival",
            "rr_before",
            "rr_after",
            "avpu_before",
            "avpu_after",
            "response",
            "complications",
            "opioid",
            "authorisation",
            "second_person",
            "lot",
            "other_lot",
            "expires_on",
        ]


class KitForm(forms.ModelForm[KitLeft]):
    """A kit or strips, left behind or not taken. Offers only strips that the policy in force has cleared."""

    lot = LotField("naloxone_kit", "naloxone_spray_4", "fentanyl_strip", "xylazine_strip", label="Lot")

    helper = laid_out(
        ("What was left", ["item", "quantity", "lot", "recipient"]),
        ("How to use it", ["trained", "teach_back", "prior_kit_used"]),
        ("Not taken", ["declined_reason"]),
    )

    class Meta:
        model = KitLeft
        fields = [
            "item",
            "quantity",
            "lot",
            "recipient",
            "trained",
            "teach_back",
            "prior_kit_used",
            "declined_reason",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cleared = in_force("naloxone", clock.now())["strips"]
        field = self.fields["item"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (code, label)
            for code, label in KitLeft._meta.get_field("item").flatchoices
            if not str(code).endswith("_strips") or cleared.get(str(code).removesuffix("_strips"))
        ]
