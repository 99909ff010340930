"""Naloxone as pure rules: totals, intervals, who gave it, what to watch for, and what may be left behind (clinical.md §3)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from mih.interventions.naloxone_codes import GIVERS, RESPONSES, NaloxoneDose, NemsisDose, nemsis
from mih.protocols.policy import Policy
from mih.protocols.reasons import Reason

__all__ = [
    "GIVERS",
    "NOSTRILS",
    "RESPONSES",
    "AfterNaloxone",
    "NaloxoneDose",
    "NemsisDose",
    "Observation",
    "Summary",
    "kit_issue",
    "nemsis",
    "next_nostril",
    "observation",
    "overdose_case",
    "refusal_after_naloxone",
    "resedation_watch",
    "same_nostril",
    "strip_issue",
    "summary",
]


NOSTRILS = ("left_nostril", "right_nostril")
"""The label asks for a new device in the other nostril each time (clinical.md §3)."""


@dataclass(frozen=True, slots=True)
class Summary:
    """All naloxone of one encounter. `total_mg` is None while any dose has no amount: a partial sum would mislead."""

    count: int
    total_mg: Decimal | None
    intervals_min: tuple[float, ...]
    warnings: tuple[Reason, ...]

    @property
    def given(self) -> bool:
        """Whether anybody gave any; alarm `OD_REVERSAL` when the person survived."""
        return self.count > 0


def summary(doses: Iterable[NaloxoneDose], policy: Policy) -> Summary:
    """Count, total, and the minutes between doses in the order given, with a warning where they lie too close."""
    given = list(doses)
    times = sorted(dose.at for dose in given if dose.at is not None)
    intervals = tuple((later - sooner) / timedelta(minutes=1) for sooner, later in pairwise(times))
    least = policy["repeat_interval_warn_min"]
    warnings = [
        Reason(
            "INTERVAL_SHORT",
            "caution",
            f"Two doses lie {interval:g} minutes apart; {least} or more are expected.",
            "Check both times. Naloxone takes 2 to 3 minutes to act; support breathing meanwhile.",
            blocks=False,
        )
        for interval in intervals
        if interval < least
    ]
    amounts = [Decimal(str(dose.dose_mg)) for dose in given if dose.dose_mg is not None]
    if len(amounts) < len(given):
        warnings.append(
            Reason(
                "DOSE_MISSING",
                "missing",
                "A dose has no amount.",
                "Enter the milligrams given.",
                blocks=False,
            )
        )
    if len(times) < len(given):
        warnings.append(
            Reason(
                "TIME_MISSING",
                "missing",
                "A dose has no time.",
                "Enter the time, even an estimate.",
                blocks=False,
            )
        )
    return Summary(
        count=len(given),
        total_mg=sum(amounts, Decimal(0)) if len(amounts) == len(given) else None,
        intervals_min=intervals,
        warnings=tuple(warnings),
    )


def same_nostril(sites: Sequence[str]) -> str:
    """The nostril that two sprays in a row went into, of sites in order of time; empty when they alternate."""
    nostrils = [site for site in sites if site in NOSTRILS]
    return next((later for sooner, later in pairwise(nostrils) if sooner == later), "")


def next_nostril(sites: Sequence[str]) -> str:
    """The nostril for a further spray: the other one than the last; empty when none is known."""
    nostrils = [site for site in sites if site in NOSTRILS]
    return NOSTRILS[1 - NOSTRILS.index(nostrils[-1])] if nostrils else ""


def resedation_watch(
    doses: Iterable[NaloxoneDose],
    *,
    opioids: Iterable[str] = (),
    rr_series: Sequence[int] = (),
    policy: Policy,
) -> tuple[Reason, ...]:
    """Why the person must be watched for re-sedation (alarm `RESEDATION_WATCH`); empty without naloxone.

    `opioids`: codes of what was taken. `rr_series`: respiratory rates after the last dose, in order of time.
    """
    count = len(list(doses))
    if not count:
        return ()
    watch = "Stay with the person and repeat vital signs; breathing may slow again as naloxone wears off."
    found = []
    if set(opioids) & set(policy["long_acting_opioids"]):
        found.append(Reason("LONG_ACTING_OPIOID", "caution", "A longer-acting opioid was taken.", watch))
    if count > policy["resedation_doses_over"]:
        found.append(Reason("MANY_DOSES", "caution", f"{count} doses of naloxone were needed.", watch))
    highest_fall = max((max(rr_series[: i + 1]) - rate for i, rate in enumerate(rr_series)), default=0)
    if highest_fall >= policy["resedation_rr_fall"]:
        found.append(
            Reason(
                "RR_FALLING",
                "caution",
                f"Respiratory rate has fallen by {highest_fall} since naloxone.",
                watch,
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Observation:
    """How long the person was watched after the last dose."""

    minutes: int
    enough: bool
    least: int


def observation(last_dose_at: datetime, until: datetime, policy: Policy) -> Observation:
    """Whole minutes watched, against the policy. Raises ValueError when `until` lies before the dose."""
    if until < last_dose_at:
        raise ValueError("Observation cannot end before the dose. Check both times.")
    minutes = int((until - last_dose_at) // timedelta(minutes=1))
    least: int = policy["observation_min"]
    return Observation(minutes=minutes, enough=minutes >= least, least=least)


@dataclass(frozen=True, slots=True)
class AfterNaloxone:
    """What a refusal after naloxone raises. `satisfied`: nothing more is asked for."""

    alarm: Literal["REFUSAL_AFTER_NALOXONE"] | None
    satisfied: bool
    allowed: bool
    sentence: str


def refusal_after_naloxone(
    *,
    naloxone_given: bool,
    refused: bool,
    medical_control: bool,
    policy_exemption: bool = False,
    policy: Policy,
) -> AfterNaloxone:
    """The verdict on a refusal of transport after naloxone by anybody.

    It needs contact with medical control, or a documented exemption from policy; some programmes do not allow it.
    """
    if not (naloxone_given and refused):
        return AfterNaloxone(None, satisfied=True, allowed=True, sentence="")
    if not policy["refusal_allowed"]:
        return AfterNaloxone(
            "REFUSAL_AFTER_NALOXONE",
            satisfied=False,
            allowed=False,
            sentence="This program does not accept a refusal after naloxone. Call medical control and transport.",
        )
    if not policy["refusal_needs_medical_control"] or medical_control or policy_exemption:
        return AfterNaloxone(
            "REFUSAL_AFTER_NALOXONE",
            satisfied=True,
            allowed=True,
            sentence="Refusal after naloxone: medical control or the policy exemption is on record.",
        )
    return AfterNaloxone(
        "REFUSAL_AFTER_NALOXONE",
        satisfied=False,
        allowed=True,
        sentence="Refusal after naloxone: contact medical control, or document the policy exemption.",
    )


def overdose_case(doses: Iterable[NaloxoneDose], impressions: Iterable[str], policy: Policy) -> bool:
    """Whether the encounter meets the national opioid overdose case definition: naloxone that helped, or an impression."""
    helped = any(
        dose.rxnorm in policy["od_case_rxnorm"]
        and dose.response is not None
        and RESPONSES[dose.response] == policy["od_case_response"]
        for dose in doses
    )
    pattern = re.compile(policy["od_case_impressions"])
    return helped or any(pattern.match(code) for code in impressions)


def kit_issue(expires: date | None, *, on: date, policy: Policy) -> Reason | None:
    """What speaks against handing out a kit: expired blocks (alarm `KIT_EXPIRED`), soon to expire warns.

    A kit is good through its expiry date.
    """
    if expires is None:
        return Reason(
            "KIT_EXPIRY_MISSING",
            "missing",
            "The kit's expiry is not recorded.",
            "Read it off the box.",
            blocks=True,
        )
    left = (expires - on).days
    if left < 0:
        return Reason(
            "KIT_EXPIRED",
            "hard",
            f"The kit expired on {expires:%Y-%m-%d}.",
            "Do not hand it out. Take another lot.",
        )
    if left <= policy["kit_expiry_warn_days"]:
        return Reason(
            "KIT_EXPIRES_SOON",
            "caution",
            f"The kit expires on {expires:%Y-%m-%d}, in {left} days.",
            "Take a later lot if there is one, and tell the person the date.",
            blocks=False,
        )
    return None


def strip_issue(kind: str, policy: Policy) -> Reason | None:
    """What speaks against handing out test strips of `kind`."""
    if policy["strips"].get(kind):
        return None
    return Reason(
        "STRIP_NOT_ALLOWED",
        "hard",
        f"{kind.capitalize()} test strips are not cleared for this programme.",
        "Do not hand them out; ask the program manager about the legal check.",
    )
