"""Low-acuity mental health: screened, listened to, referred; some of it written by an intern."""

from dataclasses import dataclass
from typing import Any

from mih.config.demo.response import Response
from mih.config.demo.stories.parts import (
    NO_THOUGHTS,
    WISH_ONLY,
    arrive,
    close,
    medical,
    refer,
    sheet,
    thoughts,
    vitals,
)


@dataclass(frozen=True)
class Visit:
    """What was found: answers as digits in the instruments' order (trauma: 1 for yes), and the words of it."""

    problem: str
    happened: str
    strengths: str
    story: str
    phq9: str = ""
    gad7: str = ""
    audit: str = ""
    trauma: str = ""
    wish: bool = False
    partner: str = ""
    appointment: tuple[int, str] | None = None
    needs: tuple[str, ...] = ()
    mood: str = "depressed"
    code: str = "stabilised_in_place"


def visit(r: Response, seen: Visit, *, by: str | None = None) -> None:
    """A low-acuity visit. `by` asks and writes the behavioral part; the paramedic measures and signs."""
    asker = by or r.call.crew[1]
    arrive(r)
    vitals(r, 16)
    thoughts(r, 22, WISH_ONLY if seen.wish else NO_THOUGHTS, by=asker)
    screens(r, 26, seen, by=asker)
    r.fill(
        42,
        "clinical",
        by=asker,
        presenting_problem=seen.problem,
        what_happened=seen.happened,
        protective_factors=seen.strengths,
        homicidal_intent=False,
        abuse_suspected="none",
        mse_appearance="appropriate",
        mse_behavior="cooperative",
        mse_mood=seen.mood,
        mse_thought="logical",
        mse_perception="none",
        mse_insight="good",
        mse_orientation=["person", "place", "time", "event"],
        needs=list(seen.needs),
    )
    medical(r, 44, seen.problem, "anxiety" if seen.mood == "anxious" else "behavioral")
    refer_on(r, 50, seen, by=asker)
    close(r, 70, seen.code, seen.story)
    r.sign(76)


def screens(r: Response, minute: float, seen: Visit, *, by: str | None) -> None:
    """The instruments that were asked, two minutes apart. A positive PHQ-2 leads to the PHQ-9."""
    if seen.phq9:
        sheet(r, minute, "phq2", seen.phq9[:2], by=by)
        sheet(r, minute + 3, "phq9", seen.phq9, by=by, difficulty="very")
    if seen.gad7:
        sheet(r, minute + 7, "gad7", seen.gad7, by=by)
    if seen.trauma:
        answers: dict[str, Any] = {
            f"q{place}": "yes" if digit == "1" else "no" for place, digit in enumerate(seen.trauma, 1)
        }
        r.fill(minute + 10, "pc_ptsd_5", by=by, gate="yes", **answers)
    if seen.audit:
        sheet(r, minute + 12, "audit_c", seen.audit, by=by)


def refer_on(r: Response, minute: float, seen: Visit, *, by: str | None) -> None:
    """The referral, when there is one."""
    if seen.partner:
        details: dict[str, Any] = {}
        if seen.appointment:
            details["appointment_at"] = r.later(*seen.appointment)
        refer(r, minute, seen.partner, by=by, **details)


def by_intern(r: Response, seen: Visit) -> None:
    """The same visit, its behavioral part by the intern: it waits for a co-signature."""
    visit(r, seen, by="inez")


def by_phone(r: Response, seen: Visit) -> None:
    """A call to the crisis line's desk that needed nobody sent."""
    r.times(notified=1)
    r.meet(3)
    thoughts(r, 8, WISH_ONLY if seen.wish else NO_THOUGHTS)
    screens(r, 11, seen, by=None)
    r.fill(
        24,
        "clinical",
        presenting_problem=seen.problem,
        what_happened=seen.happened,
        protective_factors=seen.strengths,
        homicidal_intent=False,
        abuse_suspected="none",
        mse_mood=seen.mood,
        low_acuity_mental_health=True,
    )
    refer_on(r, 27, seen, by=None)
    close(r, 34, "ccd_phone_resolved", seen.story)
    r.sign(39)


def young(r: Response, seen: Visit) -> None:
    """A minor, with his mother there."""
    asker = r.call.crew[1]
    arrive(r)
    r.fill(
        17,
        "minor_consent",
        by=asker,
        basis="parent_written",
        given_by="His mother",
        given_at=r.iso(16),
        on_paper=True,
    )
    thoughts(r, 20, WISH_ONLY, by=asker)
    screens(r, 24, seen, by=asker)
    r.fill(
        40,
        "clinical",
        by=asker,
        presenting_problem=seen.problem,
        what_happened=seen.happened,
        protective_factors=seen.strengths,
        supports="Mother present throughout; signed for the assessment",
        homicidal_intent=False,
        abuse_suspected="none",
        mse_mood=seen.mood,
        mse_behavior="withdrawn",
    )
    refer_on(r, 46, seen, by=asker)
    close(r, 60, seen.code, seen.story)
    r.sign(66)
