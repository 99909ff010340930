"""Keeping each answer of a physician, and each offer that was not wanted, although the form holds only the latest."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from mih.core import clock
from mih.encounters.models import Encounter
from mih.encounters.values import as_json
from mih.interventions.models import Induction, InductionAttempt
from mih.interventions.services.attempts import keep_attempt

if TYPE_CHECKING:
    from mih.accounts.models import Staff

_WORDS = {
    "allowed": "Dose asked for, within the protocol",
    "override": "Dose asked for, outside the protocol",
    "refused": "Dose asked for and refused",
    "approved": "Approved",
    "denied": "Not approved",
    "declined": "Offered, and not wanted",
}


def keep_orders(induction: Induction, verdict: dict[str, Any], *, by: "Staff", at: datetime) -> None:
    """Keep the physician's answer once it is whole and differs from the one before; keep that treatment was declined."""
    order = {"physician": induction.order_physician, "at": as_json(induction.order_at)}
    kept = InductionAttempt.objects.filter(encounter=induction.encounter_id)
    if induction.order_kind and induction.order_answer and all(order.values()):
        last = kept.filter(kind__in=("approved", "denied")).order_by("-at", "-id").first()
        if last is None or (last.kind, last.verdict.get("order")) != (induction.order_answer, order):
            _keep(induction, induction.order_answer, verdict | {"order": order}, induction.order_note, by, at)
    if induction.wants_treatment is False:
        last = kept.filter(kind="declined").order_by("-at", "-id").first()
        if last is None or last.reason != induction.declined_reason:
            _keep(induction, "declined", verdict, induction.declined_reason, by, at)


def _keep(
    induction: Induction, kind: str, verdict: dict[str, Any], reason: str, by: "Staff", at: datetime
) -> None:
    keep_attempt(
        encounter=induction.encounter,
        kind=kind,
        verdict=verdict,
        by=by,
        at=at,
        induction=induction,
        reason=reason,
    )


def attempts_of(encounter: Encounter) -> list[str]:
    """Everything asked, ordered, refused and declined in a response, as lines, oldest first."""
    rows = (
        InductionAttempt.objects.filter(encounter=encounter).exclude(kind="evaluation").select_related("by")
    )
    return [_line(row) for row in rows.order_by("at", "id")]


def _line(row: InductionAttempt) -> str:
    found = f"{clock.local(row.at):%H:%M} {_WORDS[row.kind]}"
    if row.kind in ("approved", "denied"):
        order = row.verdict.get("order", {})
        found += f" by {order.get('physician')}"
    if row.asked_mg is not None:
        found += f" ({row.asked_mg.normalize():f} mg)"
    if row.kind == "refused":
        found += f": {', '.join(r['sentence'] for r in row.verdict['reasons'] if r['blocks'])}"
    elif row.reason:
        found += f": {row.reason}"
    return found
