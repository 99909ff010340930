"""A field buprenorphine induction: what is known, each dose, every verdict, and the review of what went outside."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import append_only, tracked
from mih.core import clock
from mih.core.models import Record, choices
from mih.encounters.models import Encounter, Entry
from mih.interventions.models.overdose import OPIOIDS

USE_ROUTES = choices(
    ("smoked", "Smoked"),
    ("injected", "Injected"),
    ("snorted", "Snorted"),
    ("swallowed", "Swallowed"),
    ("patch", "Patch"),
    ("unknown", "Not known"),
)
METHADONE = choices(("never", "Never"), ("yes", "Yes"), ("unknown", "Not known, or time not known"))
PREGNANCY = choices(
    ("no", "No"), ("yes", "Yes"), ("not_applicable", "Does not apply"), ("unknown", "Not known")
)
ORDER_KINDS = choices(("online", "Online: physician on the line"), ("standing", "Standing order"))
ORDER_ANSWERS = choices(("approved", "Approved"), ("denied", "Not approved"))
MINOR_BASES = choices(
    ("parent_written", "A parent's written consent"),
    ("guardian_dhs", "Guardian or DHS"),
    ("court", "Court order"),
    ("self_sud_2602", "The minor, for substance-use care (63 O.S. §2602)"),
    ("emergency_exception", "Emergency exception"),
    ("parent_verbal_pending", "A parent by voice, written consent to follow"),
)
DOSE_KINDS = choices(("induction", "Induction"), ("bridge", "Daily dose of a bridge plan"))
DECISIONS = choices(
    ("appropriate", "Appropriate"),
    ("crew", "Talk with the crew"),
    ("protocol", "Change the protocol"),
    ("harm", "Report as an event"),
)
OUTCOMES = choices(
    ("improved", "Improved"),
    ("same", "Same"),
    ("worse", "Worse"),
    ("precipitated", "Precipitated withdrawal"),
)


@tracked()
class Induction(Entry):
    """What the protocol asks about before a first dose (clinical.md §4.3).

    `verdict` is the engine's answer under the pinned protocol, as it stood when the record last changed.
    """

    wants_treatment = models.BooleanField(null=True, blank=True, verbose_name="Wants treatment")
    opioid = models.CharField(max_length=20, choices=OPIOIDS, blank=True, verbose_name="Opioid used")
    declined_reason = models.CharField(
        max_length=300, blank=True, default="", db_default="", verbose_name="Offered and not wanted: why"
    )
    use_route = models.CharField(max_length=12, choices=USE_ROUTES, blank=True, verbose_name="How used")
    last_use_at = models.DateTimeField(null=True, blank=True, verbose_name="Last use")
    opioid_dependent = models.BooleanField(null=True, blank=True, verbose_name="Dependent on opioids")
    first_opioid_use = models.BooleanField(null=True, blank=True, verbose_name="First or rare use")
    methadone = models.CharField(max_length=8, choices=METHADONE, blank=True, verbose_name="Takes methadone")
    methadone_last_at = models.DateTimeField(null=True, blank=True, verbose_name="Last methadone dose")
    methadone_mg = models.DecimalField(
        max_digits=5, decimal_places=1, null=True, blank=True, verbose_name="Methadone dose, mg"
    )
    methadone_clinic = models.CharField(max_length=120, blank=True, verbose_name="Methadone clinic")
    already_on_bup_today = models.BooleanField(
        null=True, blank=True, verbose_name="Buprenorphine taken today"
    )
    alcohol_today = models.BooleanField(null=True, blank=True, verbose_name="Alcohol today")
    sedatives_today = models.BooleanField(
        null=True, blank=True, verbose_name="Benzodiazepine or other sedative today"
    )
    pregnant = models.CharField(max_length=16, choices=PREGNANCY, blank=True, verbose_name="Pregnant")
    liver_disease = models.BooleanField(null=True, blank=True, verbose_name="Liver disease")
    allergy = models.BooleanField(null=True, blank=True, verbose_name="Allergy to buprenorphine or naloxone")
    severe_illness = models.BooleanField(null=True, blank=True, verbose_name="Severe illness or injury")
    awake_since = models.DateTimeField(
        null=True, blank=True, verbose_name="Fully awake and breathing well since"
    )
    capacity = models.BooleanField(
        null=True,
        blank=True,
        verbose_name="Shows capacity for this decision",
        help_text="Understands, appreciates, reasons and expresses a choice.",
    )
    consent_verbal = models.BooleanField(null=True, blank=True, verbose_name="Agrees to treatment, by voice")
    consent_written = models.BooleanField(
        null=True, blank=True, verbose_name="Agrees to treatment, in writing"
    )
    consent_at = models.DateTimeField(null=True, blank=True, verbose_name="Agreed at")
    consent_signature = models.JSONField(null=True, blank=True, verbose_name="Person's signature")
    minor_consent_basis = models.CharField(
        max_length=24, choices=MINOR_BASES, blank=True, verbose_name="Under 18: who consents"
    )
    order_physician = models.CharField(max_length=120, blank=True, verbose_name="Physician")
    order_kind = models.CharField(max_length=8, choices=ORDER_KINDS, blank=True, verbose_name="Kind of order")
    order_answer = models.CharField(max_length=8, choices=ORDER_ANSWERS, blank=True, verbose_name="Answer")
    order_id = models.CharField(max_length=60, blank=True, verbose_name="Order number")
    order_at = models.DateTimeField(null=True, blank=True, verbose_name="Order at")
    order_read_back = models.BooleanField(null=True, blank=True, verbose_name="Order read back")
    order_note = models.CharField(
        max_length=300, blank=True, verbose_name="What the physician was told and said"
    )
    override_reason = models.CharField(
        max_length=300, blank=True, verbose_name="Outside the protocol: why it is right for this person"
    )
    verdict = models.JSONField(null=True, blank=True, editable=False)

    class Meta(Entry.Meta):
        verbose_name = "buprenorphine induction"


@tracked()
class BuprenorphineDose(Entry):
    """One dose. `happened_at`: time given. `films`: rows of strength ("8/2"), count and lot.

    `verdict` is the engine's answer for this dose at its time; `effect` what the COWS before and after it show. The
    digests say what a second person signs for: the dose with its films, and the waste; empty while there is nothing.
    """

    kind = models.CharField(
        max_length=10, choices=DOSE_KINDS, blank=True, default="", db_default="", verbose_name="Part of"
    )

    mg = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, verbose_name="Buprenorphine, mg"
    )
    films = models.JSONField(default=list, blank=True)
    dissolved = models.BooleanField(null=True, blank=True, verbose_name="Dissolved under the tongue")
    vomited = models.BooleanField(null=True, blank=True, verbose_name="Vomited within 15 minutes")
    witness = models.ForeignKey(
        Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="Second person"
    )
    witness_reason = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        verbose_name="No second person signed: why",
    )
    waste_mg = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, verbose_name="Wasted, mg"
    )
    waste_witness = models.ForeignKey(
        Staff,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="Waste seen by",
    )
    outcome = models.CharField(max_length=12, choices=OUTCOMES, blank=True, verbose_name="How it took effect")
    note = models.CharField(max_length=300, blank=True)
    verdict = models.JSONField(null=True, blank=True, editable=False)
    effect = models.JSONField(null=True, blank=True, editable=False)
    dose_digest = models.CharField(max_length=64, blank=True, editable=False, default="", db_default="")
    waste_digest = models.CharField(max_length=64, blank=True, editable=False, default="", db_default="")

    class Meta(Entry.Meta):
        verbose_name = "buprenorphine dose"


@append_only
class InductionAttempt(Record):
    """One verdict of the engine: each that differs from the one before it, and each attempt to give a dose.

    `kind`: evaluation; allowed, override or refused (a dose asked for); approved or denied (a physician asked); declined
    (offered, and not wanted). Kept although nothing was given (clinical.md §4.3).
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="induction_attempts")
    kind = models.CharField(max_length=10)
    status = models.CharField(max_length=14)
    codes = models.JSONField(default=list)
    asked_mg = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    verdict = models.JSONField()
    order_id = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["encounter", "at"], name="attempt_of_encounter")]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"


@tracked()
class DoseReview(Record):
    """A dose given outside the protocol, for the medical director or supervisor to look at."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="dose_reviews")
    dose = models.UUIDField(unique=True)
    codes = models.JSONField(default=list)
    order_id = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    raised_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=clock.now)
    closed_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=300, blank=True)
    decision = models.CharField(max_length=12, choices=DECISIONS, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(finding="")),
                name="dose_review_closed_with_finding",
            )
        ]
        indexes = [
            models.Index(fields=["raised_at"], condition=Q(closed_at__isnull=True), name="dose_review_open"),
            models.Index(
                fields=["closed_at"], condition=Q(closed_at__isnull=False), name="dose_review_closed"
            ),
        ]

    def __str__(self) -> str:
        return f"Review of dose {self.dose}"
