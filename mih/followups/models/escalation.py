"""What happens when trying has gone on long enough, and reminders of what is due."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core.models import Record, choices
from mih.followups.models.contact import ContactDue

KINDS = choices(
    ("suicide_safety", "Suicide safety"),
    ("field_visit", "Field visit"),
    ("neutral_outreach", "Neutral outreach"),
)


@tracked()
class Escalation(Record):
    """A contact whose person could not be reached (clinical.md §7.5). At most one for a contact.

    `actions` is a list of `{code, sentence, roles, same_day}`; an action that is settled also holds `decision`, `note`,
    `by`, `by_name` and `at`. `decided_at`, `decided_by` and `decision` are those of the leading action.
    """

    contact = models.OneToOneField(ContactDue, on_delete=models.PROTECT, related_name="escalation")
    kind = models.CharField(max_length=20, choices=KINDS)
    actions = models.JSONField(default=list)
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    assigned_role = models.CharField(max_length=24, help_text="Who leads: the roles of the leading action.")
    closes_at_window_end = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decision="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision="")),
                name="escalation_decided_by_somebody",
            )
        ]
        indexes = [
            # The supervisor's list of what waits for a decision, soonest first.
            models.Index(fields=["due_at"], condition=Q(decided_at=None), name="escalation_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.contact_id}"


class Reminder(Record):
    """One nudge to one member of staff about one contact. Holds nothing of the person it is about."""

    contact = models.ForeignKey(ContactDue, on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(
        max_length=10, choices=choices(("due", "To be tried now"), ("overdue", "Overdue"))
    )
    recipient = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="reminders")
    due_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "kind", "recipient"], name="reminder_once"),
        ]
        indexes = [
            # The bell: what one member of staff has not seen.
            models.Index(fields=["recipient", "due_at"], condition=Q(seen_at=None), name="reminder_unseen"),
        ]

    def __str__(self) -> str:
        return self.kind
