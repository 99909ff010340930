"""What is known about a person when a dose of buprenorphine is considered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mih.interventions.buprenorphine.dosing import Mg

Elapsed = float | Literal["never", "unknown"] | None
"""Hours since something was taken; never; asked but not known; None when not asked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InductionFacts:
    """What is known when a dose is considered. None always means: not asked or not measured yet.

    `cows_answers` holds the points of each COWS item. `awake_minutes` counts, after naloxone, how long the person has
    been fully awake and breathing at the rate the protocol asks for. `given_mg` is what this team has given within the
    protocol's day; `already_on_bup_today` speaks of buprenorphine taken from anybody else.
    """

    giver_role: str
    age: int | None = None
    minor_consent_basis: str | None = None
    cows_total: int | None = None
    cows_answers: Mapping[str, int | None] | None = None
    gcs: int | None = None
    rr: int | None = None
    spo2: int | None = None
    capacity: bool | None = None
    treatment_consent: bool | None = None
    order_id: str | None = None
    order_physician: str | None = None
    order_denied: bool = False
    hours_since_methadone: Elapsed = None
    hours_since_short_acting: Elapsed = None
    opioid: str | None = None
    naloxone_given: bool | None = None
    awake_minutes: float | None = None
    allergy: bool | None = None
    opioid_dependent: bool | None = None
    already_on_bup_today: bool | None = None
    severe_illness: bool | None = None
    pregnant: bool | None = None
    liver_disease: bool | None = None
    sedatives_today: bool | None = None
    first_opioid_use: bool | None = None
    given_mg: Mg = 0
    requested_mg: Mg | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeFacts:
    """What is known of further daily doses. `planned_days` None or 0: nobody planned any. `days_since_start`: calendar
    days since the first day's dose."""

    planned_days: int | None = None
    daily_mg: Mg | None = None
    given_days: int = 0
    given_today: bool = False
    days_since_start: int = 0
    prescriber_linked: bool | None = None
    agreed: bool | None = None
