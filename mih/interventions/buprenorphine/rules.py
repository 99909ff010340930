"""The single rules of a buprenorphine induction. Each adds a reason when it fails or cannot be answered yet."""

from mih.interventions.buprenorphine.facts import BridgeFacts, InductionFacts
from mih.interventions.buprenorphine.sentences import reason
from mih.protocols.policy import Policy
from mih.protocols.reasons import Reason


def starting(facts: InductionFacts, signs: tuple[str, ...], policy: Policy) -> list[Reason]:
    """Whether withdrawal is far enough on for a first dose, and the last opioid long enough ago."""
    found = withdrawal_level(facts.cows_total, policy["cows_min"], "COWS_BELOW_MIN")
    least = policy["objective_signs_min"]
    if facts.cows_answers is not None and len(signs) < least:
        found.append(reason("OBJECTIVE_SIGNS_LT_2", "hard", signs=len(signs), least=least))
    elif facts.cows_answers is None and facts.cows_total is not None:
        found.append(reason("OBJECTIVE_SIGNS_MISSING", "missing"))
    found += _methadone(facts, policy)
    found += _short_acting(facts, policy)
    found += _after_reversal(facts, policy)
    if facts.already_on_bup_today:
        found.append(reason("ALREADY_BUP_TODAY", "hard"))
    elif facts.already_on_bup_today is None:
        found.append(_unasked("ALREADY_BUP_MISSING", "already_on_bup_today", policy))
    return found


def bridging(facts: InductionFacts, bridge: BridgeFacts, policy: Policy) -> list[Reason]:
    """Whether one more daily dose fits the plan, the protocol, and the law on supply without a prescriber."""
    if not policy["bridge_daily_doses"]:
        return [reason("BRIDGE_OFF", "hard")]
    if not bridge.planned_days:
        return [reason("BRIDGE_NO_PLAN", "hard")]
    found = []
    if not bridge.agreed:
        found.append(reason("BRIDGE_NOT_AGREED", "missing" if bridge.agreed is None else "hard"))
    most, unlinked = bridge_limit(policy), policy["max_dispense_days"]
    if not bridge.prescriber_linked and bridge.given_days >= unlinked:
        found.append(reason("BRIDGE_NO_PRESCRIBER", "hard", most=unlinked))
    if bridge.given_days >= min(bridge.planned_days, most):
        found.append(
            reason("BRIDGE_DAYS_USED", "hard", given=bridge.given_days, most=min(bridge.planned_days, most))
        )
    if bridge.days_since_start > bridge.planned_days:
        found.append(reason("BRIDGE_OVER", "hard", days=bridge.planned_days))
    if bridge.given_today:
        found.append(reason("BRIDGE_GIVEN_TODAY", "hard"))
    if facts.already_on_bup_today:
        found.append(reason("ALREADY_BUP_TODAY", "hard"))
    elif facts.already_on_bup_today is None:
        found.append(_unasked("ALREADY_BUP_MISSING", "already_on_bup_today", policy))
    return found


def bridge_limit(policy: Policy) -> int:
    """The most further daily doses: as the protocol sets, never beyond what may be set."""
    return int(min(policy["bridge_daily_doses"], policy["bridge_daily_doses_max"]))


def withdrawal_level(total: int | None, least: int, code: str) -> list[Reason]:
    """COWS against the protocol's threshold."""
    if total is None:
        return [reason("COWS_MISSING", "missing")]
    return [reason(code, "hard", total=total, least=least)] if total < least else []


def exclusions(facts: InductionFacts, policy: Policy) -> list[Reason]:
    """What speaks against any dose, the first or a further one."""
    return [
        *_who(facts, policy),
        *_vitals(facts, policy),
        *_agreement(facts, policy),
        *_history(facts, policy),
    ]


def _who(facts: InductionFacts, policy: Policy) -> list[Reason]:
    found = []
    if facts.giver_role not in policy["roles_may_administer"]:
        found.append(reason("ROLE_NOT_ALLOWED", "hard", role=facts.giver_role))
    adult, youngest = policy["min_age"], policy["min_age_with_physician"]
    if facts.age is None:
        found.append(_unasked("AGE_MISSING", "age", policy))
    elif facts.age < youngest:
        found.append(reason("UNDER_AGE", "hard", age=facts.age, least=adult))
    elif facts.age < adult:
        if facts.minor_consent_basis in policy["minor_consent_bases"]:
            found.append(reason("MINOR", "caution", age=facts.age))
        else:
            found.append(reason("MINOR_CONSENT_MISSING", "missing", age=facts.age))
    return found


