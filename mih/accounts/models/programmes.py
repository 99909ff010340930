"""The agency's programmes, teams, vehicles, tablets and shifts."""

from django.db import models
from django.db.models import Q

from mih.core.models import Record


class Programme(Record):
    """A response model the agency runs: ART, CRT, CCD, CAP, or the practice programme."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=80)
    is_practice = models.BooleanField(
        default=False,
        help_text="Invented people only; kept out of every list and statistic of the real programmes.",
    )

    def __str__(self) -> str:
        return self.name


class Team(Record):
    """People who share a caseload."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "name"], name="team_once_in_programme")]

    def __str__(self) -> str:
        return self.name


class Unit(Record):
    """A vehicle or crew with a call sign."""

    call_sign = models.CharField(max_length=20, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="units")

    def __str__(self) -> str:
        return self.call_sign


class Device(Record):
    """A tablet or desk computer that has named itself to the server.

    A tablet that works without a signal was enrolled by somebody signed in: it proves itself by a secret of which only
    the hash is kept. `replaces` is what the same tablet was known as before it lost that secret.
    """

    name = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.SET_NULL, related_name="devices")
    secret_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    enrolled_at = models.DateTimeField(null=True, blank=True, editable=False)
    enrolled_by = models.ForeignKey(
        "accounts.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by", editable=False
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "accounts.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    revoked_reason = models.CharField(max_length=200, blank=True, db_default="", editable=False)

    def __str__(self) -> str:
        return self.name


class Shift(Record):
    """A crew on a unit, from sign-on to sign-off."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="shifts")
    crew = models.ManyToManyField("accounts.Staff", related_name="shifts")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey("accounts.Staff", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=models.F("started_at")),
                name="shift_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(ended_at__isnull=True), name="one_shift_on_a_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.started_at:%Y-%m-%d %H:%M}"
