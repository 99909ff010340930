"""Duty to warn and mandatory reports (clinical.md §6.6)."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry

MODES = choices(("in_person", "In person"), ("voice", "By voice"), ("video", "By video"))
DECISIONS = choices(
    ("warn", "Warn the person at risk"),
    ("police", "Tell police, who warn"),
    ("secured", "Secured: no warning needed"),
    ("none", "No duty found"),
)
HOW_WARNED = choices(
    ("phone", "By phone"),
    ("in_person", "In person"),
    ("police_visit", "Police visit"),
    ("message", "Message left"),
)
WHOSE = choices(("child", "A child"), ("vulnerable_adult", "A vulnerable adult"))
CONCERNS = choices(
    ("physical", "Physical abuse"),
    ("sexual", "Sexual abuse"),
    ("neglect", "Neglect"),
    ("emotional", "Emotional abuse"),
    ("exploitation", "Exploitation"),
    ("self_neglect", "Self-neglect"),
    ("witness", "Exposed to violence or drugs at home"),
)


@tracked()
class DutyToWarn(Entry):
    """What was done about a threat to somebody else: decided with a licensed clinician, who was told, the supervisor."""

    threat = models.TextField(blank=True, max_length=1000, verbose_name="The threat, in the person's words")
    clinician = models.CharField(max_length=120, blank=True, verbose_name="Decided with: licensed clinician")
    clinician_mode = models.CharField(max_length=10, choices=MODES, blank=True, verbose_name="How")
    clinician_at = models.DateTimeField(null=True, blank=True, verbose_name="When decided")
    decision = models.CharField(max_length=8, choices=DECISIONS, blank=True, verbose_name="What was decided")
    decision_reason = models.TextField(blank=True, max_length=1000, verbose_name="Why")
    warned = models.CharField(max_length=200, blank=True, verbose_name="Who was warned")
    warned_how = models.CharField(max_length=12, choices=HOW_WARNED, blank=True, verbose_name="Warned how")
    warned_at = models.DateTimeField(null=True, blank=True, verbose_name="Warned at")
    police = models.CharField(max_length=160, blank=True, verbose_name="Police told: agency, report number")
    police_at = models.DateTimeField(null=True, blank=True, verbose_name="Police told at")
    supervisor = models.CharField(max_length=120, blank=True, verbose_name="Supervisor called: name")
    supervisor_at = models.DateTimeField(null=True, blank=True, verbose_name="Supervisor called at")

    class Meta(Entry.Meta):
        verbose_name = "duty to warn"


@tracked()
class MandatoryReport(Entry):
    """One report of suspected abuse or neglect. Oklahoma asks any person to report that of a child."""

    whose = models.CharField(max_length=18, choices=WHOSE, blank=True, verbose_name="Who may be harmed")
    concerns = models.JSONField(default=list, blank=True, verbose_name="What is suspected")
    seen = models.TextField(blank=True, max_length=2000, verbose_name="What was seen or said")
    hotline = models.CharField(max_length=120, blank=True, verbose_name="Hotline called")
    reported_at = models.DateTimeField(null=True, blank=True, verbose_name="Reported at")
    reference = models.CharField(max_length=80, blank=True, verbose_name="Reference number")
    reporter = models.CharField(max_length=120, blank=True, verbose_name="Who made the report")
    taken_by = models.CharField(max_length=120, blank=True, verbose_name="Report taken by")

    class Meta(Entry.Meta):
        verbose_name = "mandatory report"
