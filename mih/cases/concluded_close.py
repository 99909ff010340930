"""How one response ended and what was planned, as plain JSON."""

from typing import Any

from mih.cases.local_times import written
from mih.encounters.disposition_codes import Disposition as Ending
from mih.encounters.disposition_codes import disposition, variant_of
from mih.encounters.diversion import diversion
from mih.encounters.models import Disposition
from mih.encounters.onscene_closing import alert_code
from mih.encounters.picture import Picture
from mih.followups.models import ContactDue


def ending(picture: Picture) -> Ending | None:
    """The disposition chosen, in the variant that applies."""
    entry: Disposition | None = picture.one("disposition")
    policy = picture.policies["dispositions"]
    if entry is None or entry.code not in policy:
        return None
    variant = variant_of(entry.code, policy, chosen=entry.variant, against_advice=bool(entry.against_advice))
    return disposition(entry.code, policy, variant=variant)


def how_it_ended(picture: Picture) -> dict[str, Any] | None:
    """The code with its NEMSIS elements (None: nil, not applicable), and where the person really went."""
    chosen, entry = ending(picture), picture.one("disposition")
    if chosen is None or entry is None:
        return None
    return {
        "code": chosen.code,
        "label": chosen.label,
        "group": chosen.group,
        "against_advice": bool(entry.against_advice),
        "destination": entry.destination,
        "arrived_at": written(entry.arrived_at),
        **chosen.nemsis.elements(),
        "eDisposition.24": alert_code(entry, picture.policies["gates"]),
    }


def law(picture: Picture) -> dict[str, Any]:
    """Law enforcement's part in the response."""
    seen = picture.encounter
    return {
        "role": seen.le_role or None,
        "requested": seen.le_requested,
        "cit": seen.le_cit,
        "custody": seen.le_custody or None,
        "arrest": seen.le_custody == "arrest",
    }


def diverted(picture: Picture) -> dict[str, Any]:
    """Whether the emergency department and an arrest were avoided (clinical.md §8, M3 and M4)."""
    found = diversion(picture.encounter, ending(picture))
    return {
        "ed_likely": picture.encounter.incident.ed_likely,
        "ed": found.ed,
        "kind": found.kind,
        "arrest_eligible": found.arrest_eligible,
        "arrest_avoided": found.arrest_avoided,
    }


def in_order(due: ContactDue) -> tuple[bool, float, str]:
    """By target; contacts on hold have none and come last, by the names of their steps."""
    return due.target_at is None, due.target_at.timestamp() if due.target_at else 0, due.label


def contact(due: ContactDue) -> dict[str, Any]:
    """One planned contact."""
    return {
        "steps": due.label,
        "status": due.status,
        "opens": written(due.opens_at),
        "target": written(due.target_at),
        "closes": written(due.closes_at),
        "planned": written(due.planned_at),
        "shifted": due.shifted,
        "owner": due.owner_role,
        "modality": due.modality,
        "risk": due.risk,
        "attempts": due.attempts_count,
        "outcome": due.outcome,
        "escalated": due.escalated_at is not None,
        "why": [reason["sentence"] for reason in due.why],
    }
