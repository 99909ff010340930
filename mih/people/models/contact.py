"""How somebody may be reached, and who stands beside them."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from phonenumber_field.modelfields import PhoneNumberField

from mih.audit.history import tracked
from mih.core.models import Record, choices
from mih.people.finding.sql import kept_findable
from mih.people.models.person import Person

VOICEMAIL = choices(
    ("none", "No voicemail"),
    ("name_only", "Caller's first name and number only"),
    ("generic", "Neutral message"),
)


@pgtrigger.register(*kept_findable("person_id", "phone", "second_phone", "person"))
@tracked()
class ContactPreferences(Record):
    """What this person said about being contacted. Silence is not permission (clinical.md §7.5).

    Each channel is asked on its own. The window narrows the hours the law allows and never widens them.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="contact")
    phone = PhoneNumberField(blank=True, region="US")
    second_phone = PhoneNumberField(blank=True, region="US", verbose_name="Another phone")
    call_allowed = models.BooleanField(null=True, blank=True, verbose_name="May we call?")
    voicemail = models.CharField(max_length=10, choices=VOICEMAIL, blank=True, verbose_name="Voicemail")
    sms_allowed = models.BooleanField(null=True, blank=True, verbose_name="May we text?")
    sms_consented_at = models.DateTimeField(null=True, blank=True, verbose_name="Text consent given at")
    email = models.EmailField(blank=True)
    email_allowed = models.BooleanField(null=True, blank=True, verbose_name="May we e-mail?")
    mail_allowed = models.BooleanField(null=True, blank=True, verbose_name="May we send letters?")
    visit_allowed = models.BooleanField(null=True, blank=True, verbose_name="May we visit?")
    window_opens = models.TimeField(null=True, blank=True, verbose_name="Not before")
    window_closes = models.TimeField(null=True, blank=True, verbose_name="Not after")
    zone = models.CharField(max_length=40, blank=True, verbose_name="Time zone, if not the agency's")
    do_not_say = models.CharField(
        max_length=200,
        blank=True,
        verbose_name="Must not be said",
        help_text="To whoever answers, or in a message.",
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "contact preferences"
        constraints = [
            models.CheckConstraint(
                condition=Q(window_opens__isnull=True)
                | Q(window_closes__isnull=True)
                | Q(window_opens__lt=F("window_closes")),
                name="contact_window_opens_first",
            )
        ]

    def __str__(self) -> str:
        return f"How to reach {self.person_id}"


PERMISSIONS = choices(
    ("person", "The person agreed"),
    ("emergency", "Emergency, to prevent serious harm"),
    ("minor", "Parent or guardian of a minor"),
    ("none", "No permission"),
)
"""On what somebody beside the person may be told (45 CFR 164.510(b), 164.512(j); clinical.md §5.3)."""


@tracked()
class Supporter(Record):
    """Family, friend or caregiver, what they may be told and on what ground, and what they were told.

    Substance-use content needs the person's written consent besides, whatever the ground (42 CFR Part 2).
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="supporters")
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60, blank=True, verbose_name="Who they are to the person")
    phone = PhoneNumberField(blank=True, region="US")
    is_caregiver = models.BooleanField(null=True, blank=True, verbose_name="Cares for the person day to day?")
    may_contact = models.BooleanField(null=True, blank=True, verbose_name="May we contact them?")
    permission = models.CharField(
        max_length=10,
        choices=PERMISSIONS,
        blank=True,
        default="",
        db_default="",
        verbose_name="On what they may be told",
    )
    may_be_told = models.CharField(max_length=200, blank=True, verbose_name="What they may be told")
    substance_use_consent = models.BooleanField(
        null=True, blank=True, verbose_name="Written consent to speak of substance use with them?"
    )
    told = models.CharField(
        max_length=300, blank=True, default="", db_default="", verbose_name="What they were told"
    )
    told_at = models.DateTimeField(null=True, blank=True, verbose_name="When they were told")
    plan_copy_given = models.BooleanField(
        null=True, blank=True, verbose_name="Do they have a copy of the safety plan?"
    )
    stepped_back = models.BooleanField(null=True, blank=True, verbose_name="No longer supports the person?")

    @property
    def may_know(self) -> bool:
        """Whether anything at all may be told them now."""
        return self.permission in ("person", "emergency", "minor") and not self.stepped_back

    def __str__(self) -> str:
        return self.name
