"""A person's referrals with what is known of each."""

from dataclasses import dataclass

from mih.charts.sight import Sight
from mih.people.models import Person
from mih.referrals.models import LoopEvent, Referral
from mih.referrals.selectors import Measures, by_sent, measures, referrals_of

PAGE = 25


@dataclass(frozen=True)
class ReferralLine:
    """A referral, its times, and what was learned of it, oldest first."""

    referral: Referral
    measures: Measures
    events: list[LoopEvent]


def referral_lines(person: Person, sight: Sight, *, after: str = "") -> tuple[list[ReferralLine], str]:
    """One page of a person's signed referrals that the reader may see, the latest first; and the cursor of the next page.

    Raises `Invalid` for a cursor that is none of ours.
    """
    if not sight.reads_any_of(Referral):
        return [], ""
    rows = referrals_of(sight.staff, person).prefetch_related("loop__learned__by")
    found, following = by_sent(rows, after=after, size=PAGE)
    return [
        ReferralLine(
            row, measures(row), sorted(row.loop.learned.all(), key=lambda event: (event.at, event.pk))
        )
        for row in found
    ], following
