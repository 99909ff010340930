"""Field buprenorphine: may this person have a dose now, and every reason why not (clinical.md §4.3).

Pure rules over the signed protocol. The engine never stops at the first failing rule: the crew and the physician on the
line see all of them. It informs; what was given in the field is recorded whatever it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from mih.interventions.buprenorphine.dosing import Mg, compose_films, mg
from mih.interventions.buprenorphine.facts import BridgeFacts, InductionFacts
from mih.interventions.buprenorphine.rules import bridging, exclusions, starting, withdrawal_level
from mih.interventions.buprenorphine.sentences import reason
from mih.protocols.policy import Policy
from mih.protocols.reasons import Reason, Severity, codes


@dataclass(frozen=True, slots=True)
class Verdict:
    """The engine's answer. `enabled` is false while the protocol is unsigned or switched off.

    `next_dose_mg` is what the protocol proposes, None when nothing may be given; `allowed_doses` are the doses that may
    be chosen instead, all composable of whole films and within `remaining_mg` of the day's cap.
    """

    enabled: bool
    eligible: bool
    reasons: tuple[Reason, ...]
    objective_signs: tuple[str, ...]
    next_dose_mg: Decimal | None
    remaining_mg: Decimal
    allowed_doses: tuple[Decimal, ...]

    @property
    def status(self) -> Literal["disabled", "not_eligible", "incomplete", "eligible"]:
        """`incomplete`: nothing speaks against a dose yet, but an answer it depends on is missing."""
        if not self.enabled:
            return "disabled"
        if codes(self.reasons, "hard"):
            return "not_eligible"
        return "eligible" if self.eligible else "incomplete"

    def codes(self, severity: Severity | None = None) -> tuple[str, ...]:
        """The codes of the reasons; of one severity when given."""
        return codes(self.reasons, severity)


def enabled(policy: Policy) -> bool:
    """Whether inductions are on at all: signed by the medical director, and not switched off."""
    return policy.signed and policy["enabled"] == "when_signed"


def assess(facts: InductionFacts, policy: Policy) -> Verdict:
    """The verdict on a first dose."""
    signs = objective_signs(facts.cows_answers, policy)
    return _verdict(facts, policy, starting(facts, signs, policy), signs)


def repeat_dose(
    facts: InductionFacts,
    *,
    minutes_since_last_dose: float,
    precipitated: bool = False,
    vomited: bool = False,
    policy: Policy,
) -> Verdict:
    """The verdict on a further dose of an induction under way.

    `facts` are those of the reassessment: COWS and vital signs taken after the last dose, `given_mg` so far.
    """
    signs = objective_signs(facts.cows_answers, policy)
    own = _repeating(facts, minutes_since_last_dose, precipitated, policy)
    if vomited:
        own.append(reason("VOMITED", "caution"))
    return _verdict(facts, policy, own, signs)


def bridge_dose(facts: InductionFacts, bridge: BridgeFacts, *, policy: Policy) -> Verdict:
    """The verdict on one more daily dose of a plan. It asks for no withdrawal; vital signs, agreement and the day's cap
    hold as for any dose."""
    signs = objective_signs(facts.cows_answers, policy)
    doses = [bridge.daily_mg] if bridge.daily_mg else []
    return _verdict(facts, policy, bridging(facts, bridge, policy), signs, doses=doses)


def objective_signs(answers: Mapping[str, int | None] | None, policy: Policy) -> tuple[str, ...]:
    """The COWS items that count as objective withdrawal signs, in the protocol's order. Aches never do."""
    given = answers or {}
    points: Mapping[str, int] = policy["objective_sign_points"]
    return tuple(item for item, least in points.items() if (given.get(item) or 0) >= least)


def may_see_override(role: str, policy: Policy) -> bool:
    """Whether `role` is shown that a hard stop can be overridden at all."""
    return role in policy["override_roles"]


