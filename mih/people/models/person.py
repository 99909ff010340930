"""Who somebody is, as far as we know."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import Q

from mih.audit.history import tracked
from mih.core.models import Record, choices
from mih.people.finding.sql import kept_findable

SEXES = choices(("female", "Female"), ("male", "Male"), ("other", "Another"), ("unknown", "Not known"))
HOUSING = choices(
    ("housed", "Housed"),
    ("unstable", "Unstable or doubled up"),
    ("sheltered", "In a shelter"),
    ("unsheltered", "Unsheltered"),
    ("unknown", "Not known"),
)
RACES = choices(
    ("american_indian", "American Indian or Alaska Native"),
    ("asian", "Asian"),
    ("black", "Black or African American"),
    ("hispanic", "Hispanic or Latino"),
    ("middle_eastern", "Middle Eastern or North African"),
    ("pacific_islander", "Native Hawaiian or other Pacific Islander"),
    ("white", "White"),
    ("declined", "Declined to say"),
    ("unknown", "Not known"),
)
LANGUAGES = choices(
    ("en", "English"),
    ("es", "Spanish"),
    ("vi", "Vietnamese"),
    ("asl", "American Sign Language"),
    ("other", "Another"),
)


class IdentityStatus(models.TextChoices):
    """How sure we are who this is. "Unknown" is a status, never a name (field.md R23)."""

    KNOWN = "known", "Known"
    ALIAS = "alias", "Goes by an alias"
    UNKNOWN = "unknown", "Not yet known"


@pgtrigger.register(
    *kept_findable(
        "id",
        "first_name",
        "last_name",
        "preferred_name",
        "birth_date",
        "address",
        "postal_code",
        "place_note",
        "distinguishing",
        "is_practice",
    )
)
@tracked()
class Person(Record):
    """A person served. Every detail may be missing; later knowledge is added, never required."""

    identity_status = models.CharField(
        max_length=10, choices=IdentityStatus.choices, default=IdentityStatus.KNOWN, verbose_name="Identity"
    )
    first_name = models.CharField(max_length=60, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    preferred_name = models.CharField(max_length=60, blank=True, verbose_name="Goes by")
    birth_date = models.DateField(null=True, blank=True, verbose_name="Date of birth")
    estimated_age = models.PositiveSmallIntegerField(
        null=True, blank=True, verbose_name="Age, if no date of birth"
    )
    sex = models.CharField(max_length=10, choices=SEXES, blank=True)
    pronouns = models.CharField(max_length=30, blank=True)
    race = models.CharField(max_length=20, choices=RACES, blank=True, verbose_name="Race or ethnicity")
    language = models.CharField(max_length=10, choices=LANGUAGES, blank=True, default="en")
    interpreter_needed = models.BooleanField(null=True, blank=True)
    address = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=60, blank=True)
    postal_code = models.CharField(max_length=10, blank=True, verbose_name="ZIP")
    no_fixed_address = models.BooleanField(null=True, blank=True)
    place_note = models.CharField(
        max_length=200,
        blank=True,
        verbose_name="Where to find them",
        help_text="Shelter, camp, corner, time of day.",
    )
    housing = models.CharField(max_length=14, choices=HOUSING, blank=True, verbose_name="Housing")
    veteran = models.BooleanField(null=True, blank=True)
    distinguishing = models.CharField(
        max_length=200,
        blank=True,
        verbose_name="Description",
        help_text="For somebody whose name is not known.",
    )
    deceased_on = models.DateField(null=True, blank=True)
    is_practice = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.CheckConstraint(
                condition=Q(estimated_age__isnull=True) | Q(estimated_age__lte=125),
                name="person_age_possible",
            )
        ]
        indexes = [
            models.Index(fields=["birth_date"], name="person_birth_date"),
            models.Index(fields=["last_name", "first_name", "id"], name="person_by_name"),
        ]

    @property
    def name(self) -> str:
        """What staff call this person in lists: name, alias or description of somebody not yet known."""
        full = f"{self.first_name} {self.last_name}".strip()
        if self.preferred_name and self.preferred_name != self.first_name:
            full = f"{full} “{self.preferred_name}”".strip()
        if full:
            return full
        return f"Unknown person {str(self.pk)[-4:].upper()}"

    def age_on(self, day: date) -> int | None:
        """Age in whole years on `day`, or the estimate, or None."""
        if self.birth_date is None:
            return self.estimated_age
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if had_birthday else 1)

    def __str__(self) -> str:
        return self.name


@pgtrigger.register(*kept_findable("person_id", "name", "person"))
@tracked()
class Alias(Record):
    """Another name somebody is known by."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=120)

    class Meta:
        verbose_name_plural = "aliases"
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="alias_once")]

    def __str__(self) -> str:
        return self.name
