"""The entries every response ends with: consent, disposition, narrative."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models.entry import Entry

CONSENT_KINDS = choices(
    ("part2_tpo", "Treatment, payment and health care operations (42 CFR Part 2)"),
    ("part2_specific", "A named disclosure (42 CFR Part 2)"),
    ("part2_counseling", "Counseling notes (42 CFR Part 2)"),
    ("part2_proceeding", "A legal proceeding (42 CFR Part 2)"),
    ("release", "Release of other health information"),
)
EXPIRIES = choices(("none", "No expiry"), ("date", "On a date"), ("event", "At an event"))


@tracked()
class ConsentTaken(Entry):
    """A written consent to disclose, with the elements of 42 CFR 2.31(a) (clinical.md §9.3)."""

    kind = models.CharField(max_length=20, choices=CONSENT_KINDS, blank=True)
    discloser = models.CharField(max_length=200, blank=True, verbose_name="Who may disclose")
    description = models.CharField(max_length=300, blank=True, verbose_name="What information")
    recipients = models.CharField(max_length=300, blank=True, verbose_name="To whom")
    intermediary = models.CharField(
        max_length=200, blank=True, verbose_name="Through which intermediary, if any"
    )
    purpose = models.CharField(max_length=200, blank=True)
    revocation_told = models.BooleanField(null=True, blank=True, verbose_name="Told how to revoke")
    redisclosure_told = models.BooleanField(null=True, blank=True, verbose_name="Told it may be redisclosed")
    refusal_told = models.BooleanField(null=True, blank=True, verbose_name="Told what refusing to sign means")
    expiry = models.CharField(max_length=6, choices=EXPIRIES, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    expiry_event = models.CharField(max_length=120, blank=True)
    signature = models.JSONField(null=True, blank=True, verbose_name="Person's signature")
    representative = models.CharField(
        max_length=120, blank=True, verbose_name="Signed by a representative: authority"
    )
    consented_at = models.DateTimeField(null=True, blank=True, verbose_name="Signed at")

    class Meta(Entry.Meta):
        verbose_name = "consent"


ALERTS = choices(
    ("none", "No alert given"),
    ("stroke", "Stroke alert"),
    ("stemi", "Heart attack (STEMI) alert"),
    ("cardiac_arrest", "Cardiac arrest alert"),
    ("sepsis", "Sepsis alert"),
    ("other", "Another alert"),
)
"""NEMSIS eDisposition.24; the codes stand in the `gates` policy."""
SIGNOFF_MODES = choices(("in_person", "In person"), ("voice", "By voice"), ("video", "By video"))


@tracked()
class Disposition(Entry):
    """How the response ended. Its NEMSIS codes come from the disposition policy (clinical.md §6.5)."""

    code = models.CharField(max_length=40, blank=True, verbose_name="Disposition")
    variant = models.CharField(
        max_length=16, blank=True, default="", db_default="", verbose_name="Which kind"
    )
    against_advice = models.BooleanField(null=True, blank=True, verbose_name="Against medical advice")
    destination = models.CharField(max_length=120, blank=True, verbose_name="Where to")
    arrived_at = models.DateTimeField(null=True, blank=True, verbose_name="Arrived there")
    receiver = models.CharField(max_length=120, blank=True, verbose_name="Handed over to")
    carrier = models.CharField(
        max_length=120,
        blank=True,
        default="",
        db_default="",
        verbose_name="Who takes the person: unit, or driver and relation",
    )
    alert = models.CharField(
        max_length=16,
        choices=ALERTS,
        blank=True,
        default="",
        db_default="",
        verbose_name="Alert given to the hospital",
    )
    alert_at = models.DateTimeField(null=True, blank=True, verbose_name="Alert given at")
    officer = models.CharField(
        max_length=160, blank=True, default="", db_default="", verbose_name="Officer: name, badge, agency"
    )
    last_seen = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        verbose_name="Last seen: where, going which way, wearing what",
    )
    left_told = models.CharField(
        max_length=200, blank=True, default="", db_default="", verbose_name="Who was told that they left"
    )
    searched = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        verbose_name="Where was looked, and who was asked",
    )
    examiner = models.CharField(
        max_length=160,
        blank=True,
        default="",
        db_default="",
        verbose_name="Medical examiner notified: name, case number",
    )
    examiner_at = models.DateTimeField(null=True, blank=True, verbose_name="Medical examiner notified at")
    family_support = models.CharField(
        max_length=300, blank=True, default="", db_default="", verbose_name="Support for the family"
    )
    staff_debrief = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        verbose_name="Debrief of the crew: when, by whom",
    )
    observer = models.CharField(max_length=120, blank=True, verbose_name="Who stays with the person (24/7)")
    clinician_name = models.CharField(max_length=120, blank=True, verbose_name="Licensed clinician consulted")
    clinician_mode = models.CharField(max_length=10, choices=SIGNOFF_MODES, blank=True, verbose_name="How")
    clinician_at = models.DateTimeField(null=True, blank=True, verbose_name="When")
    supervisor_note = models.CharField(max_length=300, blank=True)
    return_instructions = models.BooleanField(null=True, blank=True, verbose_name="Told when to call back")

    class Meta(Entry.Meta):
        verbose_name = "disposition"


@tracked()
class Narrative(Entry):
    """The story in the crew's words, for NEMSIS eNarrative.01 (1 to 10,000 characters)."""

    text = models.TextField(blank=True, verbose_name="Narrative")

    class Meta(Entry.Meta):
        verbose_name = "narrative"
