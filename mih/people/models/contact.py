"""How somebody may be reached, and who stands beside them."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse
from phonenumber_field.modelfields import PhoneNumberField

from mih.audit.history import tracked
from mih.core.models import Record, choices
from mih.people.models.person import Person

VOICEMAIL = choices(
    ("none", "No voicemail"),
    ("name_only", "Caller's first name and number only"),
    ("generic", "Neutral message"),
)


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
        indexes = [
            # "Ends in 0111": a suffix search is a prefix search on the number read backwards.
            models.Index(OpClass(Reverse("phone"), name="varchar_pattern_ops"), name="contact_phone_suffix"),
        ]

    def __str__(self) -> str:
        return f"How to reach {self.person_id}"


@tracked()
class Supporter(Record):
    """Family, friend or caregiver, and what they may be told."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="supporters")
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60, blank=True)
    phone = PhoneNumberField(blank=True, region="US")
    may_contact = models.BooleanField(null=True, blank=True, verbose_name="May we contact them?")
    may_be_told = models.CharField(max_length=200, blank=True, verbose_name="What they may be told")

    def __str__(self) -> str:
        return self.name
