"""Contacts handed to somebody else, kept so that the hand-over can be taken back."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff, Team
from mih.audit.history import tracked
from mih.core.models import Record


@tracked()
class Reassignment(Record):
    """One act of reassigning. Its id is the undo token.

    `items` holds for each contact what it was before: `{contact, assigned_to, team, version}`, with the version the
    contact had once reassigned, so that undoing leaves alone what has been worked on since.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    items = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="reassignment_undone_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"Reassignment of {len(self.items)}"
