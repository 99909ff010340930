"""What the stories of overdose and withdrawal share: woken by naloxone, asked, dosed, supplied, refusing."""

from typing import Any

from mih.audit.context import acting
from mih.config.demo.response import Response
from mih.config.demo.stories.parts import NO_THOUGHTS, arrive, medical, thoughts, vitals
from mih.core import clock
from mih.interventions.services import witnesses

GIVERS = {"fire": "Engine crew", "lay": "A bystander", "police": "An officer", "family": "A relative"}
WITHDRAWAL = "2322122110"  # after the pulse: sweating to gooseflesh
EASED = "1010011010"


def awake(r: Response, *, giver: str, sprays: int, opioid: str, hr: int) -> None:
    """Arrived to find somebody woken by naloxone that others gave."""
    arrive(r, drive=8)
    for spray in range(sprays):
        last = spray == sprays - 1
        r.fill(
            14 + spray,
            "naloxone",
            when=4 + 3 * spray,
            medicine="naloxone_nasal_4",
            dose_mg=4,
            route="IN",
            given_by=giver,
            before_arrival=True,
            rr_before=6 + 2 * spray,
            opioid=opioid,
            response="improved" if last else "unchanged",
            rr_after=14 if last else None,
        )
    vitals(r, 16, hr=hr)
    thoughts(r, 24, NO_THOUGHTS, by=r.call.crew[1])
    medical(
        r,
        26,
        "Opioid overdose, woke after naloxone",
        "overdose_opioid",
        suspected_opioid_overdose=True,
        substances=[{"substance": opioid, "route": "smoked", "amount": "", "last_used": r.wall(-10)}],
        pupils="pinpoint",
    )


def ask_about_start(r: Response, minute: float, *, opioid: str = "fentanyl", **more: Any) -> None:
    """What the protocol asks before a first dose; approved by medical control and agreed to."""
    values: dict[str, Any] = {
        "wants_treatment": True,
        "opioid": opioid,
        "use_route": "smoked",
        "last_use_at": r.iso(-12),
        "opioid_dependent": True,
        "first_opioid_use": False,
        "methadone": "never",
        "already_on_bup_today": False,
        "alcohol_today": False,
        "sedatives_today": False,
        "pregnant": "not_applicable" if r.person and r.person.sex == "male" else "no",
        "liver_disease": False,
        "allergy": False,
        "severe_illness": False,
        "awake_since": r.iso(10),
        "capacity": True,
        "order_physician": "Dr. Field",
        "order_kind": "online",
        "order_answer": "approved",
        "order_id": f"MC-{r.wall(minute).replace(':', '')}",
        "order_at": r.iso(minute - 1),
        "consent_verbal": True,
        "consent_written": True,
        "consent_at": r.iso(minute),
        "consent_signature": r.signature(),
    }
    r.fill(minute, "induction", **{**values, **more})


def give(r: Response, minute: float, *, witness: str) -> None:
    """Sixteen milligrams under the tongue: two films, two people."""
    second = r.city.staff[witness]
    dose = r.fill(
        minute,
        "buprenorphine_dose",
        mg=16,
        films=[{"strength": "8/2", "count": "2", "lot": r.city.lots["film_8_2"].number}],
        witness=str(second.pk),
        dissolved=True,
        vomited=False,
    )
    at = r.at(minute + 1)
    with clock.fixed(at), acting(second):
        witnesses.sign_own(dose=dose, act="dose", by=second, at=at)


def leave_kit(
    r: Response, minute: float, *, by: str | None = None, lot: str = "kit", strips: bool = True
) -> None:
    """A naloxone kit with training, and test strips."""
    left: dict[str, Any] = {"recipient": "patient", "trained": True}
    r.fill(
        minute, "kit_left", by=by, item="naloxone_kit", quantity=1, lot=r.lot(lot), teach_back=True, **left
    )
    if strips:
        r.fill(minute + 1, "kit_left", by=by, item="fentanyl_strips", quantity=5, lot=r.lot("strips"), **left)


def refuse(r: Response, minute: float, *, stays_with: str, what: str = "transport") -> None:
    """A refusal with capacity, after medical control was called."""
    witness = r.city.staff[r.call.crew[1]].display_name
    r.fill(
        minute,
        "refusal",
        refuses=[what],
        understands=True,
        appreciates=True,
        reasons=True,
        expresses_choice=True,
        how_assessed="Repeated risks and choices in own words",
        orientation=4,
        suicidal=False,
        intoxicated=False,
        language_ok=True,
        risks_told=True,
        risks="Naloxone wears off; the overdose may come back; death",
        alternatives=True,
        plan=f"Stays with {stays_with}, who has the kit",
        return_instructions=True,
        medical_control="Dr. Field",
        medical_control_at=r.iso(minute - 4),
        signature=r.signature(),
        witness=witness,
        witness_signature=r.signature(witness),
    )
    r.act_on(minute + 1, "REFUSAL_AFTER_NALOXONE", "Dr. Field spoke with the crew and agrees")


def agree_to_share(r: Response, minute: float, *, by: str) -> None:
    """A consent for treatment, payment and operations under 42 CFR Part 2."""
    r.fill(
        minute,
        "consent",
        by=by,
        kind="part2_tpo",
        discloser="City Mobile Integrated Healthcare",
        description="My substance use treatment records, including this response",
        recipients="My treating providers, health plans, third-party payers, and people helping to operate this program",
        purpose="For treatment, payment, and health care operations",
        revocation_told=True,
        redisclosure_told=True,
        refusal_told=True,
        expiry="none",
        consented_at=r.iso(minute),
        signature=r.signature(),
    )
