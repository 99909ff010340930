"""The directory of partners people are referred to."""

from django.db import models
from phonenumber_field.modelfields import PhoneNumberField

from mih.audit.history import tracked
from mih.core.models import Record, choices

CATEGORIES = choices(
    ("mat", "Medication for opioid use disorder (MAT)"),
    ("peer_group", "Peer or mutual-help group"),
    ("housing", "Housing"),
    ("employment", "Employment"),
    ("healthcare", "Health care"),
    ("mental_health", "Mental health care"),
    ("other", "Other"),
)


@tracked()
class Partner(Record):
    """A clinic, agency or group that takes referrals. `last_verified` says when somebody last checked the row."""

    name = models.CharField(max_length=120, unique=True)
    category = models.CharField(max_length=14, choices=CATEGORIES)
    neutral_name = models.CharField(
        max_length=80,
        blank=True,
        help_text="How it may be named where others could read or hear it: 'the office on 5th'.",
    )
    phone = PhoneNumberField(blank=True, region="US")
    address = models.CharField(max_length=160, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    accepts = models.CharField(
        max_length=200, blank=True, help_text="Whom it takes: age, insurance, walk-in."
    )
    last_verified = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes = [
            # The picker and the directory list active partners by category and name.
            models.Index(
                fields=["category", "name"], condition=models.Q(is_active=True), name="partner_active"
            ),
        ]

    def __str__(self) -> str:
        return self.name
