"""Moderate and high suicide risk: safety plans, transport to a crisis center, custody, and staying with safeguards."""

from dataclasses import dataclass
from typing import Any

from mih.config.demo.response import Response
from mih.config.demo.stories.parts import HIGH, MODERATE, arrive, close, refer, sheet, thoughts, vitals

ASSESSED: dict[str, Any] = {
    "homicidal_intent": False,
    "abuse_suspected": "none",
    "mse_appearance": "appropriate",
    "mse_behavior": "cooperative",
    "mse_mood": "depressed",
    "mse_affect": "tearful",
    "mse_thought": "logical",
    "mse_perception": "none",
    "mse_insight": "fair",
    "mse_orientation": ["person", "place", "time", "event"],
}


@dataclass(frozen=True)
class Plan:
    """The person's own words for the six steps; `means` are rows of (kind, what, action, verifier)."""

    signs: tuple[str, ...]
    alone: tuple[str, ...]
    people: tuple[str, ...]
    places: tuple[str, ...]
    helpers: tuple[tuple[str, str, str], ...]
    means: tuple[tuple[str, str, str, str], ...]
    reason: str
    caregiver: str = "none"
    caregiver_name: str = ""


@dataclass(frozen=True)
class Crisis:
    """What brought the crew, and what they made of it."""

    problem: str
    happened: str
    formulation: str
    story: str
    phq9: str = ""
    plan: Plan | None = None
    partner: str = "cmhc"


def write_plan(r: Response, minute: float, plan: Plan, *, by: str | None = None) -> None:
    """A safety plan with all six steps, acknowledged, with a copy given."""
    kinds = {kind for kind, _, _, _ in plan.means}
    caregiver: dict[str, Any] = {"caregiver": plan.caregiver, "caregiver_name": plan.caregiver_name}
    if plan.caregiver_name:
        caregiver |= {"caregiver_permission": True, "caregiver_told": "The plan, and whom to call at night"}
    r.fill(
        minute,
        "safety_plan",
        by=by,
        warning_signs=[{"sign": sign} for sign in plan.signs],
        coping=[{"activity": activity} for activity in plan.alone],
        coping_obstacle="Tiredness; the plan hangs on the refrigerator",
        distraction=[{"name": name, "kind": "person", "phone": ""} for name in plan.people]
        + [{"name": name, "kind": "place", "phone": ""} for name in plan.places],
        helpers=[
            {"name": name, "relation": relation, "phone": phone} for name, relation, phone in plan.helpers
        ],
        professionals=[{"name": "Sample Community Mental Health Center", "phone": "405-555-0172"}],
        line_988=True,
        access_firearms="yes" if "firearms" in kinds else "no",
        access_medicines="yes" if "medicines" in kinds else "no",
        access_other="yes" if "other" in kinds else "no",
        means=[
            {
                "kind": kind,
                "what": what,
                "action": action,
                "verifier": verifier,
                "when": r.wall(minute + 5),
                "reason": "",
            }
            for kind, what, action, verifier in plan.means
        ],
        means_verifier=r.staff(by).display_name,
        means_verify_at=r.iso(minute + 10),
        reason_for_living=plan.reason,
        collaborative=True,
        plan_on=r.iso(minute)[:10],
        acknowledged_by="client",
        signature=r.signature(),
        copy_given="paper",
        **caregiver,
    )


def _assess(r: Response, minute: float, crisis: Crisis, tier: str, **more: Any) -> None:
    r.fill(
        minute,
        "clinical",
        **{
            **ASSESSED,
            "presenting_problem": crisis.problem,
            "what_happened": crisis.happened,
            "risk_formulation": crisis.formulation,
            "final_tier": tier,
            **more,
        },
    )


def _measured(r: Response, minute: float, **over: Any) -> None:
    """Vital signs by the crew's paramedic, when there is one, signed by them."""
    medic = next((name for name in r.call.crew if r.city.staff[name].role == "paramedic"), None)
    if medic:
        vitals(r, minute, by=medic, **over)
        r.sign_own(minute + 2, medic)


def moderate(r: Response, crisis: Crisis) -> None:
    """Moderate risk, stabilised at home with a complete plan."""
    arrive(r, drive=14)
    _measured(r, 22)
    thoughts(r, 28, MODERATE)
    if crisis.phq9:
        sheet(r, 34, "phq9", crisis.phq9, difficulty="very")
    _assess(r, 48, crisis, "moderate")
    if crisis.plan:
        write_plan(r, 62, crisis.plan)
        r.act_on(79, "CSSRS_MODERATE", "Safety plan written together; firearms and medicines asked about")
    refer(r, 80, crisis.partner)
    close(r, 96, "stabilised_in_place", crisis.story)
    r.sign(103)


