"""Custody, duties, consent for a minor and the clocks of one response, as plain JSON."""

from typing import Any

from mih.cases.local_times import written
from mih.crisis.models import CaseReview, LegalHold
from mih.crisis.selectors import as_json
from mih.encounters.picture import Picture


def legal_hold(picture: Picture) -> dict[str, Any] | None:
    """Protective custody with its LMHP clock and the detention limit in words; None without one. Nothing is decided."""
    entry: LegalHold | None = picture.one("legal_hold")
    return as_json(entry, picture.policies["legal_hold"]) if entry else None


def duties(picture: Picture) -> dict[str, Any]:
    """Duty to warn and mandatory report: whether they arose, and whether they are done (clinical.md §6.6)."""
    facts = picture.facts
    return {
        "homicidal_intent": facts.homicidal_intent,
        "named_victim": facts.named_victim,
        "duty_to_warn_done": facts.duty_to_warn_done,
        "abuse_suspected": facts.abuse_kind or None,
        "abuse_report_done": facts.abuse_report_done,
        "force_used": facts.force_used,
    }


def minor(picture: Picture) -> dict[str, Any] | None:
    """On what basis a minor is cared for (clinical.md §9.6); None for an adult or an unknown age."""
    facts = picture.facts
    if facts.age is None or facts.age >= picture.policies["gates"]["adult_age"]:
        return None
    return {"age": facts.age, "basis": facts.minor_basis}


def case_review(picture: Picture) -> dict[str, Any] | None:
    """The quality review this response asks for, and whether it is closed; None when nothing asks for one."""
    found = CaseReview.objects.filter(encounter=picture.encounter, withdrawn_at__isnull=True).first()
    if found is None:
        return None
    return {"reasons": found.reasons, "closed": found.closed_at is not None}


def clocks(picture: Picture) -> list[dict[str, Any]]:
    """What the crew still has to look at by a time."""
    return [
        {"key": each.key, "label": each.label, "due": written(each.due), "latest": written(each.latest)}
        for each in sorted(picture.facts.clocks, key=lambda each: each.due)
    ]
