"""Safety plans, and the reviews of what a person would not have put out of reach."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core import clock
from mih.core.models import Record, choices
from mih.encounters.models import Encounter, Entry
from mih.people.models import Supporter

ACCESS = choices(("yes", "Yes"), ("no", "No"), ("unknown", "Not known"))
ACKNOWLEDGED = choices(("client", "The person"), ("guardian", "Parent or guardian"))
COPIES = choices(
    ("paper", "On paper"), ("app", "On their phone, in an app"), ("text_consented", "By text, with consent")
)
DECISIONS = choices(
    ("accepted", "May stand as it is"),
    ("speak_again", "Somebody speaks with the person again"),
    ("revise", "The plan is revised"),
)
READINGS = choices(
    ("confirmed", "Read together: it still fits"),
    ("changes_wanted", "Read together: something has changed"),
    ("not_wanted", "The person did not want to read it now"),
)
LAYOUTS = choices(
    ("large", "Large print"), ("pocket", "Pocket fold"), ("caregiver", "For family or caregiver")
)
TONGUES = choices(("en", "English"), ("es", "Spanish"))
BASES = choices(
    ("permission", "The person agreed"),
    ("emergency", "Emergency, to prevent serious harm"),
    ("minor", "Parent or guardian of a minor"),
)
"""On what somebody else may be told (45 CFR 164.510(b), 164.512(j); clinical.md §5.3)."""
CAREGIVER = choices(
    ("present", "Present"),
    ("phoned", "By phone"),
    ("declined", "The person declined"),
    ("none", "There is none"),
)


@tracked()
class SafetyPlan(Entry):
    """A ladder of six steps written together with the person, and how it was made (clinical.md §5).

    `begun_from` is set when it began as a copy of the plan before: whose, of when, and what was taken over. A step taken
    over counts only once it has been read together (`still_true_…`). Lists are rows: `warning_signs` sign · `coping` activity · `distraction` name, kind (person or place), phone ·
    `helpers` name, relation, phone · `professionals` name, phone · `means` kind (firearms, medicines, other), what,
    action, verifier, when, reason. `completeness` is the verdict of the completeness rule on these answers.
    """

    declined = models.BooleanField(null=True, blank=True, verbose_name="The person declined to make a plan")
    declined_reason = models.CharField(max_length=300, blank=True, verbose_name="What they said")
    warning_signs = models.JSONField(default=list, blank=True)
    coping = models.JSONField(default=list, blank=True)
    coping_obstacle = models.CharField(max_length=300, blank=True, verbose_name="What could get in the way?")
    distraction = models.JSONField(default=list, blank=True)
    helpers = models.JSONField(default=list, blank=True)
    helpers_none = models.BooleanField(null=True, blank=True, verbose_name="There is nobody to ask")
    professionals = models.JSONField(default=list, blank=True)
    line_988 = models.BooleanField(
        null=True, blank=True, verbose_name="988 is on the plan (call or text, day and night)"
    )
    access_firearms = models.CharField(
        max_length=8, choices=ACCESS, blank=True, verbose_name="Are there firearms within reach?"
    )
    access_medicines = models.CharField(
        max_length=8, choices=ACCESS, blank=True, verbose_name="Are there medicines that could be used?"
    )
    access_other = models.CharField(
        max_length=8, choices=ACCESS, blank=True, verbose_name="Is there another way they have thought of?"
    )
    means = models.JSONField(default=list, blank=True)
    means_verifier = models.CharField(max_length=120, blank=True, verbose_name="Who makes sure of all this")
    means_verify_at = models.DateTimeField(null=True, blank=True, verbose_name="When")
    supervisor_review = models.BooleanField(
        null=True, blank=True, verbose_name="Ask the supervisor to review what was declined"
    )
    reason_for_living = models.CharField(
        max_length=300, blank=True, verbose_name="What matters most to live for"
    )
    collaborative = models.BooleanField(null=True, blank=True, verbose_name="Made together, person and staff")
    plan_on = models.DateField(null=True, blank=True, verbose_name="Made on")
    acknowledged_by = models.CharField(
        max_length=10, choices=ACKNOWLEDGED, blank=True, verbose_name="Who agreed to it"
    )
    signature = models.JSONField(null=True, blank=True, verbose_name="Their signature")
    copy_given = models.CharField(max_length=16, choices=COPIES, blank=True, verbose_name="Copy given")
    caregiver = models.CharField(
        max_length=10, choices=CAREGIVER, blank=True, verbose_name="Family or caregiver took part"
    )
    caregiver_name = models.CharField(max_length=120, blank=True, verbose_name="Who, and how related")
    caregiver_permission = models.BooleanField(
        null=True, blank=True, verbose_name="The person agreed that we talk to them"
    )
    caregiver_phone = models.CharField(
        max_length=40, blank=True, default="", db_default="", verbose_name="Their phone"
    )
    caregiver_basis = models.CharField(
        max_length=12,
        choices=BASES,
        blank=True,
        default="",
        db_default="",
        verbose_name="On what they may be told",
    )
    caregiver_scope = models.CharField(
        max_length=200, blank=True, default="", db_default="", verbose_name="What they may be told"
    )
    caregiver_told = models.CharField(max_length=300, blank=True, verbose_name="What they were told")
    caregiver_copy = models.BooleanField(null=True, blank=True, verbose_name="They have a copy")
    still_true_signs = models.BooleanField(null=True, blank=True, verbose_name="Warning signs: still true?")
    still_true_coping = models.BooleanField(
        null=True, blank=True, verbose_name="Things to do alone: still true?"
    )
    still_true_distraction = models.BooleanField(
        null=True, blank=True, verbose_name="People and places: still true?"
    )
    still_true_helpers = models.BooleanField(
        null=True, blank=True, verbose_name="People to ask for help: still true?"
    )
    still_true_professionals = models.BooleanField(
        null=True, blank=True, verbose_name="Professionals: still true?"
    )
    still_true_means = models.BooleanField(
        null=True, blank=True, verbose_name="Danger out of reach: still true?"
    )
    begun_from = models.JSONField(null=True, blank=True, editable=False)
    completeness = models.JSONField(null=True, blank=True, editable=False)

    class Meta(Entry.Meta):
        verbose_name = "safety plan"


@tracked()
class PlanReading(Record):
    """A standing plan read through with the person at a later contact (clinical.md §5.2: review at SH1 and SM1).

    `steps` are the numbers of the steps they said still fit.
    """

    plan = models.ForeignKey(SafetyPlan, on_delete=models.PROTECT, related_name="readings")
    contact = models.UUIDField(null=True, blank=True, help_text="The follow-up contact it was read at.")
    outcome = models.CharField(max_length=16, choices=READINGS)
    steps = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["plan", "at"], name="plan_reading_by_time")]

    def __str__(self) -> str:
        return f"Reading of plan {self.plan_id}"


@tracked()
class PlanCopy(Record):
    """A copy of a plan that somebody was handed: which, in which language, how, and by whom."""

    plan = models.ForeignKey(SafetyPlan, on_delete=models.PROTECT, related_name="copies")
    layout = models.CharField(max_length=10, choices=LAYOUTS)
    language = models.CharField(max_length=4, choices=TONGUES, default="en")
    how = models.CharField(max_length=16, choices=COPIES)
    supporter = models.ForeignKey(
        Supporter,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who got it; empty: the person.",
    )
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name_plural = "plan copies"
        indexes = [models.Index(fields=["plan", "at"], name="plan_copy_by_time")]

    def __str__(self) -> str:
        return f"Copy of plan {self.plan_id}"


@tracked()
class PlanReview(Record):
    """A supervisor's look at a plan in which putting means out of reach was declined (clinical.md §5.2)."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="plan_reviews")
    plan = models.UUIDField(unique=True)
    declined = models.CharField(max_length=300, blank=True, verbose_name="What was declined, and why")
    raised_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    decision = models.CharField(max_length=12, choices=DECISIONS, blank=True, default="", db_default="")
    finding = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(finding="")),
                name="plan_review_closed_with_finding",
            )
        ]
        indexes = [
            models.Index(
                fields=["raised_at"],
                condition=Q(closed_at__isnull=True, withdrawn_at__isnull=True),
                name="plan_review_open",
            )
        ]

    def __str__(self) -> str:
        return f"Review of plan {self.plan}"
