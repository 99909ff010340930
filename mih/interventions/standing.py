"""Where an induction stands: the verdict that counts, the day's total, the effect of each dose, when to look again."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from mih.encounters.facts import Facts, Score
from mih.encounters.picture import Picture
from mih.encounters.values import as_json
from mih.interventions import buprenorphine as rules
from mih.interventions.evaluation import as_record, judge, latest_cows, moment, others, present
from mih.interventions.models import BuprenorphineDose, Induction


def timed_doses(picture: Picture) -> list[BuprenorphineDose]:
    """Doses of this response that have a time, in order."""
    found = [entry for entry in picture.all("buprenorphine_dose") if entry.happened_at]
    return sorted(found, key=lambda entry: entry.happened_at)


def standing_verdict(picture: Picture, facts: Facts, induction: Induction | None) -> dict[str, Any]:
    """The verdict on starting: as of the first dose once there is one, else as of now.

    After a dose, `given_mg` and `remaining_mg` speak of the day so far and `next` holds the verdict on a further dose.
    """
    given = timed_doses(picture)
    first = given[0] if given else None
    author = induction.author if induction else first.author if first else picture.encounter.created_by
    at = first.happened_at if first and first.happened_at else present(picture)
    seen = moment(
        picture,
        facts,
        at=at,
        role=author.role,
        induction=induction,
        but=first,
        kind=first.kind if first else "",
    )
    found = as_record(judge(seen), seen)
    if first:
        now = max(present(picture), given[-1].happened_at or at)
        later = moment(picture, facts, at=now, role=author.role, induction=induction, kind=first.kind)
        further = as_record(judge(later), later)
        found |= {
            "given_mg": further["given_mg"],
            "remaining_mg": further["remaining_mg"],
            "next": further,
        }
    return found


def dose_verdict(picture: Picture, facts: Facts, dose: BuprenorphineDose) -> dict[str, Any]:
    """The verdict on one dose at the time it was given, by whoever recorded it."""
    at = dose.happened_at or present(picture)
    seen = moment(picture, facts, at=at, role=dose.author.role, but=dose, kind=dose.kind)
    return as_record(judge(seen, asked=dose.mg), seen)


def day_so_far(picture: Picture, facts: Facts) -> Decimal:
    """Milligrams the team has given within the protocol's day, up to the last dose of this response."""
    given = timed_doses(picture)
    at = max([present(picture), *(entry.happened_at for entry in given if entry.happened_at)])
    seen = moment(picture, facts, at=at, role="")
    return rules.day_total(seen.earlier, at=at, policy=seen.policy)


def effect(picture: Picture, facts: Facts, dose: BuprenorphineDose) -> dict[str, Any] | None:
    """What the COWS before and after a dose show: when it was repeated, whether in the window, and how it took effect.

    None for a dose without a time. A COWS after the next dose tells of that one; only precipitated withdrawal is looked for
    in every COWS within the protocol's minutes, whatever was given meanwhile.
    """
    at = dose.happened_at
    if at is None:
        return None
    policy = picture.policies["buprenorphine"]
    times = sorted(entry.happened_at for entry in others(picture, dose) if entry.happened_at)
    later = [time for time in times if time > at]
    before = latest_cows(facts, until=at)
    after = [
        score
        for score in facts.of("cows")
        if score.at is not None and score.at > at and (not later or score.at <= later[0])
    ]
    soon = [score for score in facts.of("cows") if score.at is not None and score.at > at]
    found: dict[str, Any] = {
        "before": _cows(before),
        "after": None,
        "precipitated": any(
            rules.precipitated(before.total, each.total, _minutes(at, each), policy) for each in soon
        )
        if before
        else False,
    }
    if not after:
        return found
    total = before.total if before else None
    first, last = after[0], after[-1]
    assert first.at is not None
    looked = rules.reassessment(at, first.at, policy)
    return found | {
        "after": _cows(last),
        "minutes": looked.minutes,
        "within_window": looked.within_window,
        "state": looked.state,
        "change": last.total - total if last.total is not None and total is not None else None,
        "outcome": rules.outcome(total, last.total, _minutes(at, last), policy),
    }


def reassess_times(picture: Picture, facts: Facts) -> tuple[datetime, datetime] | None:
    """When COWS and vital signs are due after the last dose, and the end of the window; None once COWS was repeated."""
    given = timed_doses(picture)
    if not given or given[-1].happened_at is None:
        return None
    last = given[-1].happened_at
    if any(score.at and score.at > last for score in facts.of("cows")):
        return None
    return rules.reassess_due(last, picture.policies["buprenorphine"])


def _minutes(since: datetime, score: Score) -> float:
    return ((score.at or since) - since) / timedelta(minutes=1)


def _cows(score: Score | None) -> dict[str, Any] | None:
    if score is None:
        return None
    return {"entry": str(score.entry), "total": score.total, "band": score.band, "at": as_json(score.at)}
