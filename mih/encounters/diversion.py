"""Whether a response kept somebody out of the emergency department or out of jail (clinical.md §8, M3 and M4)."""

from dataclasses import dataclass
from typing import Literal

from mih.encounters.disposition_codes import Disposition
from mih.encounters.models import Encounter

CRISIS_CENTRE = "crisis_centre_diversion"
_OUTSIDE = ("death", "no_contact")
_TO_A_CRISIS_CENTRE = ("crisis_centre_transport", "crisis_centre_police_transport")


@dataclass(frozen=True, slots=True)
class Diversion:
    """What counts.

    `ed`: avoided, went, or not_counted, which is every response whose intake never expected the emergency department,
    and every refusal and death. `kind`: a diversion with a name of its own. `arrest_eligible`: law enforcement was
    asked for, co-responded, took custody or was diverted from; only then can an arrest be avoided.
    """

    ed: Literal["avoided", "went", "not_counted"]
    kind: str | None
    arrest_eligible: bool
    arrested: bool

    @property
    def arrest_avoided(self) -> bool:
        return self.arrest_eligible and not self.arrested


def diversion(encounter: Encounter, chosen: Disposition | None) -> Diversion:
    """How `encounter` counts, once it ended as `chosen`; before that nothing is avoided yet."""
    arrested = encounter.le_custody == "arrest" or bool(chosen and chosen.code == "police_custody_arrest")
    eligible = (
        bool(encounter.le_requested)
        or encounter.le_role in ("co_response", "custody")
        or encounter.incident.diverted_from == "police"
    )
    return Diversion(
        ed=_ed(encounter, chosen),
        kind=CRISIS_CENTRE if chosen and chosen.code in _TO_A_CRISIS_CENTRE else None,
        arrest_eligible=eligible and chosen is not None,
        arrested=arrested,
    )


def _ed(encounter: Encounter, chosen: Disposition | None) -> Literal["avoided", "went", "not_counted"]:
    if chosen is None or chosen.refusal or chosen.group in _OUTSIDE or not encounter.incident.ed_likely:
        return "not_counted"
    return "went" if chosen.group == "ed" else "avoided"
