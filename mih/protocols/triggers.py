"""Which facts of an encounter start which follow-up plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mih.protocols.policy import Policy

CODES = ("OD", "BUP", "SH", "SM", "ML", "RF")


@dataclass(frozen=True, slots=True)
class Started:
    """A trigger that applies, and the fact that started it."""

    code: str
    because: str


def started(facts: Mapping[str, Any], policy: Policy) -> list[Started]:
    """The follow-up triggers that `facts` start, in a fixed order.

    Facts read by the shipped policy: `survived`, `naloxone_given` (by anyone), `suspected_opioid_overdose`,
    `buprenorphine_given`, `tier` (none, low, moderate, high), `low_acuity_mental_health`, `referral_sent`,
    `medical_emergency`, `disposition_followup` (create, on_hold, none). A fact left out holds for nothing, except that
    a person counts as alive until `survived` is False.
    """
    known = {"survived": True, **{name: value for name, value in facts.items() if value is not None}}
    if any(_holds(condition, known) for condition in policy["no_plan_when"]):
        return []
    found = []
    for code in CODES:
        rule = policy[code]
        because = next((c["fact"] for c in rule["any_of"] if _holds(c, known)), None)
        if (
            because
            and all(_holds(c, known) for c in rule["all_of"])
            and not any(_holds(c, known) for c in rule["unless"])
        ):
            found.append(Started(code, because))
    replaced = {lower for trigger in found for lower in policy["replaces"].get(trigger.code, ())}
    return [trigger for trigger in found if trigger.code not in replaced]


def _holds(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return condition["fact"] in facts and facts[condition["fact"]] in condition["in"]
