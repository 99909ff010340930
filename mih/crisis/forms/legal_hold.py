"""The form of a legal hold, and of what is learned of it later."""

from django import forms

from mih.core.layout import laid_out, show_when
from mih.core.moments import LocalMomentField
from mih.crisis.models import HoldEvent, LegalHold
from mih.crisis.models.legal_hold import EVENTS, FINDINGS, GROUNDS
from mih.protocols.policy import Policy

HANDOFFS = [("verbal", "By word"), ("written", "In writing")]


def licenses() -> list[tuple[str, str]]:
    """Licenses of the policy, those that do not count marked."""
    known = Policy.default("legal_hold")["lmhp_licences"]
    marked = [(code, entry["label"], entry["counts"]) for code, entry in known.items()]
    return [
        ("", "Choose"),
        *((code, label if on else f"{label} (does not count)") for code, label, on in marked),
    ]


class LegalHoldForm(forms.ModelForm[LegalHold]):
    """Who took the person into custody, on what, and where to."""

    grounds = forms.MultipleChoiceField(choices=GROUNDS, required=False, label="What was seen or said")
    handoff = forms.MultipleChoiceField(choices=HANDOFFS, required=False, label="Hand-off given")
    lmhp_license = forms.ChoiceField(choices=licenses, required=False, label="LMHP: license")

    helper = laid_out(
        ("Custody", ["custody_at", "officer", "agency", "grounds", "grounds_note"]),
        ("Statement", ["statement", "statement_by"]),
        ("Where to", ["destination", "arrived_at", "receiver", "handoff"]),
        ("LMHP assessment, if already known", ["lmhp_at", "lmhp_by", "lmhp_license", "lmhp_finding"]),
    )

    class Meta:
        model = LegalHold
        fields = [
            "custody_at",
            "officer",
            "agency",
            "grounds",
            "grounds_note",
            "statement",
            "statement_by",
            "destination",
            "arrived_at",
            "receiver",
            "handoff",
            "lmhp_at",
            "lmhp_by",
            "lmhp_license",
            "lmhp_finding",
        ]


show_when(LegalHoldForm.base_fields, "statement_by", statement=["third_party"])


class HoldEventForm(forms.ModelForm[HoldEvent]):
    """One thing learned of a hold after the scene."""

    kind = forms.ChoiceField(label="What happened", choices=[("", "Choose"), *EVENTS])
    happened_at = LocalMomentField(label="When")
    license = forms.ChoiceField(choices=licenses, required=False, label="License of who did it")

    finding = forms.ChoiceField(
        label="What the LMHP found", choices=[("", "Choose"), *FINDINGS], required=False
    )

    class Meta:
        model = HoldEvent
        fields = ["kind", "happened_at", "who", "license", "finding", "told_by", "note"]
