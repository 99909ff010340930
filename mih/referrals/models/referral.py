"""The on-scene entry: where somebody is referred, how, and with whose agreement."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry
from mih.referrals.models.loop import ReferralLoop
from mih.referrals.models.partner import CATEGORIES, Partner

HOW = choices(
    ("phone", "By phone"),
    ("secure", "Secure message or portal"),
    ("fax", "Fax"),
    ("in_person", "In person"),
    ("given", "Information given to the person"),
)


@tracked()
class Referral(Entry):
    """One referral. What becomes of it after signing is its loop's events."""

    loop = models.ForeignKey(ReferralLoop, on_delete=models.PROTECT, related_name="entries", editable=False)
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="referrals"
    )
    partner_name = models.CharField(max_length=120, blank=True, verbose_name="Partner, if not in the list")
    category = models.CharField(max_length=14, choices=CATEGORIES, blank=True)
    reason = models.CharField(max_length=300, blank=True, verbose_name="What for")
    consent_given = models.BooleanField(null=True, blank=True, verbose_name="Does the person agree?")
    sent_at = models.DateTimeField(null=True, blank=True, verbose_name="Sent at")
    how = models.CharField(max_length=10, choices=HOW, blank=True, verbose_name="How it was sent")
    warm_handoff = models.BooleanField(null=True, blank=True, verbose_name="Warm hand-off call made?")
    handoff_with = models.CharField(max_length=120, blank=True, verbose_name="Spoke with")
    appointment_at = models.DateTimeField(null=True, blank=True, verbose_name="Appointment")

    class Meta(Entry.Meta):
        verbose_name = "referral"

    @property
    def to(self) -> str:
        """The partner as staff name it."""
        return self.partner.name if self.partner else self.partner_name
