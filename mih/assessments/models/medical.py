"""What the crew found medically."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry

SKIN = choices(
    ("normal", "Warm, dry, normal color"),
    ("pale", "Pale"),
    ("cyanotic", "Cyanotic"),
    ("flushed", "Flushed"),
    ("diaphoretic", "Diaphoretic"),
    ("cool", "Cool"),
    ("hot", "Hot"),
    ("jaundiced", "Jaundiced"),
)
PUPILS = choices(
    ("normal", "Equal and reactive"),
    ("pinpoint", "Pinpoint"),
    ("dilated", "Dilated"),
    ("unequal", "Unequal"),
    ("fixed", "Not reactive"),
)
BREATHING = choices(
    ("normal", "Normal"),
    ("shallow", "Shallow or slow"),
    ("labored", "Labored"),
    ("rapid", "Rapid"),
    ("agonal", "Agonal"),
    ("absent", "Absent"),
    ("assisted", "Assisted"),
)
MENTAL_STATUS = choices(
    ("oriented", "Alert and oriented ×4"),
    ("confused", "Confused"),
    ("drowsy", "Drowsy"),
    ("agitated", "Agitated"),
    ("hallucinating", "Hallucinating"),
    ("unresponsive", "Unresponsive"),
)
IMPRESSIONS = choices(
    ("overdose_opioid", "Opioid overdose"),
    ("overdose_other", "Overdose, other"),
    ("withdrawal_opioid", "Opioid withdrawal"),
    ("withdrawal_alcohol", "Alcohol withdrawal"),
    ("intoxication", "Intoxication"),
    ("behavioral", "Behavioral health crisis"),
    ("suicidal", "Suicidal thoughts or behavior"),
    ("anxiety", "Anxiety"),
    ("stroke", "Stroke or TIA"),
    ("hypoglycemia", "Low blood glucose"),
    ("hyperglycemia", "High blood glucose"),
    ("seizure", "Seizure"),
    ("head_injury", "Head injury"),
    ("infection", "Infection or sepsis"),
    ("cardiac", "Cardiac"),
    ("respiratory", "Respiratory"),
    ("trauma", "Injury"),
    ("no_complaint", "No medical complaint"),
    ("other", "Other"),
)
STROKE_SIGNS = ("befast_balance", "befast_eyes", "befast_face", "befast_arm", "befast_speech")
"""The five signs of BE-FAST (clinical.md §1.14); any yes is a positive screen."""


@tracked()
class MedicalAssessment(Entry):
    """Complaint, history, examination, substances, the stroke screen and the impression.

    `medications`, `allergies` and `substances` are lists of rows. `medical_emergency`: a medical cause that may look
    like a behavioral one; behavioral screens are then deferred. `stroke_result` is positive with any sign, negative
    when all five are absent, and empty until then.
    """

    chief_complaint = models.CharField(max_length=300, blank=True)
    onset = models.DateTimeField(null=True, blank=True)
    history = models.TextField(max_length=4000, blank=True)
    medications = models.JSONField(default=list, blank=True)
    allergies = models.JSONField(default=list, blank=True)
    no_known_allergies = models.BooleanField(null=True, blank=True)
    last_oral_intake = models.CharField(max_length=120, blank=True)
    pregnant = models.BooleanField(null=True, blank=True)
    exam = models.TextField(max_length=4000, blank=True)
    mental_status = models.CharField(max_length=14, choices=MENTAL_STATUS, blank=True)
    skin = models.CharField(max_length=12, choices=SKIN, blank=True)
    pupils = models.CharField(max_length=10, choices=PUPILS, blank=True)
    breathing = models.CharField(max_length=10, choices=BREATHING, blank=True)
    suspected_opioid_overdose = models.BooleanField(null=True, blank=True)
    substances = models.JSONField(default=list, blank=True)
    medical_emergency = models.BooleanField(null=True, blank=True)
    emergency_reason = models.CharField(max_length=300, blank=True)
    befast_balance = models.BooleanField(null=True, blank=True)
    befast_eyes = models.BooleanField(null=True, blank=True)
    befast_face = models.BooleanField(null=True, blank=True)
    befast_arm = models.BooleanField(null=True, blank=True)
    befast_speech = models.BooleanField(null=True, blank=True)
    last_known_well = models.DateTimeField(null=True, blank=True)
    last_known_well_unknown = models.BooleanField(null=True, blank=True)
    primary_impression = models.CharField(max_length=20, choices=IMPRESSIONS, blank=True)
    impression_note = models.CharField(max_length=300, blank=True)

    stroke_result = models.CharField(max_length=10, blank=True, editable=False)

    class Meta(Entry.Meta):
        verbose_name = "medical assessment"
