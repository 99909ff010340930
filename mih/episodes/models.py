"""Episodes of care: the thread that holds a person's responses, referrals and follow-ups together."""

from django.db import models
from django.db.models import Q

from mih.accounts.models import Programme, Staff, Team
from mih.audit.history import tracked
from mih.core import clock
from mih.core.models import Record, choices
from mih.people.models import Person

RISKS = choices(("none", "None found"), ("low", "Low"), ("moderate", "Moderate"), ("high", "High"))
RISK_ORDER = {"high": 3, "moderate": 2, "low": 1, "none": 0, "": 0}
CLOSINGS = choices(
    ("goals_met", "Goals met"),
    ("linked", "Linked to ongoing care"),
    ("declined", "Declined further contact"),
    ("unable", "Could not be reached"),
    ("moved", "Moved away"),
    ("deceased", "Deceased"),
)


@tracked()
class EpisodeOfCare(Record):
    """A stretch of care for one person, with a primary navigator. At most one is open for a person at a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="episodes")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="episodes")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="episodes")
    primary = models.ForeignKey(
        Staff,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="caseload",
        verbose_name="Primary navigator",
    )
    opened_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing = models.CharField(max_length=12, choices=CLOSINGS, blank=True)
    risk = models.CharField(max_length=10, choices=RISKS, default="none")
    touched_at = models.DateTimeField(
        default=clock.now, help_text="Last encounter, contact attempt or hand-off."
    )
    facility = models.CharField(
        max_length=120, blank=True, help_text="Where the person is held or treated just now."
    )
    in_facility_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "episodes of care"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(closed_at__isnull=True), name="one_open_episode"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closing="")
                | (Q(closed_at__isnull=False) & ~Q(closing="")),
                name="episode_closed_with_reason",
            ),
        ]
        indexes = [
            # The caseload page counts open episodes by worker and team.
            models.Index(
                fields=["primary", "touched_at"], condition=Q(closed_at__isnull=True), name="episode_open"
            ),
            models.Index(
                fields=["team", "touched_at"], condition=Q(closed_at__isnull=True), name="episode_open_team"
            ),
            # Everybody's, the longest untouched first; and all numbers of the caseload, counted in the index alone.
            models.Index(
                fields=["touched_at", "id"],
                include=["primary", "team", "programme", "risk"],
                condition=Q(closed_at__isnull=True),
                name="episode_open_all",
            ),
        ]

    def __str__(self) -> str:
        return f"Episode of {self.person_id}"
