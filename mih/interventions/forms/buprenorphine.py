"""The forms of a field buprenorphine induction."""

from django import forms

from mih.core.fields import RowsField, RowsWidget, SignatureField
from mih.interventions.doses import strengths
from mih.interventions.forms.fields import StaffField, laid_out
from mih.interventions.models import BridgePlan, BuprenorphineDose, Induction
from mih.protocols.policy import Policy

OVERRIDE = "override"
"""`data-for` of the field that only the roles of the policy's `override_roles` are shown (scenario S05)."""


def film_rows() -> RowsField:
    """Films opened, chosen from the strengths of the protocol."""
    field = RowsField(
        [("strength", "Film"), ("count", "How many"), ("lot", "Lot")],
        label="Films opened",
        add_label="Add films",
    )
    assert isinstance(field.widget, RowsWidget)
    field.widget.options = {
        "strength": {strength: f"{strength} mg" for strength in strengths(Policy.default("buprenorphine"))}
    }
    return field


class InductionForm(forms.ModelForm[Induction]):
    """What the protocol asks before a first dose."""

    consent_signature = SignatureField(label="Person's signature")

    helper = laid_out(
        (
            "Opioid use",
            [
                "wants_treatment",
                "declined_reason",
                "opioid",
                "use_route",
                "last_use_at",
                "opioid_dependent",
                "first_opioid_use",
                "methadone",
                "methadone_last_at",
                "methadone_mg",
                "methadone_clinic",
                "already_on_bup_today",
            ],
        ),
        (
            "Safety",
            [
                "alcohol_today",
                "sedatives_today",
                "pregnant",
                "liver_disease",
                "allergy",
                "severe_illness",
                "awake_since",
            ],
        ),
        (
            "Capacity and consent",
            [
                "capacity",
                "consent_verbal",
                "consent_written",
                "consent_at",
                "consent_signature",
                "minor_consent_basis",
            ],
        ),
        (
            "Physician's order",
            [
                "order_physician",
                "order_kind",
                "order_answer",
                "order_id",
                "order_at",
                "order_read_back",
                "order_note",
            ],
        ),
        ("Outside the protocol", ["override_reason"]),
    )

    class Meta:
        model = Induction
        fields = [
            "wants_treatment",
            "declined_reason",
            "opioid",
            "use_route",
            "last_use_at",
            "opioid_dependent",
            "first_opioid_use",
            "methadone",
            "methadone_last_at",
            "methadone_mg",
            "methadone_clinic",
            "already_on_bup_today",
            "alcohol_today",
            "sedatives_today",
            "pregnant",
            "liver_disease",
            "allergy",
            "severe_illness",
            "awake_since",
            "capacity",
            "consent_verbal",
            "consent_written",
            "consent_at",
            "consent_signature",
            "minor_consent_basis",
            "order_physician",
            "order_kind",
            "order_answer",
            "order_id",
            "order_at",
            "order_read_back",
            "order_note",
            "override_reason",
        ]
        widgets = {"override_reason": forms.TextInput(attrs={"data-for": OVERRIDE})}


class BridgeForm(forms.ModelForm[BridgePlan]):
    """Further daily doses planned."""

    helper = laid_out(
        ("Plan", ["days", "daily_mg", "agreed"]),
        ("Who takes over", ["prescriber_linked", "prescriber"]),
        ("Physician's order", ["order_physician", "order_at", "order_id"]),
        ("Medicine handed out", ["dispensed_days", "note"]),
    )

    class Meta:
        model = BridgePlan
        fields = [
            "days",
            "daily_mg",
            "agreed",
            "prescriber_linked",
            "prescriber",
            "order_physician",
            "order_at",
            "order_id",
            "dispensed_days",
            "note",
        ]


class DoseForm(forms.ModelForm[BuprenorphineDose]):
    """One dose. Left without a time, saving it asks whether it may be given now; with a time, it records what was
    given."""

    happened_at = forms.DateTimeField(label="Time given", required=False)
    films = film_rows()
    witness = StaffField(label="Second person")
    waste_witness = StaffField(label="Waste seen by")

    helper = laid_out(
        ("Dose", ["mg", "happened_at", "films", "kind"]),
        ("Under the tongue (SL)", ["dissolved", "vomited", "outcome", "note"]),
        ("Waste", ["waste_mg", "waste_witness"]),
        ("Second person", ["witness", "witness_reason"]),
    )

    class Meta:
        model = BuprenorphineDose
        fields = [
            "mg",
            "happened_at",
            "films",
            "kind",
            "witness",
            "witness_reason",
            "dissolved",
            "vomited",
            "outcome",
            "note",
            "waste_mg",
            "waste_witness",
        ]
