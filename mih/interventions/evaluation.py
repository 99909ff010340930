"""Asking the buprenorphine engine about one moment of a response: for the next dose, or for one already given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mih.core import clock
from mih.encounters.facts import Facts, Score
from mih.encounters.picture import Picture
from mih.encounters.values import as_json
from mih.interventions import doses
from mih.interventions.bridges import Bridge, bridge_of, is_bridging
from mih.interventions.buprenorphine import (
    AwakePoint,
    BridgeFacts,
    Dose,
    Elapsed,
    InductionFacts,
    Mg,
    Verdict,
    assess,
    awake_minutes,
    bridge_dose,
    day_total,
    precipitated,
    repeat_dose,
)
from mih.interventions.models import BuprenorphineDose, Induction
from mih.protocols.policy import Policy


@dataclass(frozen=True)
class Moment:
    """What is known of a response at `at`, for a dose that `role` would give. `earlier`: the team's doses before it, in
    any response. `bridge`: the plan this dose would belong to. `vomited`: after the last of those of this response."""

    picture: Picture
    facts: Facts
    induction: Induction | None
    earlier: list[Dose]
    at: datetime
    role: str
    bridge: Bridge | None = None
    vomited: bool = False

    @property
    def policy(self) -> Policy:
        return self.picture.policies["buprenorphine"]


def moment(
    picture: Picture,
    facts: Facts,
    *,
    at: datetime,
    role: str,
    induction: Induction | None = None,
    but: BuprenorphineDose | None = None,
    kind: str = "",
) -> Moment:
    """The moment `at`, with `induction` in place of the stored one and without the dose `but`.

    `kind`: what the dose is said to be part of; left empty it is a daily dose where the person has a bridge plan.
    """
    here = [entry for entry in others(picture, but) if entry.happened_at and entry.happened_at <= at]
    found = [*doses.given_elsewhere(picture, at=at), *doses.given(here)]
    plan = bridge_of(picture, but=but)
    entry = induction or picture.one("induction")
    last = max(here, key=lambda each: each.happened_at or at) if here else None
    return Moment(
        picture,
        facts,
        entry,
        sorted(found, key=lambda dose: dose.at),
        at,
        role,
        plan if is_bridging(picture, plan, kind) else None,
        bool(last and last.vomited),
    )


def others(picture: Picture, dose: BuprenorphineDose | None) -> list[BuprenorphineDose]:
    """The response's doses without `dose` and without the one it corrects."""
    gone = {dose.pk, dose.replaces} if dose else set()
    return [entry for entry in picture.all("buprenorphine_dose") if entry.pk not in gone]


@dataclass(frozen=True)
class Answer:
    """The engine's answer with the COWS it went by."""

    verdict: Verdict
    cows: Score | None


def judge(seen: Moment, *, asked: Mg | None = None) -> Answer:
    """The engine's answer: on a daily dose of a plan, on a first dose, or on a further one when the team has given some
    within the day."""
    given_mg = day_total(seen.earlier, at=seen.at, policy=seen.policy)
    if seen.bridge is not None:
        cows = latest_cows(seen.facts, until=seen.at)
        facts: BridgeFacts = seen.bridge.facts(seen.at)
        return Answer(bridge_dose(_known(seen, cows, given_mg, asked), facts, policy=seen.policy), cows)
    if not given_mg:
        cows = latest_cows(seen.facts, until=seen.at)
        return Answer(assess(_known(seen, cows, given_mg, asked), seen.policy), cows)
    last = seen.earlier[-1].at
    after = latest_cows(seen.facts, until=seen.at, since=last)
    worse_at = precipitated_at(
        seen.facts, [dose.at for dose in seen.earlier], until=seen.at, policy=seen.policy
    )
    found = repeat_dose(
        _known(seen, after, given_mg, asked, ordered_since=worse_at or (last if seen.vomited else None)),
        minutes_since_last_dose=(seen.at - last) / timedelta(minutes=1),
        precipitated=worse_at is not None,
        vomited=seen.vomited,
        policy=seen.policy,
    )
    return Answer(found, after)


def verdict(seen: Moment, *, asked: Mg | None = None) -> Verdict:
    """The engine's answer alone."""
    return judge(seen, asked=asked).verdict


