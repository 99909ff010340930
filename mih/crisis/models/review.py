"""A response that quality review looks at again, and why (scenario S06)."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Staff
from mih.audit.history import tracked
from mih.core import clock
from mih.core.models import Record
from mih.encounters.models import Encounter


@tracked()
class CaseReview(Record):
    """One review of a whole response. `reasons` are codes of the `case_reviews` policy, kept in step until it is closed;
    a draft whose reasons have all gone is `withdrawn_at` then."""

    encounter = models.OneToOneField(Encounter, on_delete=models.PROTECT, related_name="case_review")
    reasons = models.JSONField(default=list)
    raised_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=1000, blank=True)
    closed_by = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(finding="")),
                name="case_review_closed_with_finding",
            ),
        ]
        indexes = [
            models.Index(
                fields=["raised_at"],
                condition=Q(closed_at__isnull=True, withdrawn_at__isnull=True),
                name="case_review_open",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.encounter_id}"
