"""From what was documented to the triggers that start follow-up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from mih.encounters.facts import Facts
from mih.encounters.models import Encounter
from mih.episodes.models import RISK_ORDER
from mih.protocols.policy import Policy
from mih.protocols.triggers import started

REFERRAL = "RF"
_GRAVE = ("moderate", "high")


@dataclass(frozen=True)
class Wanted:
    """A trigger that an encounter's entries start. `occurrence` is the encounter, or for RF the referral."""

    code: str
    occurrence: UUID
    because: str
    appointment_at: datetime | None = None
    about: str = ""


@dataclass(frozen=True)
class Reading:
    """What an encounter asks of follow-up."""

    wanted: list[Wanted]
    tier: str
    """none, low, moderate or high; empty when nobody assessed it."""
    on_hold: bool
    died: bool
    facility: str
    closed: frozenset[UUID] = frozenset()
    """Referrals whose loop is closed: their steps are not asked for any more."""


def read(
    encounter: Encounter, facts: Facts, policies: Mapping[str, Policy], *, destination: str = ""
) -> Reading:
    """Judge `facts` by the policies the encounter pinned."""
    disposition = _disposition(facts.disposition, policies["dispositions"])
    died = disposition.get("group") == "death"
    tier = facts.tier if facts.tier in RISK_ORDER else ""
    return Reading(
        wanted=list(_wanted(encounter, facts, policies["triggers"], disposition, died=died)),
        tier=tier or "",
        on_hold=disposition.get("followup") == "on_hold",
        died=died,
        facility=(destination or disposition.get("label", ""))[:120],
        closed=frozenset(referral.entry for referral in facts.referrals if not referral.open),
    )


def t0(encounter: Encounter) -> datetime:
    """The moment the steps count from: cleared, else on scene (clinical.md §7.2); else signed, so that a response
    without times is still followed."""
    moment = encounter.cleared_at or encounter.on_scene_at or encounter.signed_at
    return moment or encounter.created_at


def _wanted(
    encounter: Encounter, facts: Facts, policy: Policy, disposition: Mapping[str, Any], *, died: bool
) -> Iterator[Wanted]:
    referrals = [referral for referral in facts.referrals if referral.open]
    for trigger in started(_known(facts, disposition, died=died), policy):
        if trigger.code != REFERRAL:
            yield Wanted(trigger.code, encounter.pk, trigger.because)
            continue
        for referral in referrals:
            yield Wanted(
                REFERRAL, referral.entry, trigger.because, referral.appointment_at, referral.partner[:120]
            )


def _known(facts: Facts, disposition: Mapping[str, Any], *, died: bool) -> dict[str, Any]:
    """The facts by the names that the `triggers` policy asks for."""
    return {
        "survived": not died,
        "naloxone_given": any(dose.medicine.startswith("naloxone") for dose in facts.doses),
        "suspected_opioid_overdose": facts.overdose_suspected,
        "buprenorphine_given": any(
            dose.medicine.startswith("buprenorphine") and not dose.before_arrival for dose in facts.doses
        ),
        "tier": facts.tier,
        "low_acuity_mental_health": facts.mental_health and facts.tier not in _GRAVE,
        "referral_sent": any(referral.open for referral in facts.referrals),
        "medical_emergency": facts.medical_emergency,
        "disposition_followup": disposition.get("followup"),
    }


def _disposition(code: str | None, policy: Policy) -> dict[str, Any]:
    if not code or code not in policy:
        return {}
    found = policy[code]
    return found if isinstance(found, dict) else {}
