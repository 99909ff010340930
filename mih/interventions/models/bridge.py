"""Further daily doses by the team until treatment takes over (clinical.md §4.1, §4.3)."""

from django.db import models

from mih.audit.history import tracked
from mih.encounters.models import Entry


@tracked()
class BridgePlan(Entry):
    """Daily doses planned after a first day. `days`: how many further days; each is given as a dose of its own visit."""

    days = models.PositiveSmallIntegerField(null=True, blank=True, verbose_name="Further daily doses planned")
    daily_mg = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, blank=True, verbose_name="Daily dose, mg"
    )
    prescriber_linked = models.BooleanField(
        null=True, blank=True, verbose_name="A prescriber or treatment program has taken the person on"
    )
    prescriber = models.CharField(max_length=120, blank=True, verbose_name="Prescriber or program")
    agreed = models.BooleanField(null=True, blank=True, verbose_name="The person agrees to daily visits")
    order_physician = models.CharField(max_length=120, blank=True, verbose_name="Ordered by")
    order_id = models.CharField(max_length=60, blank=True, verbose_name="Order number")
    order_at = models.DateTimeField(null=True, blank=True, verbose_name="Ordered at")
    dispensed_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        verbose_name="Days of medicine handed to the person",
        help_text="Only when a practitioner dispenses it.",
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta(Entry.Meta):
        verbose_name = "bridge plan"
