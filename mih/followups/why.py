"""Why a contact exists as it does, in sentences that are kept with it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from mih.followups.cadence import Anchor, Cadence
from mih.followups.due import DueStep
from mih.followups.hours import Shift
from mih.followups.triggers import Hold, Trigger

_HOLDING = {
    Hold.ON_HOLD: "In a facility or in custody: times are counted from discharge once it is known.",
    Hold.REVERTED: "Discharge never became known: times count from the encounter, by way of the facility.",
}


class Reason(NamedTuple):
    """One sentence, with a code for machines."""

    code: str
    sentence: str


def reasons(
    group: Sequence[DueStep],
    *,
    cadence: Cadence,
    owner: str,
    replaced: Sequence[tuple[Trigger, Trigger]],
) -> tuple[Reason, ...]:
    """In order: each step, what it replaces, the merge, the owner, the hold. What depends on the hour comes after."""
    hold = group[0].trigger.hold
    suicide = any(due.key.trigger in cadence.suicide_order for due in group)
    hours = int(cadence.merge_within.total_seconds() // 3600)
    found = [Reason("step", _step(due, cadence)) for due in group]
    found += [Reason("supersedes", _supersedes(lower, by, cadence)) for lower, by in replaced if suicide]
    if len(group) > 1:
        found.append(
            Reason("merged", f"{len(group)} steps fall within {hours} h of one another: one contact.")
        )
    found.append(Reason("owner", owner))
    if hold:
        found.append(Reason(hold.name.lower(), _HOLDING[hold]))
    return tuple(found)


@lru_cache(maxsize=1_024)
def in_the_end(shift: Shift, sentence: str, version: int) -> tuple[Reason, ...]:
    """The shift, when there is one, with the sentence that says why, and the version of the cadence."""
    rule = Reason("rule", f"Follow-up cadence, version {version}.")
    return (Reason(shift, sentence), rule) if shift else (rule,)


def _step(due: DueStep, cadence: Cadence) -> str:
    name = _capital(cadence.trigger_names[due.trigger.code])
    hours = int(due.step.target.total_seconds() // 3600)
    if due.step.anchor is Anchor.APPOINTMENT:
        since = "the appointment"
    else:
        since = "discharge" if due.trigger.hold is Hold.ON_HOLD or due.trigger.rebased else "the encounter"
    return f"{due.step.code}: {name}, {hours} h after {since}."


def _supersedes(lower: Trigger, by: Trigger, cadence: Cadence) -> str:
    names = cadence.trigger_names
    return f"{_capital(names[by.code])} replaces the follow-up for {names[lower.code]}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
