"""The chart in a few lines, for somebody about to call: what the latest responses of the episode say."""

from dataclasses import dataclass, field
from datetime import datetime

from mih.accounts.models import Staff
from mih.encounters import picture as pictures
from mih.encounters.facts import DoseGiven, ReferralMade
from mih.encounters.models import Encounter
from mih.episodes.models import EpisodeOfCare
from mih.followups.services.starting import t0
from mih.privacy import policy
from mih.protocols import roles

LATEST = 3
"""Responses read; older ones are on the chart."""
_SECTIONS = {"naloxone": "naloxone", "buprenorphine": "buprenorphine"}


@dataclass(frozen=True)
class Dose:
    """One dose the reader may know of."""

    given: DoseGiven

    @property
    def name(self) -> str:
        return self.given.medicine.replace("_", " ").capitalize()


@dataclass
class PersonSummary:
    """What the latest signed responses of an episode amount to. Empty where nothing was documented, or where the reader's
    role does not read that section."""

    episode: EpisodeOfCare
    responses: list[Encounter] = field(default_factory=list)
    plan_state: str = ""
    plan_missing: list[str] = field(default_factory=list)
    plan_at: datetime | None = None
    doses: list[Dose] = field(default_factory=list)
    referrals: list[ReferralMade] = field(default_factory=list)

    @property
    def plan_words(self) -> str:
        """The state of the safety plan as staff say it."""
        return self.plan_state.replace("_", " ").capitalize()


def person_summary(staff: Staff, episode: EpisodeOfCare) -> PersonSummary:
    """The summary of an episode for `staff`, the newest response first."""
    matrix = policy.matrix()

    def reads(section: str) -> bool:
        return roles.may(staff.role, "read", section, matrix)

    rows = Encounter.objects.filter(episode=episode, signed_at__isnull=False, voided_at__isnull=True)
    latest = list(
        rows.select_related("programme", "incident", "person").order_by("-signed_at", "-id")[:LATEST]
    )
    found = PersonSummary(episode, sorted(latest, key=t0, reverse=True))
    for response in found.responses:
        facts = pictures.load(response).facts
        if facts.plan_state and not found.plan_state and reads("safety_plan"):
            found.plan_state, found.plan_missing, found.plan_at = (
                facts.plan_state,
                facts.plan_missing,
                t0(response),
            )
        found.doses += [Dose(dose) for dose in reversed(facts.doses) if reads(_section(dose))]
        if reads("referral"):
            found.referrals += [made for made in facts.referrals if made.open]
    return found


def _section(dose: DoseGiven) -> str:
    """The row of the role matrix that governs a dose; a medicine it does not name is read with buprenorphine."""
    return next((row for name, row in _SECTIONS.items() if dose.medicine.startswith(name)), "buprenorphine")