def override_problems(
    verdict: Verdict, *, role: str, order_id: str | None, reason_text: str, policy: Policy
) -> tuple[Reason, ...]:
    """What still stands against overriding `verdict`; empty when it may be.

    An override needs a paramedic, an online physician's order and a written reason. It replaces no missing
    measurement, and some hard stops cannot be overridden by anybody.
    """
    found = []
    if not may_see_override(role, policy):
        found.append(reason("OVERRIDE_ROLE", "hard"))
    if not (order_id or "").strip():
        found.append(reason("OVERRIDE_ORDER", "missing"))
    if not reason_text.strip():
        found.append(reason("OVERRIDE_REASON", "missing"))
    for standing in verdict.reasons:
        fixed = standing.severity == "hard" and standing.code in policy["not_overridable"]
        unknown = standing.severity == "missing" and standing.blocks and standing.code != "ORDER_MISSING"
        if fixed or unknown:
            found.append(standing)
    return tuple(found)


def _repeating(facts: InductionFacts, minutes: float, precipitated: bool, policy: Policy) -> list[Reason]:
    found = withdrawal_level(facts.cows_total, policy["cows_repeat_min"], "COWS_BELOW_REPEAT_MIN")
    wait = policy["reassess_window_min"][0]
    if minutes < wait:
        found.append(
            reason(
                "REASSESS_TOO_EARLY", "missing", minutes=int(minutes), least=wait, wait=wait - int(minutes)
            )
        )
    if precipitated:
        found.append(reason("PRECIP_WD", "caution"))
    return found


def _verdict(
    facts: InductionFacts,
    policy: Policy,
    own: list[Reason],
    signs: tuple[str, ...],
    *,
    doses: Sequence[Mg] | None = None,
) -> Verdict:
    """`doses`: what may be chosen from, when not the protocol's first or repeat doses."""
    on = enabled(policy)
    found = (
        []
        if on
        else [reason("PROTOCOL_UNSIGNED" if policy["enabled"] == "when_signed" else "PROTOCOL_OFF", "hard")]
    )
    found += own
    found += exclusions(facts, policy)
    remaining = max(mg(policy["max_day1_mg"]) - mg(facts.given_mg), Decimal(0))
    if doses is None:
        doses = policy["allowed_first_doses_mg"] if not mg(facts.given_mg) else [policy["repeat_dose_mg"]]
        wanted = mg(policy["repeat_dose_mg"] if mg(facts.given_mg) else policy["first_dose_mg"])
    else:
        wanted = mg(doses[0]) if doses else Decimal(0)
    allowed = _allowed(doses, remaining, policy)
    asked = facts.requested_mg
    if not doses:
        pass  # there is no plan to take a dose from; the reasons say so
    elif not allowed and remaining >= wanted:
        found.append(reason("FILMS_CANNOT_MAKE_DOSE", "hard"))
    elif not allowed or (asked is not None and mg(asked) > remaining):
        found.append(
            reason("DAILY_CAP", "hard", given=facts.given_mg, cap=policy["max_day1_mg"], remaining=remaining)
        )
    elif asked is not None and mg(asked) not in allowed:
        found.append(
            reason(
                "DOSE_NOT_ALLOWED", "hard", asked=asked, allowed=", ".join(f"{dose:f}" for dose in allowed)
            )
        )
    found = _with_order(facts, found, policy)
    eligible = on and bool(allowed) and not any(each.blocks for each in found)
    return Verdict(
        enabled=on,
        eligible=eligible,
        reasons=tuple(found),
        objective_signs=signs,
        next_dose_mg=(wanted if wanted in allowed else max(allowed)) if eligible and allowed else None,
        remaining_mg=remaining,
        allowed_doses=allowed,
    )


def _with_order(facts: InductionFacts, found: list[Reason], policy: Policy) -> list[Reason]:
    """Add what the order lacks. A physician's order covers the cautions; without one they block."""
    ordered = bool((facts.order_id or "").strip()) and not facts.order_denied
    serious = [each for each in found if each.severity == "caution" and each.code != "SHORT_ACTING_RECENT"]
    if facts.order_denied:
        return [*found, reason("ORDER_DENIED", "hard")]
    if ordered:
        return found
    needed = policy["order_type"] == "online_physician" or serious
    found = [replace(each, blocks=True) if each in serious else each for each in found]
    return [*found, reason("ORDER_MISSING", "missing")] if needed else found


def _allowed(doses: Sequence[Mg], remaining: Decimal, policy: Policy) -> tuple[Decimal, ...]:
    return tuple(
        mg(dose)
        for dose in doses
        if mg(dose) <= remaining and compose_films(dose, policy["film_strengths_mg"])
    )
