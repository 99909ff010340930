"""The form of a minor's consent."""

from django import forms

from mih.core.fields import SignatureField
from mih.core.layout import laid_out, show_when
from mih.crisis.models import MinorConsent


class MinorConsentForm(forms.ModelForm[MinorConsent]):
    """On what basis a minor is cared for; each basis asks only its own questions."""

    signature = SignatureField(label="Signature of parent or guardian")

    helper = laid_out(
        ("Basis", ["basis", "given_by", "phone", "given_at", "signature", "on_paper"]),
        ("Why this basis", ["emergency", "tried", "self_reason", "order_number"]),
    )

    class Meta:
        model = MinorConsent
        fields = [
            "basis",
            "given_by",
            "phone",
            "given_at",
            "signature",
            "on_paper",
            "emergency",
            "tried",
            "self_reason",
            "order_number",
        ]


_ASKED = {
    "given_by": ["parent_written", "parent_verbal_pending", "guardian_dhs"],
    "phone": ["parent_written", "parent_verbal_pending", "guardian_dhs"],
    "given_at": ["parent_written", "parent_verbal_pending", "guardian_dhs"],
    "signature": ["parent_written", "guardian_dhs"],
    "on_paper": ["parent_written", "guardian_dhs"],
    "emergency": ["emergency_exception"],
    "tried": ["emergency_exception", "parent_verbal_pending"],
    "self_reason": ["self_sud_2602"],
    "order_number": ["court"],
}
for _name, _bases in _ASKED.items():
    show_when(MinorConsentForm.base_fields, _name, basis=_bases)
