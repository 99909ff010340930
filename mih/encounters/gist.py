"""What follow-up asks of a response, in brief.

Whoever signs has every entry in memory. The planner, which may have ten thousand responses to plan, must not read and
score them all again: signing leaves this with the response, and planning takes it away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mih.encounters.facts import Facts, ReferralMade
from mih.encounters.picture import Picture


@dataclass(frozen=True, slots=True)
class Gist:
    """The facts that may start follow-up, and where the person was taken.

    `medicines` names each medicine given, with whether it was given before arrival; `tier` is the one that counts.
    """

    disposition: str | None
    destination: str
    tier: str | None
    mental_health: bool
    overdose_suspected: bool
    medical_emergency: bool
    medicines: tuple[tuple[str, bool], ...]
    referrals: tuple[ReferralMade, ...]


def of_facts(facts: Facts, *, destination: str = "") -> Gist:
    """The gist of facts already gathered."""
    return Gist(
        facts.disposition,
        destination,
        facts.tier,
        facts.mental_health,
        facts.overdose_suspected,
        facts.medical_emergency,
        tuple(dict.fromkeys((dose.medicine, dose.before_arrival) for dose in facts.doses)),
        tuple(facts.referrals),
    )


def of_picture(picture: Picture) -> Gist:
    """The gist of a response with everything in it."""
    entry = picture.one("disposition")
    return of_facts(picture.facts, destination=entry.destination if entry else "")


def as_json(gist: Gist) -> dict[str, Any]:
    """The gist as it is kept with a response."""
    return {
        "disposition": gist.disposition,
        "destination": gist.destination,
        "tier": gist.tier,
        "mental_health": gist.mental_health,
        "overdose_suspected": gist.overdose_suspected,
        "medical_emergency": gist.medical_emergency,
        "medicines": [list(each) for each in gist.medicines],
        "referrals": [
            {
                "entry": str(each.entry),
                "partner": each.partner,
                "category": each.category,
                "created_at": each.created_at.isoformat() if each.created_at else None,
                "appointment_at": each.appointment_at.isoformat() if each.appointment_at else None,
                "open": each.open,
            }
            for each in gist.referrals
        ],
    }


def from_json(kept: Mapping[str, Any]) -> Gist:
    """What `as_json` was made from."""
    return Gist(
        kept["disposition"],
        kept["destination"],
        kept["tier"],
        kept["mental_health"],
        kept["overdose_suspected"],
        kept["medical_emergency"],
        tuple((medicine, before) for medicine, before in kept["medicines"]),
        tuple(
            ReferralMade(
                UUID(each["entry"]),
                each["partner"],
                each["category"],
                _moment(each["created_at"]),
                _moment(each["appointment_at"]),
                each["open"],
            )
            for each in kept["referrals"]
        ),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
