"""The referral form, the same on tablet and desk."""

from django import forms

from mih.referrals.models import Partner, Referral


class ReferralForm(forms.ModelForm[Referral]):
    """Where, what for, with what agreement, how and when."""

    partner = forms.ModelChoiceField(
        Partner.objects.filter(is_active=True).order_by("category", "name"),
        required=False,
        empty_label="Choose, or write below",
    )

    class Meta:
        model = Referral
        fields = [
            "category",
            "partner",
            "partner_name",
            "reason",
            "consent_given",
            "sent_at",
            "how",
            "warm_handoff",
            "handoff_with",
            "appointment_at",
        ]
