"""What an encounter's entries amount to, in the terms that rules ask about.

Apps that share a floor cannot import each other, and need not: each contributes what its entries say, and each rule
reads what it needs. A fact that nobody documented is None or empty, never a guess.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Score:
    """One instrument answered: its total, band and parts."""

    instrument: str
    entry: UUID
    at: datetime | None
    status: str
    total: int | None
    band: str | None
    answers: dict[str, Any]
    flags: tuple[str, ...] = ()
    result: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DoseGiven:
    """One dose of a medicine: `mg`, when, and who gave it (NEMSIS role code), ours or before us."""

    entry: UUID
    medicine: str
    mg: float | None
    at: datetime | None
    given_by: str
    before_arrival: bool
    response: str = ""


@dataclass(frozen=True)
class VitalsSeen:
    """What one set of vital signs says of breathing and alertness. None: not measured."""

    entry: UUID
    at: datetime | None
    rr: int | None = None
    gcs: int | None = None
    acvpu: str | None = None
    spo2: int | None = None


@dataclass(frozen=True)
class ReferralMade:
    """One referral, with the appointment once there is one."""

    entry: UUID
    partner: str
    category: str
    created_at: datetime | None
    appointment_at: datetime | None
    open: bool = True


@dataclass(frozen=True)
class ReportMade:
    """One mandatory report: whom it concerns, and whether time, hotline, reference and reporter stand on record."""

    entry: UUID
    whose: str
    complete: bool


@dataclass(frozen=True)
class ClockDue:
    """Something a crew has to look at by `due`, and at the latest by `latest`: a clock on the tablet.

    `form` is where it is settled; `key` names the clock.
    """

    key: str
    label: str
    due: datetime
    latest: datetime
    form: str


@dataclass
class Facts:
    """Everything known about one encounter, gathered from all its entries."""

    age: int | None = None
    sex: str = ""

    scores: list[Score] = field(default_factory=list)
    screened_tier: str | None = None
    final_tier: str | None = None
    mental_health: bool = False
    homicidal_intent: bool = False
    duty_to_warn_done: bool = False
    duty_to_warn_words: str = ""
    """Who was told, once the duty is done."""
    duty_supervisor: bool = False
    """The supervisor was called about the threat."""
    named_victim: str = ""
    abuse_suspected: bool = False
    abuse_kind: str = ""
    """Of whom: `child`, `vulnerable_adult`."""
    reports: list[ReportMade] = field(default_factory=list)
    minor_basis: str | None = None
    """On what basis a minor is cared for."""
    force_used: bool = False
    clocks: list[ClockDue] = field(default_factory=list)
    """What the crew has to look at by a time, from any app."""
    medical_emergency: bool = False

    vitals_sets: int = 0
    gcs: int | None = None
    hr: int | None = None
    rr: int | None = None
    sbp: int | None = None
    spo2: int | None = None
    acvpu: str | None = None
    glucose_taken: bool = False
    pregnant: bool | None = None
    stroke_positive: bool = False
    well_minutes: int | None = None
    """Minutes from last known well to arrival on scene."""
    abnormal_vitals: bool = False
    """Any value that asked for confirmation or was critical."""
    vitals: list[VitalsSeen] = field(default_factory=list)
    """Every set, oldest first; the fields above hold the latest values."""

    overdose_suspected: bool = False
    overdose_case: bool = False
    """Naloxone that helped: the national opioid overdose case definition, as far as medicines go."""
    doses: list[DoseGiven] = field(default_factory=list)
    opioids: list[str] = field(default_factory=list)
    buprenorphine_considered: bool = False
    induction_verdict: dict[str, Any] | None = None
    buprenorphine_mg: float = 0
    """Given by the team within the protocol's day, this response and earlier ones."""
    reassess_due_at: datetime | None = None
    reassess_until: datetime | None = None
    """When COWS and vital signs are due after the last dose, until somebody has taken them."""
    medical_control_at: datetime | None = None
    kits_left: int = 0
    capacity: str | None = None
    refusal: bool = False
    supervisor: str = ""
    """The supervisor's part in how it ended: the note, or who was told about the refusal."""

    plan_required: bool = False
    plan_state: str | None = None
    plan_missing: list[str] = field(default_factory=list)
    plan_refused: bool = False
    referrals: list[ReferralMade] = field(default_factory=list)
    disposition: str | None = None
    consents: list[str] = field(default_factory=list)

    @property
    def abuse_report_done(self) -> bool:
        """Every report begun is complete, and one of them concerns whoever is thought to be harmed."""
        fitting = [report for report in self.reports if self.abuse_kind in ("", report.whose)]
        return bool(fitting) and all(report.complete for report in self.reports)

    @property
    def tier(self) -> str | None:
        """The tier that counts: the clinician's formulation when there is one, else the screen's."""
        return self.final_tier or self.screened_tier

    def of(self, instrument: str) -> list[Score]:
        """Complete scores of one instrument, oldest first."""
        found = [
            score
            for score in self.scores
            if score.instrument == instrument and (score.total is not None or score.band is not None)
        ]
        return sorted(found, key=lambda score: (score.at is None, score.at))

    def given(self, medicine: str) -> list[DoseGiven]:
        """Doses of one medicine, oldest first."""
        found = [dose for dose in self.doses if dose.medicine == medicine]
        return sorted(found, key=lambda dose: (dose.at is None, dose.at))
