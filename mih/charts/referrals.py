"""A person's referrals with what is known of each."""

from dataclasses import dataclass
from datetime import datetime

from mih.charts.sight import Sight
from mih.people.models import Person
from mih.referrals.models import LoopEvent, Referral
from mih.referrals.selectors import Measures, measures, referrals_of

MOST = 100


@dataclass(frozen=True)
class ReferralLine:
    """A referral, its times, and what was learned of it, oldest first."""

    referral: Referral
    measures: Measures
    events: list[LoopEvent]

    @property
    def made_at(self) -> datetime:
        """When it was sent, or written down when it never was."""
        return self.referral.sent_at or self.referral.signed_at or self.referral.recorded_at


def referral_lines(person: Person, sight: Sight) -> list[ReferralLine]:
    """One person's signed referrals that the reader may see, newest first."""
    if not sight.reads_any_of(Referral):
        return []
    rows = referrals_of(sight.staff, person).prefetch_related("loop__learned__by")[:MOST]
    return [
        ReferralLine(
            row, measures(row), sorted(row.loop.learned.all(), key=lambda event: (event.at, event.pk))
        )
        for row in rows
    ]
