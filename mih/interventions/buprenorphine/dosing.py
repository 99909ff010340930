"""Doses of buprenorphine: films, the day's total, reassessment, and how the dose took effect."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations_with_replacement
from typing import Literal

from mih.protocols.policy import Policy

Mg = Decimal | int | float

_MOST_FILMS = 6


def mg(amount: Mg) -> Decimal:
    """Milligrams as a decimal: 0.1 stays 0.1."""
    return amount if isinstance(amount, Decimal) else Decimal(str(amount))


@dataclass(frozen=True, slots=True)
class Films:
    """How many films of each strength make up a dose, the strongest first: `{"8/2": 2}`."""

    counts: Mapping[str, int]
    buprenorphine_mg: Decimal
    naloxone_mg: Decimal

    def __str__(self) -> str:
        return " + ".join(f"{count} x {strength} mg" for strength, count in self.counts.items())


def compose_films(dose_mg: Mg, strengths: Sequence[Mapping[str, Mg]]) -> Films | None:
    """The fewest whole films that make exactly `dose_mg`, of as few strengths as can be; None when none do.

    `strengths`: `{"buprenorphine": mg, "naloxone": mg}` for each film in stock. At most six films make a dose.
    """
    wanted = mg(dose_mg)
    if wanted <= 0:
        return None
    films = sorted(((mg(s["buprenorphine"]), mg(s["naloxone"])) for s in strengths), reverse=True)
    for count in range(1, _MOST_FILMS + 1):
        exact = [
            c for c in combinations_with_replacement(films, count) if sum(film[0] for film in c) == wanted
        ]
        if exact:
            chosen = min(exact, key=lambda c: len(set(c)))
            return Films(
                counts={f"{film[0]:f}/{film[1]:f}": chosen.count(film) for film in dict.fromkeys(chosen)},
                buprenorphine_mg=wanted,
                naloxone_mg=sum((film[1] for film in chosen), Decimal(0)),
            )
    return None


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose as given."""

    at: datetime
    mg: Mg


def day_total(doses: Iterable[Dose], *, at: datetime, policy: Policy) -> Decimal:
    """Milligrams given in the protocol's day that ends at `at`.

    The day is counted back from `at`, so that a dose at 23:40 still counts at 00:20.
    """
    since = at - timedelta(hours=policy["cap_window_hours"])
    return sum((mg(dose.mg) for dose in doses if since < dose.at <= at), Decimal(0))


@dataclass(frozen=True, slots=True)
class Reassessment:
    """When COWS and vital signs were repeated after a dose."""

    minutes: int
    within_window: bool
    state: Literal["early", "in_window", "late"]


def reassessment(dose_time: datetime, reassess_time: datetime, policy: Policy) -> Reassessment:
    """Whole minutes from dose to reassessment, against the protocol's window (both ends count).

    Raises ValueError when the reassessment lies before the dose.
    """
    if reassess_time < dose_time:
        raise ValueError("A reassessment cannot come before the dose. Check both times.")
    minutes = int((reassess_time - dose_time) // timedelta(minutes=1))
    opens, closes = policy["reassess_window_min"]
    state: Literal["early", "in_window", "late"] = (
        "early" if minutes < opens else "late" if minutes > closes else "in_window"
    )
    return Reassessment(minutes=minutes, within_window=state == "in_window", state=state)


def reassess_due(dose_time: datetime, policy: Policy) -> tuple[datetime, datetime]:
    """When to reassess after a dose, and the end of the window."""
    return (
        dose_time + timedelta(minutes=policy["reassess_min"]),
        dose_time + timedelta(minutes=policy["reassess_window_min"][1]),
    )


def precipitated(before: int | None, after: int | None, minutes: float, policy: Policy) -> bool:
    """Whether COWS totals before and after a dose show precipitated withdrawal (alarm `PRECIP_WD`).

    True when COWS rose by the protocol's points, or by a band, within its minutes. An incomplete COWS shows nothing.
    """
    if before is None or after is None or not 0 <= minutes <= policy["precip_within_min"]:
        return False
    rise: int = policy["precip_cows_rise"]
    bands: int = policy["precip_bands_up"]
    return after - before >= rise or cows_band(after, policy) - cows_band(before, policy) >= bands


def cows_band(total: int, policy: Policy) -> int:
    """The band of a COWS total: 0 none or minimal … 4 severe."""
    floors: list[int] = policy["cows_band_floors"]
    return sum(total >= floor for floor in floors) - 1


Outcome = Literal["improved", "same", "worse", "precipitated"]


def outcome(before: int | None, after: int | None, minutes: float, policy: Policy) -> Outcome | None:
    """How the dose took effect by COWS; None when a total is missing."""
    if before is None or after is None:
        return None
    if precipitated(before, after, minutes, policy):
        return "precipitated"
    return "improved" if after < before else "worse" if after > before else "same"


@dataclass(frozen=True, slots=True)
class AwakePoint:
    """Alertness and breathing at one moment. `alert`: GCS 15, or A on AVPU when there is no GCS."""

    at: datetime
    alert: bool | None
    rr: int | None


def awake_minutes(
    points: Iterable[AwakePoint], *, last_naloxone_at: datetime | None, at: datetime, policy: Policy
) -> float | None:
    """Minutes up to `at` of the unbroken run of vital signs that show the person awake and breathing well enough.

    Only sets after the last naloxone count. None when there is no such set; 0.0 when the latest one breaks the run.
    """
    seen = sorted(
        (p for p in points if p.at <= at and (last_naloxone_at is None or p.at >= last_naloxone_at)),
        key=lambda point: point.at,
    )
    known = [point for point in seen if point.alert is not None and point.rr is not None]
    if not known:
        return None
    since: datetime | None = None
    for point in known:
        well = bool(point.alert) and (point.rr or 0) >= policy["reversal_rr_min"]
        since = (since or point.at) if well else None
    return (at - since) / timedelta(minutes=1) if since else 0.0
