"""Overdoses and opioid withdrawal: reversals with and without a buprenorphine start, and those that go to hospital."""

from typing import Any

from mih.config.demo.response import Response
from mih.config.demo.stories.opioids import (
    EASED,
    GIVERS,
    WITHDRAWAL,
    agree_to_share,
    ask_about_start,
    awake,
    give,
    leave_kit,
    refuse,
)
from mih.config.demo.stories.parts import (
    NO_THOUGHTS,
    arrive,
    close,
    cows,
    medical,
    refer,
    thoughts,
    vitals,
)


def reversal_with_start(
    r: Response,
    *,
    giver: str = "fire",
    sprays: int = 2,
    stays_with: str = "a friend",
    appointment: tuple[int, str] | None = None,
) -> None:
    """Reversed, started on buprenorphine, eased; refuses transport; referred to a clinic."""
    hr, navigator = r.about(104, 116), r.call.crew[1]
    awake(r, giver=giver, sprays=sprays, opioid="fentanyl", hr=hr)
    cows(r, 20, WITHDRAWAL, hr=hr)
    ask_about_start(r, 33)
    give(r, 36, witness=navigator)
    agree_to_share(r, 60, by=navigator)
    details: dict[str, Any] = {"how": "phone", "warm_handoff": True, "handoff_with": "Intake desk"}
    if appointment:
        details["appointment_at"] = r.later(*appointment)
    refer(r, 64, "mat", by=navigator, **details)
    peer = next((name for name in r.call.crew if r.city.staff[name].role == "peer"), navigator)
    leave_kit(r, 68, by=peer)
    later = r.about(84, 96)
    vitals(r, 78, hr=later)
    cows(r, 79, EASED, hr=later)
    refuse(r, 82, stays_with=stays_with)
    close(
        r,
        90,
        "treated_released_refused_transport",
        f"{GIVERS[giver]} gave naloxone before we came; awake and breathing on arrival. In withdrawal, asked for "
        "treatment. Medical control approved buprenorphine; 16 mg given, eased within the hour, no vomiting. Declines "
        f"the hospital, has capacity, will stay with {stays_with}. Clinic called together; kit and strips left.",
    )
    r.sign(96)


def reversal_declined(
    r: Response,
    *,
    giver: str = "fire",
    sprays: int = 1,
    stays_with: str = "a cousin",
    lot: str = "kit",
    housing: bool = False,
) -> None:
    """Reversed; wants neither treatment nor transport; a kit is left."""
    navigator = r.call.crew[1]
    awake(
        r,
        giver=giver,
        sprays=sprays,
        opioid=r.chance.choice(["fentanyl", "pressed_pills", "heroin"]),
        hr=r.about(88, 100),
    )
    leave_kit(r, 34, by=navigator, lot=lot)
    if housing:
        refer(r, 38, "housing", by=navigator, category="housing", how="given")
    vitals(r, 44)
    refuse(r, 47, stays_with=stays_with)
    close(
        r,
        68,
        "treated_released_refused_transport",
        f"{GIVERS[giver]} gave naloxone; woke before our arrival. Does not want treatment today and declines transport "
        "with capacity; watched for an hour, stayed awake. Kit left, shown how to use it. Open to a call tomorrow.",
    )
    r.sign(74)


def hard_stop(r: Response) -> None:
    """Asked for buprenorphine a day after methadone: the protocol says no, and so do we."""
    awake(r, giver="lay", sprays=1, opioid="fentanyl", hr=88)
    cows(r, 22, "1111010000", hr=88)
    ask_about_start(
        r,
        30,
        methadone="yes",
        methadone_last_at=r.iso(-19 * 60),
        methadone_mg=80,
        methadone_clinic="Example Medication Clinic",
        order_physician="",
        order_kind="",
        order_answer="",
        order_id="",
        order_at=None,
    )
    leave_kit(r, 40, by=r.call.crew[1], strips=False)
    refer(
        r, 44, "mat", by=r.call.crew[1], how="phone", reason="Own clinic: dose today, tell about the overdose"
    )
    vitals(r, 48, hr=84)
    refuse(r, 50, stays_with="his cousin")
    close(
        r,
        70,
        "treated_released_refused_transport",
        "Bystander naloxone, awake. Took his clinic dose of methadone yesterday; withdrawal is mild. Buprenorphine not "
        "given: too soon after methadone. Supportive care, kit left, his clinic told with his agreement.",
    )
    r.sign(77)


