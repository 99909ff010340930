"""Staff, their roles and their credentials."""

from datetime import date

import pghistory
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from mih.core.ids import uuid7
from mih.core.models import Record


class Role(models.TextChoices):
    """Who somebody is to the role matrix (clinical.md §10.2)."""

    PEER = "peer", "Peer recovery specialist"
    NAVIGATOR = "navigator", "Behavioral health navigator"
    INTERN = "intern", "Intern"
    PARAMEDIC = "paramedic", "Paramedic"
    CLINICIAN = "clinician", "Clinician"
    LADC = "ladc", "Alcohol and drug counselor"
    SUPERVISOR = "supervisor", "Supervisor"
    PROGRAMME_MANAGER = "programme_manager", "Program manager"
    MEDICAL_DIRECTOR = "medical_director", "Medical director"
    PRIVACY_OFFICER = "privacy_officer", "Privacy officer"
    ADMINISTRATOR = "administrator", "Administrator"


def display_name(first: str | None, last: str | None, username: str | None) -> str:
    """What a member of staff is called: first and last name, or the username when none is set; nothing for nobody."""
    return f"{first or ''} {last or ''}".strip() or username or ""


class Staff(AbstractUser):
    """A member of staff. The username is the staff number or name they sign in with."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = models.CharField(max_length=24, choices=Role.choices, default=Role.NAVIGATOR)
    title = models.CharField(
        max_length=60, blank=True, help_text="As printed beside a signature: 'Paramedic', 'LPC'."
    )
    programme = models.ForeignKey(
        "accounts.Programme", null=True, blank=True, on_delete=models.PROTECT, related_name="staff"
    )
    teams = models.ManyToManyField("accounts.Team", blank=True, related_name="members")
    supervisor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supervisees"
    )
    phone = models.CharField(max_length=20, blank=True, help_text="The call-back number people are given.")
    languages = models.CharField(max_length=60, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = "member of staff"
        verbose_name_plural = "staff"

    @property
    def display_name(self) -> str:
        """First and last name, or the username when none is set."""
        return display_name(self.first_name, self.last_name, self.username)

    @property
    def signature_name(self) -> str:
        """Name with title, as it stands under a signature."""
        return f"{self.display_name}, {self.title}" if self.title else self.display_name

    @property
    def in_practice(self) -> bool:
        """Works in the practice programme, among invented people only."""
        return self.programme is not None and self.programme.is_practice

    def __str__(self) -> str:
        return self.display_name


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True)
class Credential(Record):
    """A license or certification (clinical.md §10.1). Signing stops the day it lapses. Every change is kept."""

    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=40, help_text="LPC, LCSW, LMFT, LADC, BHCM II, PRSS, Paramedic …")
    number = models.CharField(max_length=40, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    suspended_on = models.DateField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=200, blank=True, db_default="")
    reinstated_on = models.DateField(null=True, blank=True, help_text="The first day it stands again.")
    supervisor = models.ForeignKey(
        Staff,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who supervises work under it, where the board asks for that.",
    )
    scope_note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(issued_on__isnull=True)
                | Q(expires_on__gt=models.F("issued_on")),
                name="credential_expires_after_issue",
            )
        ]

    def suspended_at(self, day: date) -> bool:
        """Whether a suspension covers `day`."""
        if self.suspended_on is None or day < self.suspended_on:
            return False
        return self.reinstated_on is None or day < self.reinstated_on

    def active_on(self, day: date) -> bool:
        """Whether it stands on `day`. The day of expiry is the last day it stands."""
        if self.issued_on and day < self.issued_on:
            return False
        if self.suspended_at(day):
            return False
        return self.expires_on is None or day <= self.expires_on

    def active_throughout(self, first: date, last: date) -> bool:
        """Whether it stands on both days and on every one between them."""
        suspended = self.suspended_on is not None and first < self.suspended_on <= last
        return self.active_on(first) and self.active_on(last) and not suspended

    def __str__(self) -> str:
        return f"{self.kind} {self.number}".strip()