def _vitals(facts: InductionFacts, policy: Policy) -> list[Reason]:
    found = []
    for name, value, code in (
        ("gcs", facts.gcs, "GCS_LT_15"),
        ("rr", facts.rr, "RR_LOW"),
        ("spo2", facts.spo2, "SPO2_LOW"),
    ):
        least = policy[f"{name}_min"]
        if value is None:
            found.append(_unasked(f"{name.upper()}_MISSING", name, policy))
        elif value < least:
            found.append(reason(code, "hard", value=value, least=least))
    return found


def _agreement(facts: InductionFacts, policy: Policy) -> list[Reason]:
    found = []
    for name, value, failed, unasked in (
        ("capacity", facts.capacity, "NO_CAPACITY", "CAPACITY_MISSING"),
        ("treatment_consent", facts.treatment_consent, "NO_CONSENT", "CONSENT_MISSING"),
    ):
        if value is None:
            found.append(_unasked(unasked, name, policy))
        elif not value:
            found.append(reason(failed, "hard"))
    return found


def _history(facts: InductionFacts, policy: Policy) -> list[Reason]:
    found = []
    for name, value, code, unasked in (
        ("allergy", facts.allergy, "ALLERGY", "ALLERGY_MISSING"),
        ("severe_illness", facts.severe_illness, "SEVERE_ILLNESS", "SEVERE_ILLNESS_MISSING"),
        ("opioid_dependent", _not(facts.opioid_dependent), "NOT_DEPENDENT", "DEPENDENCE_MISSING"),
    ):
        if value is None:
            found.append(_unasked(unasked, name, policy))
        elif value:
            found.append(reason(code, "hard"))
    for name, value, code, unasked in (
        ("sedatives_today", facts.sedatives_today, "SEDATIVES_TODAY", "SEDATIVES_MISSING"),
        ("pregnant", facts.pregnant, "PREGNANCY", "PREGNANCY_MISSING"),
        ("liver_disease", facts.liver_disease, "LIVER_DISEASE", "LIVER_DISEASE_MISSING"),
        ("first_opioid_use", facts.first_opioid_use, "LOW_TOLERANCE", "TOLERANCE_MISSING"),
    ):
        if value is None:
            found.append(_unasked(unasked, name, policy))
        elif value:
            found.append(reason(code, "caution", blocks=False))
    return found


def _methadone(facts: InductionFacts, policy: Policy) -> list[Reason]:
    hours, least = facts.hours_since_methadone, policy["hours_since_methadone_min"]
    if hours is None:
        return [_unasked("METHADONE_MISSING", "methadone", policy)]
    if hours == "unknown":
        return [reason("METHADONE_UNKNOWN", "caution", least=least)]
    if isinstance(hours, str) or hours >= least:
        return []
    return [reason("RECENT_METHADONE", "hard", hours=f"{hours:g}", least=least)]


def _short_acting(facts: InductionFacts, policy: Policy) -> list[Reason]:
    hours, least = facts.hours_since_short_acting, policy["hours_since_short_acting_min"]
    if facts.naloxone_given or hours is None or isinstance(hours, str) or hours >= least:
        return []
    return [
        reason(
            "SHORT_ACTING_RECENT",
            "caution",
            hours=f"{hours:g}",
            least=least,
            opioid=facts.opioid or "an opioid",
        )
    ]


def _after_reversal(facts: InductionFacts, policy: Policy) -> list[Reason]:
    if not facts.naloxone_given:
        return []
    if not policy["reversal_start_allowed"]:
        return [reason("REVERSAL_START_NOT_ALLOWED", "hard")]
    least, rate = policy["reversal_awake_min"], policy["reversal_rr_min"]
    if facts.awake_minutes is None:
        return [_unasked("AWAKE_MINUTES_MISSING", "awake_minutes", policy, least=least, rate=rate)]
    if facts.awake_minutes >= least:
        return []
    so_far = int(facts.awake_minutes)
    return [reason("AWAKE_UNDER_MIN", "missing", so_far=so_far, least=least, rate=rate, wait=least - so_far)]


def _unasked(code: str, fact: str, policy: Policy, **words: object) -> Reason:
    return reason(code, "missing", blocks=fact in policy["required_facts"], **words)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