def precipitated_at(
    facts: Facts, given: Iterable[datetime], *, until: datetime, policy: Policy
) -> datetime | None:
    """When a COWS first showed precipitated withdrawal after any of the doses `given`; None when none did."""
    found = []
    for dose in given:
        before = latest_cows(facts, until=dose)
        for score in facts.of("cows"):
            if score.at is None or not dose < score.at <= until or before is None:
                continue
            if precipitated(before.total, score.total, (score.at - dose) / timedelta(minutes=1), policy):
                found.append(score.at)
    return min(found, default=None)


def latest_cows(facts: Facts, *, until: datetime, since: datetime | None = None) -> Score | None:
    """The last complete COWS after `since` and not after `until`. One without a time counts for neither side of a dose,
    only where there was none."""
    known = [
        score
        for score in facts.of("cows")
        if (score.at is None and since is None)
        or (score.at is not None and score.at <= until and (since is None or score.at > since))
    ]
    timed = [score for score in known if score.at is not None]
    found = timed or known
    return found[-1] if found else None


def as_record(answer: Answer, seen: Moment) -> dict[str, Any]:
    """The verdict as kept with the record and shown on the tablet."""
    found, cows = answer.verdict, answer.cows
    bridge = seen.bridge.facts(seen.at) if seen.bridge else None
    return {
        "bridge": {"day": bridge.given_days + 1, "of": bridge.planned_days} if bridge else None,
        "status": found.status,
        "eligible": found.eligible,
        "enabled": found.enabled,
        "reasons": [
            {
                "code": reason.code,
                "severity": reason.severity,
                "sentence": reason.sentence,
                "what_to_do": reason.what_to_do,
                "blocks": reason.blocks,
            }
            for reason in found.reasons
        ],
        "codes": list(found.codes()),
        "objective_signs": list(found.objective_signs),
        "cows": cows.total if cows else None,
        "next_dose_mg": as_json(found.next_dose_mg),
        "allowed_doses_mg": as_json(found.allowed_doses),
        "given_mg": as_json(day_total(seen.earlier, at=seen.at, policy=seen.policy)),
        "remaining_mg": as_json(found.remaining_mg),
        "at": as_json(seen.at),
        "protocol": seen.policy.version,
        "signed": seen.policy.signed,
    }


def present(picture: Picture) -> datetime:
    """Now, while the response is under way; its end, once it is cleared. A record read later keeps its verdict."""
    now = clock.now()
    return min(now, picture.encounter.cleared_at or now)


def _known(
    seen: Moment,
    cows: Score | None,
    given_mg: Mg,
    asked: Mg | None,
    *,
    ordered_since: datetime | None = None,
) -> InductionFacts:
    entry = seen.induction or Induction()
    first = (seen.bridge.induction if seen.bridge else None) or entry
    reversed_at = doses.naloxone_before(seen.facts, seen.at)
    vitals = [each for each in seen.facts.vitals if each.at is None or each.at <= seen.at]
    return InductionFacts(
        giver_role=seen.role,
        age=seen.facts.age,
        minor_consent_basis=entry.minor_consent_basis or seen.facts.minor_basis,
        cows_total=cows.total if cows else None,
        cows_answers={name: _points(points) for name, points in cows.answers.items()} if cows else None,
        gcs=_last((each.gcs for each in vitals), None if seen.facts.vitals else seen.facts.gcs),
        rr=_last((each.rr for each in vitals), None if seen.facts.vitals else seen.facts.rr),
        spo2=_last((each.spo2 for each in vitals), None if seen.facts.vitals else seen.facts.spo2),
        capacity=entry.capacity,
        treatment_consent=_consent(entry, seen.at),
        order_id=_order(seen, entry, ordered_since),
        order_physician=entry.order_physician or None,
        order_denied=entry.order_answer == "denied",
        hours_since_methadone=_methadone(entry, seen.at),
        hours_since_short_acting=_hours(entry.last_use_at, seen.at),
        opioid=entry.get_opioid_display() or None,
        naloxone_given=bool(reversed_at),
        awake_minutes=_awake(seen, entry, reversed_at) if reversed_at else None,
        allergy=_still(entry.allergy, first.allergy),
        opioid_dependent=_still(entry.opioid_dependent, first.opioid_dependent),
        already_on_bup_today=entry.already_on_bup_today,
        severe_illness=entry.severe_illness,
        pregnant={"yes": True, "no": False, "not_applicable": False}.get(entry.pregnant),
        liver_disease=_still(entry.liver_disease, first.liver_disease),
        sedatives_today=_either(entry.alcohol_today, entry.sedatives_today),
        first_opioid_use=_still(entry.first_opioid_use, first.first_opioid_use),
        given_mg=given_mg,
        requested_mg=asked,
    )


