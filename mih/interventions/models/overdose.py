"""Naloxone given by anybody, and what was left behind."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry
from mih.interventions.models.supplies import SupplyLot

SITES = choices(
    ("left_nostril", "Left nostril"),
    ("right_nostril", "Right nostril"),
    ("both_nostrils", "Both nostrils"),
    ("left_thigh", "Left thigh"),
    ("right_thigh", "Right thigh"),
    ("left_arm", "Left arm"),
    ("right_arm", "Right arm"),
    ("other", "Elsewhere"),
)
ROUTES = choices(("IN", "In the nose (IN)"), ("IM", "Into muscle (IM)"), ("IV", "Into a vein (IV)"))
AVPU = choices(
    ("A", "A – Alert"),
    ("V", "V – Responds to voice"),
    ("P", "P – Responds to pain"),
    ("U", "U – Unresponsive"),
)
RESPONSES = choices(("improved", "Improved"), ("unchanged", "Unchanged"), ("worse", "Worse"))
AUTHORISATIONS = choices(
    ("standing_order", "Standing order"),
    ("online", "Online medical control"),
    ("on_scene", "Physician on scene"),
    ("written_order", "Written order"),
)
OPIOIDS = choices(
    ("fentanyl", "Fentanyl"),
    ("heroin", "Heroin"),
    ("pressed_pills", "Pressed pills, content not known"),
    ("oxycodone", "Oxycodone or hydrocodone"),
    ("methadone", "Methadone"),
    ("fentanyl_patch", "Fentanyl patch"),
    ("extended_release", "Another extended-release opioid"),
    ("nitazene", "Nitazene"),
    ("other", "Another opioid"),
    ("unknown", "Not known"),
)
ITEMS = choices(
    ("naloxone_kit", "Naloxone kit"),
    ("fentanyl_strips", "Fentanyl test strips"),
    ("xylazine_strips", "Xylazine test strips"),
)
RECIPIENTS = choices(
    ("patient", "The person"), ("family", "Family or friend"), ("bystander", "Bystander, not named")
)


@tracked()
class MedicationGiven(Entry):
    """One dose of naloxone, or of another opioid antagonist, by anybody (clinical.md §3). `happened_at`: time given.

    `medicine` is a code of the naloxone policy's list. A dose left empty is the product's own.
    """

    medicine = models.CharField(max_length=40, blank=True)
    dose_mg = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True, verbose_name="Dose, mg"
    )
    route = models.CharField(max_length=4, choices=ROUTES, blank=True)
    site = models.CharField(max_length=16, choices=SITES, blank=True, verbose_name="Where on the body")
    given_by = models.CharField(max_length=20, blank=True, verbose_name="Given by")
    before_arrival = models.BooleanField(null=True, blank=True, verbose_name="Before we arrived")
    authorisation = models.CharField(
        max_length=16, choices=AUTHORISATIONS, blank=True, verbose_name="On whose authority"
    )
    opioid = models.CharField(
        max_length=20, choices=OPIOIDS, blank=True, verbose_name="Opioid believed taken"
    )
    rr_before = models.PositiveSmallIntegerField(
        null=True, blank=True, verbose_name="Respiratory rate before, /min"
    )
    rr_after = models.PositiveSmallIntegerField(
        null=True, blank=True, verbose_name="Respiratory rate after, /min"
    )
    avpu_before = models.CharField(max_length=1, choices=AVPU, blank=True, verbose_name="AVPU before")
    avpu_after = models.CharField(max_length=1, choices=AVPU, blank=True, verbose_name="AVPU after")
    response = models.CharField(max_length=10, choices=RESPONSES, blank=True, verbose_name="Response")
    complications = models.CharField(max_length=200, blank=True)
    lot = models.ForeignKey(
        SupplyLot,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="Lot, from our stock",
    )
    other_lot = models.CharField(max_length=60, blank=True, verbose_name="Lot, if not from our stock")
    expires_on = models.DateField(null=True, blank=True, verbose_name="Expiry, if not from our stock")
    second_person = models.CharField(max_length=120, blank=True, verbose_name="Second person")

    class Meta(Entry.Meta):
        verbose_name = "naloxone dose"


@tracked()
class ResedationCheck(Entry):
    """One look at a person after naloxone: the opioid may outlast it (clinical.md §3). `happened_at`: time looked."""

    rr = models.PositiveSmallIntegerField(null=True, blank=True, verbose_name="Respiratory rate, /min")
    avpu = models.CharField(max_length=1, choices=AVPU, blank=True, verbose_name="AVPU")
    spo2 = models.PositiveSmallIntegerField(null=True, blank=True, verbose_name="SpO2, %")
    resedated = models.BooleanField(null=True, blank=True, verbose_name="Drowsy or breathing slower again")
    action = models.CharField(max_length=200, blank=True, verbose_name="What was done")
    ended_early = models.CharField(
        max_length=200, blank=True, verbose_name="Watch ended early: why, and who stays with the person"
    )

    class Meta(Entry.Meta):
        verbose_name = "look after naloxone"


STRIP_RESULTS = choices(
    ("positive", "Positive"),
    ("negative", "Negative"),
    ("invalid", "Not readable"),
    ("not_tested", "Not used here"),
)


@tracked()
class KitLeft(Entry):
    """A naloxone kit or test strips left with somebody, or offered and not taken.

    Given to a bystander it names nobody: the entry belongs to the response, not to the person's own supplies. A strip's
    result is self-test information, not a laboratory result.
    """

    item = models.CharField(max_length=20, choices=ITEMS, blank=True, verbose_name="What")
    lot = models.ForeignKey(SupplyLot, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField(null=True, blank=True, verbose_name="How many")
    recipient = models.CharField(max_length=10, choices=RECIPIENTS, blank=True, verbose_name="Given to")
    trained = models.BooleanField(null=True, blank=True, verbose_name="Showed how to use it")
    teach_back = models.BooleanField(null=True, blank=True, verbose_name="They showed it back")
    kit_type = models.CharField(
        max_length=30, blank=True, default="", db_default="", verbose_name="Kind of kit"
    )
    instructions = models.BooleanField(null=True, blank=True, verbose_name="Written instructions given")
    strip_result = models.CharField(
        max_length=10,
        choices=STRIP_RESULTS,
        blank=True,
        default="",
        db_default="",
        verbose_name="Self-test result, as the person says",
    )
    strip_substance = models.CharField(
        max_length=80, blank=True, default="", db_default="", verbose_name="Substance they tested"
    )
    expired_reason = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        verbose_name="Handed over although expired: why",
    )
    prior_kit_used = models.BooleanField(null=True, blank=True, verbose_name="Has used a kit before")
    declined_reason = models.CharField(max_length=200, blank=True, verbose_name="Not taken: why")

    class Meta(Entry.Meta):
        verbose_name = "kit or strips left behind"
