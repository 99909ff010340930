"""What the system concluded of one response, as plain JSON: for the practice player, for review and for research.

Everything here is computed elsewhere; this only gathers it under one roof.
"""

import itertools
from datetime import datetime
from typing import Any

from mih.accounts.models import Staff
from mih.cases.reaching import reaching
from mih.core import clock
from mih.encounters.disposition_codes import disposition, variants
from mih.encounters.models import Disposition, Encounter
from mih.encounters.picture import Picture, load
from mih.encounters.services.signing import review
from mih.encounters.values import as_json
from mih.followups.models import ContactDue
from mih.interventions.models import BuprenorphineDose
from mih.interventions.standing import effect, timed_doses
from mih.referrals.selectors import referral_progress


def conclusions(encounter: Encounter, *, reader: Staff) -> dict[str, Any]:
    """Scores, alarms, eligibility, plan, gates, disposition codes, intervals, follow-up and referrals of a response.

    Times are local with their offset; intervals are whole minutes.
    """
    picture = load(encounter)
    facts = picture.facts
    found = review(picture, by=reader)
    contacts = _contacts(encounter)
    return {
        "encounter": str(encounter.pk),
        "episode": str(encounter.episode_id) if encounter.episode_id else None,
        "signed": encounter.is_signed,
        "signed_by": encounter.signed_by.display_name if encounter.signed_by else None,
        "scores": [_score(score) for score in facts.scores],
        "tier": {"screened": facts.screened_tier, "final": facts.final_tier, "counts": facts.tier},
        "alarms": [
            {
                "code": alarm.code,
                "level": alarm.level,
                "acknowledged": alarm.acknowledged_at is not None,
                "message": alarm.message,
            }
            for alarm in picture.alarms
        ],
        "vitals": _vitals(picture),
        "eligibility": facts.induction_verdict,
        "medication": _medication(picture),
        "safety_plan": {
            "required": facts.plan_required,
            "state": facts.plan_state,
            "missing": facts.plan_missing,
        },
        "capacity": facts.capacity,
        "gates": [
            {"code": gap.code, "form": gap.form, "field": gap.field, "sentence": gap.sentence}
            for gap in found.blocking
        ],
        "disposition": _disposition(picture),
        "consents": facts.consents,
        "intervals": _intervals(encounter),
        "follow_up": [_contact(contact) for contact in contacts],
        "reaching": reaching(contacts[0], caller=reader) if contacts else None,
        "referrals": [referral_progress(made.entry) for made in facts.referrals],
        "entries": [
            {
                "form": key,
                "status": getattr(entry, "status", None),
                "cosigned_at": _local(getattr(entry, "cosigned_at", None)),
            }
            for key, entry in picture.entries
        ],
    }


def _score(score: Any) -> dict[str, Any]:
    return {
        "instrument": score.instrument,
        "at": _local(score.at),
        "status": score.status,
        "total": score.total,
        "band": score.band,
        "flags": list(score.flags),
        **{key: score.result[key] for key in ("parts", "scales", "objective_signs") if key in score.result},
    }


def _vitals(picture: Picture) -> list[dict[str, Any]]:
    return [
        {"at": _local(entry.happened_at), "gcs": entry.gcs_total, "news2": entry.news2}
        for entry in picture.all("vitals")
    ]


def _medication(picture: Picture) -> dict[str, Any]:
    facts = picture.facts
    naloxone = facts.given("naloxone")
    films = facts.given("buprenorphine")
    times = [dose.at for dose in naloxone if dose.at]
    return {
        "naloxone_mg": sum(dose.mg or 0 for dose in naloxone),
        "naloxone_doses": len(naloxone),
        "naloxone_intervals_min": [round((b - a).total_seconds() / 60) for a, b in itertools.pairwise(times)],
        "naloxone_given_by": [
            {"by": dose.given_by, "prior": dose.before_arrival, "response": dose.response}
            for dose in naloxone
        ],
        "buprenorphine_mg": sum(dose.mg or 0 for dose in films),
        "buprenorphine_doses": len(films),
        "doses": [_dose(picture, dose) for dose in timed_doses(picture)],
        "medical_control_at": _local(facts.medical_control_at),
    }


def _dose(picture: Picture, dose: BuprenorphineDose) -> dict[str, Any]:
    """One dose, and what the COWS before and after it show."""
    seen = effect(picture, picture.facts, dose) or {}
    return {
        "at": _local(dose.happened_at),
        "mg": as_json(dose.mg),
        "films": dose.films,
        "reassessed_after_min": seen.get("minutes"),
        "reassessed_in_window": seen.get("within_window"),
        "cows_change": seen.get("change"),
        "precipitated": seen.get("precipitated", False),
    }


def _disposition(picture: Picture) -> dict[str, Any] | None:
    entry: Disposition | None = picture.one("disposition")
    if entry is None or not entry.code:
        return None
    policy = picture.policies["dispositions"]
    variant = "ama" if entry.against_advice and "ama" in variants(entry.code, policy) else None
    chosen = disposition(entry.code, policy, variant=variant)
    return {"code": entry.code, "against_advice": bool(entry.against_advice), **chosen.nemsis.elements()}


def _intervals(encounter: Encounter) -> dict[str, int | None]:
    """Whole minutes: call to on scene, notified to on scene, scene time (clinical.md §8 M1, M2)."""
    on_scene = encounter.on_scene_at
    return {
        "call_to_on_scene": _minutes(encounter.incident.called_at, on_scene),
        "notified_to_on_scene": _minutes(encounter.notified_at, on_scene),
        "scene": _minutes(on_scene, encounter.left_scene_at or encounter.cleared_at),
    }


def _minutes(start: datetime | None, end: datetime | None) -> int | None:
    return int((end - start).total_seconds() // 60) if start and end else None


def _contacts(encounter: Encounter) -> list[ContactDue]:
    return list(ContactDue.objects.filter(encounter=encounter).order_by("target_at", "created_at"))


def _contact(contact: ContactDue) -> dict[str, Any]:
    return {
        "steps": contact.label,
        "status": contact.status,
        "opens": _local(contact.opens_at),
        "target": _local(contact.target_at),
        "closes": _local(contact.closes_at),
        "planned": _local(contact.planned_at),
        "shifted": contact.shifted,
        "owner": contact.owner_role,
        "modality": contact.modality,
        "risk": contact.risk,
        "attempts": contact.attempts_count,
        "outcome": contact.outcome,
        "escalated": contact.escalated_at is not None,
        "why": [reason["sentence"] for reason in contact.why],
    }


def _local(at: datetime | None) -> str | None:
    return clock.local(at).isoformat() if at else None
