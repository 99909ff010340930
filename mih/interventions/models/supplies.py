"""What the team carries, and the ledger of every piece that came, went or was counted."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff, Unit
from mih.audit.history import append_only
from mih.core import clock
from mih.core.models import Record, choices

MOVEMENTS = choices(
    ("receive", "Received"),
    ("issue", "Given out or used"),
    ("waste", "Wasted"),
    ("expire", "Taken out, expired"),
    ("transfer", "Moved to another place"),
    ("count", "Difference found by a count"),
    ("reverse", "Taken back: the entry was corrected"),
)


class SupplyItem(Record):
    """A kind of thing that is counted: a kit, a spray, a strip, a film of one strength."""

    code = models.CharField(max_length=30, unique=True)
    name = models.CharField(max_length=80)
    controlled = models.BooleanField(
        default=False, help_text="Two people for every line of its ledger (Schedule III: buprenorphine)."
    )

    def __str__(self) -> str:
        return self.name


class SupplyLot(Record):
    """A maker's lot of one item. Where its pieces are, the movements say."""

    item = models.ForeignKey(SupplyItem, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(max_length=60, verbose_name="lot")
    expires_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="supply_lot_once")]

    def __str__(self) -> str:
        until = f", expires {self.expires_on:%Y-%m-%d}" if self.expires_on else ""
        return f"{self.number} ({self.item.name}{until})"


@append_only
class SupplyMovement(Record):
    """One line of the ledger. `quantity` is what came (positive) or went (negative) at one place; no line is changed,
    a mistake is set right by a count.

    `unit` empty: the store room. `source`: the on-scene entry that used it up, which does so once. `act`: what the line
    was written with, such as the other half of a transfer or the other lots of a shift count. `counted`: what a count
    found there.
    """

    lot = models.ForeignKey(SupplyLot, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=10, choices=MOVEMENTS)
    quantity = models.IntegerField()
    counted = models.PositiveIntegerField(null=True, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="supply_movements"
    )
    source = models.UUIDField(null=True, blank=True)
    act = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    note = models.CharField(max_length=200, blank=True)
    is_practice = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "lot", "kind"],
                condition=Q(source__isnull=False),
                name="supply_source_posts_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="receive", quantity__gt=0)
                | Q(kind__in=["issue", "waste", "expire"], quantity__lt=0)
                | (Q(kind__in=["transfer", "reverse"]) & ~Q(quantity=0))
                | Q(kind="count"),
                name="supply_quantity_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(witness__isnull=True) | ~Q(witness=models.F("by")),
                name="supply_witness_is_another",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "lot"], name="supply_at_place"),
            # Variances, the latest first.
            models.Index(fields=["at"], condition=Q(kind="count") & ~Q(quantity=0), name="supply_variance"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity:+d} {self.lot}"