def start_in_withdrawal(r: Response) -> None:
    """No overdose: somebody in withdrawal at a shelter who wants to begin."""
    navigator = r.call.crew[1]
    arrive(r)
    vitals(r, 15, hr=106)
    cows(r, 19, "2322122110", hr=106)
    thoughts(r, 24, NO_THOUGHTS, by=navigator)
    medical(
        r,
        26,
        "Opioid withdrawal, asks for treatment",
        "withdrawal_opioid",
        substances=[
            {"substance": "heroin", "route": "snorted", "amount": "", "last_used": "yesterday evening"}
        ],
    )
    ask_about_start(
        r, 32, opioid="heroin", use_route="snorted", last_use_at=r.iso(-16 * 60), awake_since=None
    )
    give(r, 35, witness=navigator)
    refer(r, 48, "mat", by=navigator, how="phone", warm_handoff=True, handoff_with="Nurse on call")
    leave_kit(r, 52, by=navigator)
    vitals(r, 75, hr=90)
    cows(r, 76, EASED, hr=90)
    close(
        r,
        88,
        "stabilised_in_place",
        "Called by shelter staff for somebody in withdrawal who wants to stop. Eligible; medical control approved; 16 mg "
        "given with good effect. Stays at the shelter, goes to the clinic in the morning.",
    )
    r.sign(93)


def reversal_to_hospital(r: Response) -> None:
    """Two doses of our own, sleepy again: taken to the emergency department."""
    arrive(r, drive=6)
    dose: dict[str, Any] = {
        "medicine": "naloxone_nasal_4",
        "dose_mg": 4,
        "route": "IN",
        "given_by": "our_paramedic",
        "opioid": "fentanyl",
    }
    mine: dict[str, Any] = {"authorisation": "standing_order", "lot": r.lot("spray")}
    r.fill(12, "naloxone", when=11, **dose, **mine, rr_before=5, rr_after=8, response="unchanged")
    r.fill(15, "naloxone", when=14, **dose, **mine, rr_before=8, rr_after=13, response="improved")
    vitals(
        r, 17, hr=98, rr=13, spo2=94, gcs_eye=3, gcs_verbal=4, avpu="V", glucose=112, confirmed=["gcs_total"]
    )
    r.fill(20, "cssrs_screener", outcome="unable", reason="Too drowsy to answer")
    medical(
        r,
        22,
        "Opioid overdose, drowsy after naloxone",
        "overdose_opioid",
        suspected_opioid_overdose=True,
        mental_status="drowsy",
        pupils="pinpoint",
    )
    vitals(r, 30, hr=92, rr=14, spo2=96)
    r.times(left_scene=32)
    close(
        r,
        58,
        "ed_transport_own",
        "Found barely breathing; two sprays from our stock, breathing better, drowsy again after ten minutes. Taken to "
        "the emergency department and handed over.",
        destination="Example General Hospital",
        arrived_at=r.iso(46),
        receiver="Charge nurse",
    )
    r.sign(66)


def walked_off(r: Response) -> None:
    """Woke after police naloxone, gave no name, walked away."""
    awake(r, giver="police", sprays=2, opioid="unknown", hr=102)
    leave_kit(r, 26, by=r.call.crew[1], lot="kit_old", strips=False)
    vitals(r, 27, hr=100)
    close(
        r,
        31,
        "left_scene",
        "Woke after two doses by police. Would not give a name, took the kit and walked off steadily toward the rail "
        "bridge, where staff of the day center know him.",
    )
    r.sign(37)


def reversal_under_way(r: Response) -> None:
    """Not finished: the dose was given twenty minutes ago; reassessment is still to come."""
    hr = 110
    awake(r, giver="fire", sprays=2, opioid="fentanyl", hr=hr)
    cows(r, 20, WITHDRAWAL, hr=hr)
    ask_about_start(r, 32)
    give(r, 34, witness="nia")
    leave_kit(r, 44, by="perry")
    refer(r, 47, "mat", by="nia", how="phone", warm_handoff=True, handoff_with="Intake desk")


def practice_reversal(r: Response) -> None:
    """For the practice program: one person alone, everything as simple as it may be."""
    arrive(r)
    r.fill(
        13,
        "naloxone",
        when=6,
        medicine="naloxone_nasal_4",
        dose_mg=4,
        route="IN",
        given_by="lay",
        before_arrival=True,
        opioid="unknown",
        response="improved",
    )
    vitals(r, 16)
    thoughts(r, 20, NO_THOUGHTS)
    medical(r, 24, "Practice: overdose, awake", "overdose_opioid", suspected_opioid_overdose=True)
    r.fill(30, "kit_left", item="naloxone_kit", declined_reason="Practice: has one")
    close(r, 62, "stabilised_in_place", "Practice case. Nobody here exists.")
    r.sign(66)
