"""From what was documented to the triggers that start follow-up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from mih.encounters.gist import Gist
from mih.encounters.models import Encounter
from mih.episodes.models import RISK_ORDER
from mih.followups.cadence import Cadence
from mih.protocols.policy import Policy
from mih.protocols.triggers import Started, started

REFERRAL = "RF"
_GRAVE = ("moderate", "high")
_MOST = 64
"""Cadences that a process keeps at hand."""


class Wanted(NamedTuple):
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


class Rules:
    """The policies that some responses pinned, with what was concluded from them: that is asked again and again."""

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self._policies = policies
        self._concluded: dict[tuple[Any, ...], tuple[dict[str, Any], list[Started]]] = {}

    @cached_property
    def cadence(self) -> Cadence:
        return _cadence(self._policies["followup_cadence"])

    def read(self, encounter: UUID, gist: Gist) -> Reading:
        """Judge what a response says by them."""
        disposition, found = self._conclude(gist)
        return Reading(
            wanted=list(_wanted(encounter, gist, found)),
            tier=gist.tier if gist.tier in RISK_ORDER else "",
            on_hold=disposition.get("followup") == "on_hold",
            died=disposition.get("group") == "death",
            facility=(gist.destination or disposition.get("label", ""))[:120],
            closed=frozenset(referral.entry for referral in gist.referrals if not referral.open),
        )

    def _conclude(self, gist: Gist) -> tuple[dict[str, Any], list[Started]]:
        refers = any(referral.open for referral in gist.referrals)
        key = (
            gist.disposition,
            gist.tier,
            gist.mental_health,
            gist.overdose_suspected,
            gist.medical_emergency,
            gist.medicines,
            refers,
        )
        if key not in self._concluded:
            disposition = _disposition(gist.disposition, self._policies["dispositions"])
            known = _known(gist, disposition, refers=refers)
            self._concluded[key] = disposition, started(known, self._policies["triggers"])
        return self._concluded[key]


_cadences: dict[int, tuple[Policy, Cadence]] = {}


def _cadence(policy: Policy) -> Cadence:
    """The cadence of a policy, made once as long as it is the same object: policies are kept by the process too."""
    found = _cadences.get(id(policy))
    if found is None or found[0] is not policy:
        if len(_cadences) >= _MOST:
            _cadences.clear()
        found = _cadences[id(policy)] = policy, Cadence.from_policy(policy)
    return found[1]


MOMENTS = ("cleared_at", "on_scene_at", "signed_at", "created_at")
"""The times of a response by which it counts: cleared, else on scene (clinical.md §7.2); else signed, so that a response
without times is still followed."""


def t0(encounter: Encounter) -> datetime:
    """The moment the steps count from: the first of `MOMENTS` that is known."""
    found: datetime = next(filter(None, attrgetter(*MOMENTS)(encounter)))
    return found


def _wanted(encounter: UUID, gist: Gist, found: Iterable[Started]) -> Iterator[Wanted]:
    for trigger in found:
        if trigger.code != REFERRAL:
            yield Wanted(trigger.code, encounter, trigger.because)
            continue
        for referral in gist.referrals:
            if referral.open:
                yield Wanted(
                    REFERRAL, referral.entry, trigger.because, referral.appointment_at, referral.partner[:120]
                )


def _known(gist: Gist, disposition: Mapping[str, Any], *, refers: bool) -> dict[str, Any]:
    """The facts by the names that the `triggers` policy asks for."""
    return {
        "survived": disposition.get("group") != "death",
        "naloxone_given": any(medicine.startswith("naloxone") for medicine, _ in gist.medicines),
        "suspected_opioid_overdose": gist.overdose_suspected,
        "buprenorphine_given": any(
            medicine.startswith("buprenorphine") and not before for medicine, before in gist.medicines
        ),
        "tier": gist.tier,
        "low_acuity_mental_health": gist.mental_health and gist.tier not in _GRAVE,
        "referral_sent": refers,
        "medical_emergency": gist.medical_emergency,
        "disposition_followup": disposition.get("followup"),
    }


def _disposition(code: str | None, policy: Policy) -> dict[str, Any]:
    if not code or code not in policy:
        return {}
    found = policy[code]
    return found if isinstance(found, dict) else {}
