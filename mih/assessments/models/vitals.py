"""One set of vital signs (clinical.md §2)."""

from django.db import models

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry

BP_METHODS = choices(
    ("auto", "Automatic cuff"),
    ("manual", "Manual cuff, heard"),
    ("palpated", "Manual cuff, palpated (no diastolic)"),
    ("doppler", "Doppler"),
)
AVPU = choices(("A", "Alert"), ("V", "Responds to voice"), ("P", "Responds to pain"), ("U", "Unresponsive"))
EYE = choices(("4", "4 Spontaneous"), ("3", "3 To voice"), ("2", "2 To pain"), ("1", "1 None"))
VERBAL = choices(
    ("5", "5 Oriented"),
    ("4", "4 Confused"),
    ("3", "3 Words"),
    ("2", "2 Sounds"),
    ("1", "1 None"),
)
MOTOR = choices(
    ("6", "6 Obeys commands"),
    ("5", "5 Localizes pain"),
    ("4", "4 Withdraws"),
    ("3", "3 Flexion to pain"),
    ("2", "2 Extension to pain"),
    ("1", "1 None"),
)
GCS_QUALIFIERS = choices(
    ("legitimate", "None: the score is as seen"),
    ("sedated", "Sedated"),
    ("paralyzed", "Chemically paralyzed"),
    ("intubated", "Intubated"),
    ("eyes", "Eyes cannot open"),
)
GLUCOSE_WORDS = choices(("High", "Meter reads High"), ("Low", "Meter reads Low"))
POSITIONS = choices(("sitting", "Sitting"), ("lying", "Lying"), ("standing", "Standing"))
HR_METHODS = choices(
    ("palpated", "Palpated"),
    ("auscultated", "Heard"),
    ("oximeter", "Pulse oximeter"),
    ("monitor", "Cardiac monitor"),
)
RHYTHMS = choices(
    ("regular", "Regular"),
    ("regularly_irregular", "Regularly irregular"),
    ("irregularly_irregular", "Irregularly irregular"),
)
EFFORTS = choices(
    ("normal", "Normal"),
    ("labored", "Labored"),
    ("rapid", "Rapid"),
    ("shallow", "Shallow"),
    ("weak", "Weak or agonal"),
    ("assisted", "Mechanically assisted"),
    ("apneic", "Not breathing"),
)
"""As NEMSIS eVitals.15 lists them; rhythms as eVitals.13."""
TEMP_METHODS = choices(
    ("oral", "Oral"),
    ("temporal", "Forehead"),
    ("tympanic", "Ear"),
    ("axillary", "Armpit"),
    ("rectal", "Rectal"),
)
NOT_TAKEN = choices(
    ("refused", "The person refused"), ("unsafe", "Not safe to take"), ("unable", "Could not be taken")
)
CONFIRMABLE = choices(
    ("sbp", "Systolic"),
    ("dbp", "Diastolic"),
    ("hr", "Heart rate"),
    ("spo2", "SpO2"),
    ("rr", "Respiratory rate"),
    ("etco2", "EtCO2"),
    ("glucose", "Glucose"),
    ("temp", "Temperature"),
    ("gcs_total", "GCS"),
    ("pain", "Pain"),
)


@tracked()
class VitalSigns(Entry):
    """What was measured at one time. `happened_at` is when it was taken; an empty field was not measured.

    Pressures in mm[Hg], rates per minute, `spo2` in %, `etco2` in mm[Hg], `glucose` in mg/dL, `temp` in Celsius,
    `o2_flow` in L/min, `weight` in kg. `temp_typed` is the temperature as it was read where that was in Fahrenheit.
    `confirmed` names the fields whose unusual value the crew confirmed; `confirmed_values` holds for each the `value`,
    so that a changed one asks again, `by` and `name` of who confirmed it, and `at`.
    """

    before_arrival = models.BooleanField(null=True, blank=True)
    not_taken = models.CharField(max_length=10, choices=NOT_TAKEN, blank=True)
    sbp = models.PositiveSmallIntegerField(null=True, blank=True)
    dbp = models.PositiveSmallIntegerField(null=True, blank=True)
    bp_method = models.CharField(max_length=10, choices=BP_METHODS, blank=True)
    hr = models.PositiveSmallIntegerField(null=True, blank=True)
    hr_method = models.CharField(max_length=12, choices=HR_METHODS, blank=True, default="", db_default="")
    rhythm = models.CharField(max_length=22, choices=RHYTHMS, blank=True, default="", db_default="")
    spo2 = models.PositiveSmallIntegerField(null=True, blank=True)
    on_oxygen = models.BooleanField(null=True, blank=True)
    o2_flow = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    rr = models.PositiveSmallIntegerField(null=True, blank=True)
    rr_effort = models.CharField(max_length=10, choices=EFFORTS, blank=True, default="", db_default="")
    etco2 = models.PositiveSmallIntegerField(null=True, blank=True)
    glucose = models.PositiveSmallIntegerField(null=True, blank=True)
    glucose_word = models.CharField(max_length=4, choices=GLUCOSE_WORDS, blank=True)
    temp = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    temp_method = models.CharField(max_length=10, choices=TEMP_METHODS, blank=True, default="", db_default="")
    temp_typed = models.CharField(max_length=12, blank=True, default="", db_default="", editable=False)
    gcs_eye = models.PositiveSmallIntegerField(null=True, blank=True)
    gcs_verbal = models.PositiveSmallIntegerField(null=True, blank=True)
    gcs_motor = models.PositiveSmallIntegerField(null=True, blank=True)
    gcs_qualifier = models.CharField(max_length=10, choices=GCS_QUALIFIERS, blank=True)
    avpu = models.CharField(max_length=1, choices=AVPU, blank=True)
    new_confusion = models.BooleanField(null=True, blank=True)
    pain = models.PositiveSmallIntegerField(null=True, blank=True)
    weight = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    position = models.CharField(max_length=8, choices=POSITIONS, blank=True)
    scale2_ordered = models.BooleanField(null=True, blank=True)
    confirmed = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=300, blank=True)

    written_by: Staff | None = None
    """Who is writing at this moment; no column. A confirmation keeps the name."""

    gcs_total = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    news2 = models.JSONField(default=dict, blank=True, editable=False)
    confirmed_values = models.JSONField(default=dict, blank=True, editable=False)

    class Meta(Entry.Meta):
        verbose_name = "vital signs"
        verbose_name_plural = "vital signs"
