"""A call for help, before anybody has been sent."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import Record, choices

SOURCES = choices(
    ("911", "911"),
    ("988", "988"),
    ("le", "Law enforcement"),
    ("fire", "Fire or EMS crew"),
    ("self", "The person or family"),
    ("provider", "Provider or partner"),
    ("ccd", "Crisis Call Diversion"),
    ("staff", "Found by our own staff"),
)
CALL_TYPES = choices(
    ("overdose", "Overdose"),
    ("psychiatric", "Mental health or suicide"),
    ("intoxicated", "Intoxicated person"),
    ("welfare", "Well-person check"),
    ("other", "Other"),
)
DIVERTED_FROM = choices(
    ("police", "Police"), ("fire", "Fire"), ("ambulance", "Ambulance"), ("none", "Nobody")
)


@tracked()
class Incident(Record):
    """One call: its numbers, source and place, and what dispatch thought of it."""

    number = models.CharField(max_length=40, blank=True, verbose_name="Incident number")
    cad_number = models.CharField(
        max_length=40,
        null=True,
        blank=True,
        unique=True,
        help_text="Dispatch's own number; a call arrives once.",
    )
    source = models.CharField(max_length=10, choices=SOURCES, blank=True)
    call_type = models.CharField(max_length=12, choices=CALL_TYPES, blank=True)
    called_at = models.DateTimeField(null=True, blank=True, verbose_name="Call received")
    diverted_from = models.CharField(max_length=10, choices=DIVERTED_FROM, blank=True)
    ed_likely = models.BooleanField(
        null=True,
        blank=True,
        verbose_name="Intake expected the emergency department",
        help_text="clinical.md §8 M3",
    )
    address = models.CharField(max_length=160, blank=True)
    place_kind = models.CharField(max_length=60, blank=True)
    intake_note = models.CharField(max_length=500, blank=True)
    is_practice = models.BooleanField(default=False, editable=False)

    class Meta:
        indexes = [models.Index(fields=["-called_at", "id"], name="incident_latest")]

    def __str__(self) -> str:
        return self.number or self.cad_number or f"Call {str(self.pk)[-4:].upper()}"