def _still(now: bool | None, then: bool | None) -> bool | None:
    """What was asked on the first day, until it is asked again."""
    return then if now is None else now


def _order(seen: Moment, entry: Induction, since: datetime | None) -> str | None:
    """The order that covers a dose at this moment; on a day of a bridge plan, the plan's own order does."""
    if since and (entry.order_at is None or entry.order_at <= since):
        return None
    found = order_on_file(entry, seen.at, seen.policy)
    if found or seen.bridge is None or entry.order_answer == "denied":
        return found
    plan = seen.bridge.plan
    if plan.order_at and plan.order_at > seen.at:
        return None
    spoken = f"{plan.order_physician} {clock.local(plan.order_at):%H:%M}" if plan.order_at else ""
    return plan.order_id or (spoken if plan.order_physician else "") or None


def order_on_file(entry: Induction, at: datetime, policy: Policy) -> str | None:
    """What names the order at `at`: its number, or the physician and the time. A standing order counts only where the
    protocol says so."""
    if entry.order_answer == "denied" or (entry.order_at and entry.order_at > at):
        return None
    if entry.order_kind == "standing" and policy["order_type"] != "standing_order":
        return None
    if not entry.order_kind:
        return None
    spoken = f"{entry.order_physician} {clock.local(entry.order_at):%H:%M}" if entry.order_at else ""
    return entry.order_id or (spoken if entry.order_physician else "") or None


def _consent(entry: Induction, at: datetime) -> bool | None:
    """Agreed by voice or in writing, and not after the dose. Somebody who does not want treatment does not agree."""
    if entry.wants_treatment is False:
        return False
    answers = (entry.consent_verbal, entry.consent_written)
    if True in answers:
        return None if entry.consent_at and entry.consent_at > at else True
    return False if False in answers else None


def _methadone(entry: Induction, at: datetime) -> Elapsed:
    match entry.methadone:
        case "never":
            return "never"
        case "unknown":
            return "unknown"
        case "yes":
            return _hours(entry.methadone_last_at, at)
    return None


def _hours(since: datetime | None, at: datetime) -> float | None:
    return round(max((at - since) / timedelta(hours=1), 0.0), 1) if since else None


def _awake(seen: Moment, entry: Induction, reversed_at: list[datetime | None]) -> float | None:
    """By the sets of vital signs; by what the crew says where they do not tell."""
    times = [at for at in reversed_at if at]
    points = [
        AwakePoint(each.at, _alert(each.gcs, each.acvpu), each.rr) for each in seen.facts.vitals if each.at
    ]
    found = awake_minutes(
        points, last_naloxone_at=max(times) if times else None, at=seen.at, policy=seen.policy
    )
    if found is None and entry.awake_since:
        found = max((seen.at - max([entry.awake_since, *times])) / timedelta(minutes=1), 0.0)
    return found


def _alert(gcs: int | None, acvpu: str | None) -> bool | None:
    if gcs is not None:
        return gcs == 15
    return acvpu == "A" if acvpu else None


def _either(*answers: bool | None) -> bool | None:
    """Yes when one is, no when all are, otherwise not known."""
    if any(answers):
        return True
    return False if all(answer is False for answer in answers) else None


def _last(values: Iterable[int | None], otherwise: int | None) -> int | None:
    known = [value for value in values if value is not None]
    return known[-1] if known else otherwise


def _points(answer: Any) -> int | None:
    return int(answer) if isinstance(answer, int | float) and not isinstance(answer, bool) else None
