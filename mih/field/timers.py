"""The clocks that run on the workspace: time on scene, and when to look again after a dose."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mih.core import clock
from mih.encounters.facts import Facts
from mih.field.opening import Opened


@dataclass(frozen=True)
class Countdown:
    """Something to do at `due`, and at `latest` at the end of its window."""

    key: str
    label: str
    due: datetime
    latest: datetime
    form: str = ""


def countdowns(seen: Opened) -> list[Countdown]:
    """What is still to be looked at after a dose given in this response, the most urgent first."""
    if seen.encounter.is_signed or seen.encounter.cleared_at:
        return []
    facts = seen.picture.facts
    found = [*_after_buprenorphine(facts), *_after_naloxone(seen, facts), *_from_facts(facts)]
    return sorted(found, key=lambda each: each.due)


def _after_buprenorphine(facts: Facts) -> list[Countdown]:
    due, latest = facts.reassess_due_at, facts.reassess_until
    if due is None or latest is None:
        return []
    return [Countdown("reassess", "COWS and vital signs after buprenorphine", due, latest, "cows")]


def _from_facts(facts: Facts) -> list[Countdown]:
    """Clocks that other apps ask for: a check of somebody held, an LMHP assessment."""
    return [Countdown(each.key, each.label, each.due, each.latest, each.form) for each in facts.clocks]


def _after_naloxone(seen: Opened, facts: Facts) -> list[Countdown]:
    """The observation that follows the last naloxone, whoever gave it (re-sedation)."""
    times = [dose.at for dose in facts.given("naloxone") if dose.at]
    if not times:
        return []
    minutes = seen.picture.policies["naloxone"]["observation_min"]
    until = times[-1] + timedelta(minutes=minutes)
    if until <= clock.now():
        return []
    return [Countdown("observe", "Watch for re-sedation after naloxone", until, until, "vitals")]
