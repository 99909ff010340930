"""The forms of naloxone given and of what is left behind."""

from typing import Any

from django import forms

from mih.core import clock
from mih.interventions.forms.fields import LotField, laid_out
from mih.interventions.models import KitLeft, MedicationGiven, ResedationCheck
from mih.interventions.naloxone import GIVERS
from mih.protocols.selectors import in_force


def medicine_choices() -> list[tuple[str, str]]:
    """The opioid antagonists of the policy in force (clinical.md §3)."""
    listed = in_force("naloxone", clock.now())["medicines"]
    return [("", "Choose"), *((each["code"], each["name"]) for each in listed)]


def kit_choices() -> list[tuple[str, str]]:
    """The kinds of kit of the policy in force."""
    listed = in_force("naloxone", clock.now())["kit_types"]
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


class ResedationForm(forms.ModelForm[ResedationCheck]):
    """One look after naloxone."""

    happened_at = forms.DateTimeField(label="Time looked", required=False)

    helper = laid_out(
        ("Look", ["happened_at", "avpu", "rr", "spo2", "resedated", "action"]),
        ("End of the watch", ["ended_early"]),
    )

    class Meta:
        model = ResedationCheck
        fields = ["happened_at", "avpu", "rr", "spo2", "resedated", "action", "ended_early"]


class KitForm(forms.ModelForm[KitLeft]):
    """A kit or strips, left behind or not taken. Offers only strips that the policy in force has cleared."""

    lot = LotField("naloxone_kit", "naloxone_spray_4", "fentanyl_strip", "xylazine_strip", label="Lot")
    kit_type = forms.ChoiceField(choices=kit_choices, required=False, label="Kind of kit")

    helper = laid_out(
        ("What was left", ["item", "kit_type", "quantity", "lot", "recipient"]),
        ("How to use it", ["trained", "teach_back", "instructions", "prior_kit_used"]),
        ("Not taken", ["declined_reason"]),
        ("Expired lot", ["expired_reason"]),
        ("Test strips: what the person found", ["strip_substance", "strip_result"]),
    )

    class Meta:
        model = KitLeft
        fields = [
            "item",
            "kit_type",
            "quantity",
            "lot",
            "recipient",
            "trained",
            "teach_back",
            "instructions",
            "prior_kit_used",
            "declined_reason",
            "expired_reason",
            "strip_substance",
            "strip_result",
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
