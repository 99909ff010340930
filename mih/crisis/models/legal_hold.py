"""Protective custody, and what is learned of it afterwards (clinical.md §6.3). The product shows clocks; it decides
nothing and computes no release."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import append_only, tracked
from mih.core import clock
from mih.core.models import Record, choices
from mih.encounters.models import Encounter, Entry, EntryStatus

STATEMENTS = choices(
    ("officer", "Officer's own statement"),
    ("third_party", "Third-party statement"),
    ("none_yet", "Not written yet"),
)
GROUNDS = choices(
    ("self", "Danger to self"),
    ("others", "Danger to others"),
    ("threats", "Others reasonably fear serious harm"),
    ("impairment", "Severe impairment without treatment"),
)
FINDINGS = choices(("met", "Criteria met"), ("not_met", "Criteria not met"), ("unknown", "Not told"))
EVENTS = choices(
    ("arrived", "Arrived at the facility"),
    ("lmhp_done", "LMHP assessment done"),
    ("detained", "Emergency detention began"),
    ("returned", "Returned: criteria not met"),
    ("discharged", "Discharged"),
    ("transferred", "Moved to another facility"),
)
ENDS = frozenset({"returned", "discharged"})
"""After these the hold is over."""

STANDING = (EntryStatus.DRAFT, EntryStatus.SIGNED, EntryStatus.AWAITING_COSIGN, EntryStatus.COSIGNED)
"""A hold that was neither removed nor replaced."""


@tracked()
class LegalHold(Entry):
    """A person taken into protective custody by a peace officer (43A O.S. §5-207; a minor: §5-505.1).

    `due_at` and `minor` follow from the policy, the age and the start of custody when the row is saved.
    """

    custody_at = models.DateTimeField(null=True, blank=True, verbose_name="Custody began")
    officer = models.CharField(max_length=120, blank=True, verbose_name="Peace officer: name and badge")
    agency = models.CharField(max_length=120, blank=True, verbose_name="Officer's agency")
    grounds = models.JSONField(default=list, blank=True, verbose_name="What was seen or said")
    grounds_note = models.TextField(
        blank=True, max_length=1000, verbose_name="In the words of those who saw it"
    )
    statement = models.CharField(max_length=12, choices=STATEMENTS, blank=True, verbose_name="Statement")
    statement_by = models.CharField(
        max_length=160, blank=True, verbose_name="Third-party statement signed by: name, relation"
    )
    destination = models.CharField(max_length=120, blank=True, verbose_name="Taken to")
    arrived_at = models.DateTimeField(null=True, blank=True, verbose_name="Arrived there")
    receiver = models.CharField(max_length=120, blank=True, verbose_name="Handed over to")
    handoff = models.JSONField(default=list, blank=True, verbose_name="Hand-off")
    lmhp_at = models.DateTimeField(null=True, blank=True, verbose_name="LMHP assessment done")
    lmhp_by = models.CharField(max_length=120, blank=True, verbose_name="LMHP: name")
    lmhp_license = models.CharField(max_length=20, blank=True, verbose_name="LMHP: license")
    lmhp_finding = models.CharField(
        max_length=8, choices=FINDINGS, blank=True, verbose_name="What the LMHP found"
    )
    due_at = models.DateTimeField(null=True, blank=True, editable=False)
    minor = models.BooleanField(null=True, blank=True, editable=False)

    class Meta(Entry.Meta):
        verbose_name = "legal hold"
        indexes = [
            *Entry.Meta.indexes,
            # The page of legal clocks: what is awaited, and what began lately.
            models.Index(
                fields=["due_at", "id"],
                condition=Q(status__in=STANDING, custody_at__isnull=False, lmhp_at__isnull=True),
                name="hold_awaited",
            ),
            models.Index(fields=["custody_at", "id"], condition=Q(status__in=STANDING), name="hold_began"),
        ]


@append_only
class HoldEvent(Record):
    """Something learned of a response's hold after the scene: it never changes what was signed, and stays as it is.

    A mistake is set right by a later event of the same kind: the one recorded last counts.
    """

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="hold_events")
    kind = models.CharField(max_length=12, choices=EVENTS)
    happened_at = models.DateTimeField(verbose_name="When")
    who = models.CharField(max_length=120, blank=True, verbose_name="Who did it")
    license = models.CharField(max_length=20, blank=True)
    finding = models.CharField(max_length=8, choices=FINDINGS, blank=True)
    told_by = models.CharField(max_length=160, blank=True, verbose_name="Told by: name, facility")
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["encounter", "at"], name="hold_events_in_order")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.encounter_id}"
