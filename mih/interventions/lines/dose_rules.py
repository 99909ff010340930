"""What the doses of buprenorphine of a response say together: the day's cap, the watch afterwards, treatment to follow."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.interventions.lines.orders import keep_orders
from mih.interventions.models import BuprenorphineDose, Induction
from mih.interventions.services.attempts import keep_review, keep_verdict, overridden, same
from mih.interventions.standing import dose_verdict, effect, timed_doses

if TYPE_CHECKING:
    from mih.accounts.models import Staff

_TRANSPORTED = ("ed", "crisis_centre", "other_facility", "custody")


@registry.rule
def day_cap(picture: Picture) -> Iterable[AlarmDue]:
    """The day's cap, reached or passed."""
    cap, given = picture.policies["buprenorphine"]["max_day1_mg"], picture.facts.buprenorphine_mg
    if picture.all("buprenorphine_dose") and given >= cap:
        yield AlarmDue(
            "DAILY_CAP",
            f"{given:g} mg of buprenorphine given; the day's cap is {cap:g} mg. Give no more. Call medical control.",
            "buprenorphine_dose",
        )


@registry.after_change
def keep_what_the_engine_said(picture: Picture, *, by: "Staff", at: datetime) -> None:
    """Bring the stored verdicts up to what is known now, keep each that is new, and ask for reviews."""
    induction: Induction | None = picture.one("induction")
    found = picture.facts.induction_verdict
    if found is None:
        return
    if induction is not None and not induction.is_frozen and not same(induction.verdict, found):
        Induction.objects.filter(pk=induction.pk).update(verdict=found)
        induction.verdict = found
    keep_verdict(encounter=picture.encounter, verdict=found, by=by, at=at)
    if induction is not None and not induction.is_frozen:
        keep_orders(induction, found, by=by, at=at)
    forced = overridden(picture.encounter)
    for dose in picture.all("buprenorphine_dose"):
        if dose.is_frozen:
            continue
        now = dose_verdict(picture, picture.facts, dose), effect(picture, picture.facts, dose)
        if not same(dose.verdict, now[0]) or dose.effect != now[1]:
            BuprenorphineDose.objects.filter(pk=dose.pk).update(verdict=now[0], effect=now[1])
            dose.verdict, dose.effect = now
        if forced and not now[0]["eligible"]:
            keep_review(dose=dose, induction=induction, by=by, at=at)


@registry.rule
def watch_after_the_last_dose(picture: Picture) -> Iterable[Gap]:
    """Nobody is left within the protocol's minutes of the last dose, unless transported (clinical.md §4.3)."""
    given = timed_doses(picture)
    left = picture.encounter.left_scene_at or picture.encounter.cleared_at
    if not given or left is None or _transported(picture):
        return
    last = given[-1]
    least: int = picture.policies["buprenorphine"]["observe_after_last_dose_min"]
    assert last.happened_at is not None
    minutes = int((left - last.happened_at) // timedelta(minutes=1))
    if 0 <= minutes < least and not last.note.strip():
        yield Gap(
            "BUP_OBSERVATION_SHORT",
            f"The person was watched for {minutes} minutes after the last dose; the protocol asks for {least} unless "
            "they are transported. Write in the dose's note why it ended sooner, and who stays.",
            "buprenorphine_dose",
            last.pk,
            "note",
        )


@registry.rule
def treatment_to_follow(picture: Picture) -> Iterable[Gap]:
    """After a dose a referral to treatment goes out within the protocol's hours (clinical.md §4.3)."""
    given = timed_doses(picture)
    if not given or given[0].happened_at is None:
        return
    hours: int = picture.policies["buprenorphine"]["referral_within_hours"]
    until = given[0].happened_at + timedelta(hours=hours)
    made = [each for each in picture.facts.referrals if each.category == "mat"]
    if any(each.created_at is None or each.created_at <= until for each in made):
        return
    yield Gap(
        "MAT_REFERRAL_LATE" if made else "MAT_REFERRAL_MISSING",
        f"After buprenorphine a referral to treatment (MAT) goes out within {hours} hours. "
        + ("This one was later: write why." if made else "Make it now, or from the follow-up."),
        "referral",
        None,
        "",
        blocking=False,
    )


def _transported(picture: Picture) -> bool:
    code, known = picture.facts.disposition, picture.policies["dispositions"]
    return code is not None and code in known and known[code]["group"] in _TRANSPORTED
