"""The rest of a week: nobody home, medical mimics, visits by the advocacy program, a death, drafts left open."""

from mih.config.demo.response import Response
from mih.config.demo.stories.parts import NO_THOUGHTS, arrive, close, medical, refer, sheet, thoughts, vitals


def nobody_home(r: Response) -> None:
    """A welfare check where nobody answers."""
    r.times(notified=1, en_route=3, on_scene=15)
    close(
        r,
        31,
        "no_contact_welfare",
        "Knocked at front and back, curtains drawn, dog barking. A neighbor saw her leave with a suitcase this morning. "
        "Card left in the door, caller told.",
        return_instructions=None,
    )
    r.sign(35)


def not_found(r: Response) -> None:
    """Searched the corner and the park; nobody there."""
    r.times(notified=1, en_route=2, on_scene=9)
    close(
        r,
        24,
        "unable_to_locate",
        "Caller reported a man slumped at the bus stop. Nobody there or within two blocks; caller no longer on scene.",
        return_instructions=None,
    )
    r.sign(27)


def called_off(r: Response) -> None:
    """Cancelled on the way."""
    r.times(notified=1, en_route=3)
    close(r, 7, "cancelled_prior", "Cancelled by dispatch: another unit on scene.", return_instructions=None)
    r.sign(9)


def stroke(r: Response) -> None:
    """Sent as intoxicated; it is a stroke."""
    arrive(r, drive=7)
    vitals(
        r, 14, sbp=224, dbp=118, hr=112, rr=22, spo2=93, glucose=132, gcs_verbal=4, new_confusion=True,
        confirmed=["sbp", "dbp", "spo2", "gcs_total"],
    )  # fmt: skip
    medical(
        r,
        16,
        "Confusion and slurred speech, sudden",
        "stroke",
        medical_emergency=True,
        emergency_reason="Stroke: right arm drifts, speech slurred",
        befast_balance=True,
        befast_eyes=False,
        befast_face=False,
        befast_arm=True,
        befast_speech=True,
        last_known_well=r.iso(-40),
        mental_status="confused",
    )
    for code in ("NEWS2_HIGH", "STROKE_POS"):
        r.act_on(18, code, "Ambulance called with a stroke alert; glucose and time last well passed on")
    vitals(
        r, 26, sbp=218, dbp=112, hr=108, rr=20, spo2=96, on_oxygen=True, o2_flow=2, gcs_verbal=4, new_confusion=True,
        confirmed=["sbp", "dbp", "gcs_total"],
    )  # fmt: skip
    r.act_on(28, "NEWS2_HIGH", "Ambulance on scene, report given")
    close(
        r,
        34,
        "ed_transport_other_ems",
        "Dispatched as intoxicated. No smell of alcohol; arm drift, slurred speech, last well forty minutes before the "
        "call. Stroke alert, handed to the ambulance on scene.",
        destination="Example General Hospital",
        receiver="Ambulance 12",
    )
    r.sign(41)


def low_sugar(r: Response) -> None:
    """Confused and sweating: sugar, not psychosis."""
    arrive(r, drive=8)
    vitals(r, 14, glucose=48, gcs_verbal=4, new_confusion=True, confirmed=["glucose", "gcs_total"])
    medical(
        r,
        16,
        "Shouting and sweating, confused",
        "hypoglycemia",
        medical_emergency=True,
        emergency_reason="Low blood sugar, takes insulin",
        befast_balance=False,
        befast_eyes=False,
        befast_face=False,
        befast_arm=False,
        befast_speech=False,
        mental_status="confused",
        medications=[{"name": "insulin", "dose": "", "last_taken": "this morning"}],
    )
    r.act_on(18, "GLU_CRIT", "Oral glucose given, rechecked after ten minutes")
    vitals(r, 28, glucose=96)
    r.times(left_scene=32)
    close(
        r,
        58,
        "ed_transport_own",
        "Called for a man shouting in the yard. Sugar 48; clear after glucose. Lives alone and had skipped meals; taken "
        "in for observation.",
        destination="Example General Hospital",
        arrived_at=r.iso(45),
        receiver="Triage nurse",
    )
    r.sign(65)


def advocacy(r: Response, story: str, partner: str, needs: tuple[str, ...], *, phq2: str = "") -> None:
    """A visit by the advocacy program to somebody who calls often."""
    r.times(on_scene=2)
    r.meet(3)
    thoughts(r, 12, NO_THOUGHTS)
    if phq2:
        sheet(r, 15, "phq2", phq2)
    r.fill(
        22,
        "clinical",
        presenting_problem="Calls 911 several times a week; lives alone",
        what_happened=story,
        supports="Advocate visits weekly",
        homicidal_intent=False,
        abuse_suspected="none",
        needs=list(needs),
        low_acuity_mental_health=False,
    )
    refer(r, 30, partner, how="phone")
    close(r, 48, "referred_only", story)
    r.sign(53)


def death(r: Response) -> None:
    """Found dead by the crew that came to check."""
    arrive(r, drive=11)
    medical(r, 18, "Found unresponsive, cold", "other", mental_status="unresponsive", breathing="absent")
    close(
        r,
        95,
        "deceased_on_arrival",
        "Welfare check asked for by his daughter. Found dead in his armchair; signs of death long before arrival. "
        "Medical examiner notified, stayed with the daughter until the chaplain came.",
        return_instructions=None,
        examiner="On-call investigator, case to follow",
        examiner_at=r.iso(31),
        family_support="Stayed with his daughter; chaplain came",
        staff_debrief="Supervisor called; debrief at the end of the shift",
    )
    r.sign(104)


def almost_done(r: Response) -> None:
    """Not finished: everything but narrative and disposition."""
    arrive(r)
    vitals(r, 15)
    thoughts(r, 20, NO_THOUGHTS, by=r.call.crew[1])
    medical(r, 24, "Dizzy after a long walk, worried about rent", "no_complaint")
    r.fill(
        30,
        "clinical",
        by=r.call.crew[1],
        presenting_problem="Worried about eviction next week",
        needs=["housing", "food"],
    )
    refer(r, 34, "housing", by=r.call.crew[1], category="housing")
    r.times(cleared=52)


def begun_by_intern(r: Response) -> None:
    """Not finished: the intern has begun the behavioral part."""
    arrive(r)
    vitals(r, 16)
    thoughts(r, 21, NO_THOUGHTS, by="inez")
    sheet(r, 25, "gad7", "2112111", by="inez")
    r.fill(31, "clinical", by="inez", presenting_problem="Panic at work, first time")
    r.times(cleared=58)
