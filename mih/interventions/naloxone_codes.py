"""One dose of naloxone, and the NEMSIS 3.5.1 codes of who gave it, how, and what it did."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

NEMSIS_YES, NEMSIS_NO = "9923003", "9923001"

RESPONSES = {"improved": "9916001", "unchanged": "9916003", "worse": "9916005"}
"""eMedications.07, NEMSIS 3.5.1."""

AUTHORISATIONS = {
    "online": "9918001",
    "on_scene": "9918003",
    "standing_order": "9918005",
    "written_order": "9918007",
}
"""eMedications.11, NEMSIS 3.5.1."""

ROUTES = {"IN": "9927017", "SL": "9927047", "IM": "9927015", "IV": "9927023"}
"""eMedications.04, NEMSIS 3.5.1."""


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave a dose. `own_unit`: one of this encounter's crew. `nemsis_role`: eMedications.10, NEMSIS 3.5.1."""

    code: str
    label: str
    nemsis_role: str
    own_unit: bool


GIVERS = {
    giver.code: giver
    for giver in (
        Giver("our_paramedic", "Our paramedic", "9905007", own_unit=True),
        Giver("our_clinician", "Our clinician or navigator", "9905019", own_unit=True),
        Giver("our_peer", "Our peer specialist", "9905021", own_unit=True),
        Giver("other_paramedic", "Paramedic of another unit", "9905007", own_unit=False),
        Giver("other_emt", "EMT of another unit", "9905005", own_unit=False),
        Giver("fire", "Fire crew", "9905051", own_unit=False),
        Giver("police", "Police", "9905047", own_unit=False),
        Giver("family", "Family", "9905049", own_unit=False),
        Giver("lay", "Bystander", "9905045", own_unit=False),
        Giver("patient", "The person themselves", "9905043", own_unit=False),
        Giver("nurse", "Nurse", "9905041", own_unit=False),
        Giver("physician", "Physician", "9905025", own_unit=False),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NaloxoneDose:
    """One dose, by anybody. `given_by` is a key of `GIVERS`, `response` one of `RESPONSES`; None: not recorded."""

    dose_mg: Decimal | float | None = None
    at: datetime | None = None
    route: str | None = None
    given_by: str | None = None
    before_arrival: bool | None = None
    response: str | None = None
    rxnorm: str | None = "7242"
    rr_before: int | None = None
    rr_after: int | None = None


@dataclass(frozen=True, slots=True)
class NemsisDose:
    """The NEMSIS codes of one dose: .02 before this unit's care, .04 route, .07 response, .10 role. None: not recorded."""

    prior: str | None
    route: str | None
    response: str | None
    role: str | None


def nemsis(dose: NaloxoneDose) -> NemsisDose:
    """The codes of `dose`. A dose by somebody outside the crew counts as before this unit's care unless said otherwise.

    Raises KeyError for a giver, route or response outside the lists.
    """
    giver = GIVERS[dose.given_by] if dose.given_by else None
    prior = dose.before_arrival if dose.before_arrival is not None else (giver and not giver.own_unit)
    return NemsisDose(
        prior=None if prior is None else NEMSIS_YES if prior else NEMSIS_NO,
        route=ROUTES[dose.route] if dose.route else None,
        response=RESPONSES[dose.response] if dose.response else None,
        role=giver.nemsis_role if giver else None,
    )