def plan_declined(r: Response, crisis: Crisis) -> None:
    """Moderate risk; he talks, and will not write a plan."""
    arrive(r, drive=14)
    _measured(r, 22)
    thoughts(r, 28, MODERATE)
    sheet(r, 36, "audit_c", "443")
    _assess(r, 48, crisis, "moderate", mse_mood="irritable", mse_behavior="guarded")
    r.fill(
        60,
        "safety_plan",
        declined=True,
        declined_reason="“I know what is on that paper. I will call my brother.” Brother called together.",
    )
    refer(r, 66, crisis.partner)
    close(r, 78, "stabilised_in_place", crisis.story)
    r.sign(84)


def _high(r: Response, crisis: Crisis, *, calmed: bool) -> None:
    arrive(r, drive=10)
    if calmed:
        r.fill(
            20,
            "deescalation",
            techniques=["space", "one_communicator", "listening", "choices", "audience_removed"],
            started_at=r.iso(16),
            ended_at=r.iso(38),
            bars_before=6,
            bars_after=4,
            effective=True,
            barriers=["distress"],
        )
    _measured(r, 30, hr=r.about(96, 110))
    thoughts(r, 36, HIGH)
    r.act_on(38, "CSSRS_HIGH", "Stayed with the person; licensed clinician on scene took over")
    _assess(r, 48, crisis, "high", mse_insight="poor")


def custody(r: Response, crisis: Crisis) -> None:
    """Officers take the person into protective custody; the crew hands over at the crisis center."""
    _high(r, crisis, calmed=True)
    r.describe(52, le_role="custody", le_requested=True, le_cit=True, le_custody="protective")
    r.fill(
        84,
        "legal_hold",
        custody_at=r.iso(52),
        officer="Officer Lane, CIT",
        agency="City police",
        grounds=["self"],
        statement="officer",
        destination="Example Crisis Center",
        arrived_at=r.iso(82),
        receiver="Intake nurse",
        handoff=["verbal", "written"],
    )
    close(
        r,
        98,
        "crisis_centre_police_transport",
        crisis.story,
        destination="Example Crisis Center",
        arrived_at=r.iso(82),
        receiver="Intake nurse",
    )
    r.sign(106)


def to_crisis_center(r: Response, crisis: Crisis) -> None:
    """The person comes along willingly."""
    _high(r, crisis, calmed=False)
    r.times(left_scene=56)
    close(
        r,
        90,
        "crisis_centre_transport",
        crisis.story,
        destination="Example Crisis Center",
        arrived_at=r.iso(74),
        receiver="Intake clinician",
    )
    r.sign(97)


def stays_watched(r: Response, crisis: Crisis) -> None:
    """High risk, at home with a complete plan, somebody there day and night, and a licensed clinician's agreement."""
    _high(r, crisis, calmed=False)
    assert crisis.plan is not None
    write_plan(r, 60, crisis.plan)
    refer(r, 84, crisis.partner, how="phone", warm_handoff=True, handoff_with="Same-week desk")
    close(
        r,
        104,
        "stabilised_in_place",
        crisis.story,
        observer=f"{crisis.plan.caregiver_name}, stays in the house this week",
        clinician_name="Sami Boone, LCSW",
        clinician_mode="video",
        clinician_at=r.iso(92),
    )
    r.sign(110)


def arrest(r: Response, crisis: Crisis) -> None:
    """Police arrest on a warrant; the risk is handed over to the jail's nurse."""
    _high(r, crisis, calmed=True)
    r.describe(52, le_role="custody", le_requested=False, le_cit=False, le_custody="arrest")
    close(
        r,
        74,
        "police_custody_arrest",
        crisis.story,
        destination="County detention center",
        receiver="Jail nurse, by phone",
    )
    r.sign(81)


def high_under_way(r: Response, crisis: Crisis) -> None:
    """Not finished: screened high a few minutes ago, and nobody has yet said what was done about it."""
    arrive(r, drive=8)
    _measured_open(r, 18)
    r.fill(
        20,
        "clinical",
        presenting_problem=crisis.problem,
        what_happened=crisis.happened,
        mse_behavior="agitated",
        mse_mood="depressed",
    )
    thoughts(r, 28, HIGH)


def _measured_open(r: Response, minute: float) -> None:
    medic = next((name for name in r.call.crew if r.city.staff[name].role == "paramedic"), None)
    if medic:
        vitals(r, minute, by=medic, hr=108, rr=20)
