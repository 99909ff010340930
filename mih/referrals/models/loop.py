"""What became of a referral: what is known of it now, and each thing learned on the way."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from mih.accounts.models import Staff
from mih.audit.history import append_only, tracked
from mih.core import clock
from mih.core.models import Record, choices

LEVELS = [
    (0, "L0 Information given"),
    (1, "L1 Sent"),
    (2, "L2 Received"),
    (3, "L3 Accepted"),
    (4, "L4 First appointment kept"),
    (5, "L5 Still engaged at 30 days"),
]
"""How far the loop is proven closed. In statistics only L4 and up count as linked."""

KINDS = choices(
    ("sent", "Sent"),
    ("received", "Received"),
    ("accepted", "Accepted"),
    ("declined", "Declined by the partner"),
    ("appointment_set", "Appointment set"),
    ("kept", "Appointment kept"),
    ("no_show", "Did not come"),
    ("still_engaged", "Still engaged at 30 days"),
    ("outcome_received", "Outcome received"),
    ("closed", "Closed"),
)
CLOSINGS = choices(
    ("outcome", "Outcome received"),
    ("person_declined", "The person declined"),
    ("partner_declined", "The partner declined"),
    ("not_needed", "No longer needed"),
    ("lost", "Could not be followed up"),
)
EVIDENCE = choices(
    ("partner", "The partner told us"),
    ("person", "The person told us"),
    ("document", "A letter or record"),
    ("seen", "We were there"),
)


@tracked(exclude=["since", "segment", "is_practice"])
class ReferralLoop(Record):
    """What is known now of one referral: the sum of its entry and its events, kept by `services.record_event`.

    Its id is the first entry's, and stays when the entry is corrected. `segment` and `is_practice` are the signed entry's, so
    that figures need read nothing else; until it is signed the segment is empty.
    """

    level = models.PositiveSmallIntegerField(choices=LEVELS, default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    appointment_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    no_show_at = models.DateTimeField(null=True, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing = models.CharField(max_length=16, choices=CLOSINGS, blank=True)
    segment = models.CharField(max_length=14, blank=True, default="", db_default="", editable=False)
    is_practice = models.BooleanField(default=False, db_default=False, editable=False)
    since = models.GeneratedField(
        expression=Coalesce("sent_at", "created_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
        help_text="When it was sent, or written down if it never was: what lists are ordered by. Kept by the database.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__lte=5), name="loop_level_known"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closing="") | (Q(closed_at__isnull=False) & ~Q(closing="")),
                name="loop_closed_with_reason",
            ),
        ]
        indexes = [
            # The list of open referrals from the oldest.
            models.Index(fields=["since"], condition=Q(closed_at=None), name="loop_open"),
            # Its figures, counted in the index alone.
            models.Index(
                fields=["is_practice", "segment"],
                include=["level", "declined_at", "appointment_at", "kept_at"],
                condition=Q(closed_at=None) & ~Q(segment=""),
                name="loop_counted",
            ),
            # Closed ones, or all of them, from the latest.
            models.Index(fields=["since"], name="loop_since"),
        ]

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    def __str__(self) -> str:
        return f"L{self.level}"


@append_only
class LoopEvent(Record):
    """One thing learned about a referral after it was signed. `at` is when it was so, `recorded_at` when written down."""

    loop = models.ForeignKey(ReferralLoop, on_delete=models.PROTECT, related_name="learned")
    kind = models.CharField(max_length=18, choices=KINDS)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=LEVELS, help_text="The level this event proves.")
    appointment_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    closing = models.CharField(max_length=16, choices=CLOSINGS, blank=True)
    evidence = models.CharField(max_length=10, choices=EVIDENCE, blank=True)
    told_by = models.CharField(max_length=120, blank=True, verbose_name="Who told us")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="appointment_set") | Q(appointment_at__isnull=False),
                name="event_appointment_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(kind="declined") | ~Q(reason=""), name="event_declined_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(kind="closed") & ~Q(closing="") | ~Q(kind="closed") & Q(closing=""),
                name="event_closed_has_closing",
            ),
        ]
        indexes = [models.Index(fields=["loop", "at"], name="event_of_loop")]

    def __str__(self) -> str:
        return self.get_kind_display()
