"""What the system concluded of one response, as plain JSON: for the practice player, for review and for research.

Everything here is computed elsewhere; this only gathers it under one roof.
"""

from typing import Any

from mih.accounts.models import Staff
from mih.cases import concluded_care as care
from mih.cases import concluded_close as close
from mih.cases import concluded_crisis as crisis
from mih.cases.concluded_entries import denials, entries
from mih.cases.local_times import written
from mih.cases.open_to import opened
from mih.cases.reaching import reaching
from mih.encounters.intervals import intervals
from mih.encounters.models import Encounter
from mih.encounters.picture import Picture, load
from mih.encounters.services.signing import review
from mih.followups.models import ContactDue
from mih.referrals.selectors import referral_progress


def conclusions(encounter: Encounter, *, reader: Staff) -> dict[str, Any]:
    """Scores, alarms, eligibility, plan, gates, disposition codes, intervals, follow-up and referrals of a response.

    Times are local with their offset; intervals are whole minutes. `gates` are what still keeps `reader` from signing.
    What rests on forms that the reader's role does not open is left out.
    """
    picture = load(encounter)
    facts = picture.facts
    found = review(picture, by=reader)
    contacts = sorted(ContactDue.objects.filter(encounter=encounter), key=close.in_order)
    whole = {
        "encounter": str(encounter.pk),
        "episode": str(encounter.episode_id) if encounter.episode_id else None,
        "signed": encounter.is_signed,
        "signed_by": encounter.signed_by.display_name if encounter.signed_by else None,
        "signed_at": written(encounter.signed_at),
        "person": _person(picture),
        "scores": care.scores(picture),
        "tier": {"screened": facts.screened_tier, "final": facts.final_tier, "counts": facts.tier},
        "alarms": [
            {
                "code": alarm.code,
                "level": alarm.level,
                "form": alarm.form,
                "acknowledged": alarm.acknowledged_at is not None,
                "message": alarm.message,
            }
            for alarm in picture.alarms
        ],
        "cleared_alarms": sorted({alarm.code for alarm in encounter.alarms.filter(cleared_at__isnull=False)}),
        "vitals": care.vitals(picture),
        "stroke": care.stroke(picture),
        "medical_emergency": facts.medical_emergency,
        "eligibility": facts.induction_verdict,
        "medication": care.medication(picture),
        "safety_plan": {
            "required": facts.plan_required,
            "state": facts.plan_state,
            "missing": facts.plan_missing,
            "steps": _steps_missing(picture),
            "refused": facts.plan_refused,
        },
        "capacity": facts.capacity,
        "gates": [
            {"code": gap.code, "form": gap.form, "field": gap.field, "sentence": gap.sentence}
            for gap in found.blocking
        ],
        "advice": [
            {"code": gap.code, "form": gap.form, "field": gap.field, "sentence": gap.sentence}
            for gap in found.gaps
            if not gap.blocking
        ],
        "disposition": close.how_it_ended(picture),
        "law_enforcement": close.law(picture),
        "legal_hold": crisis.legal_hold(picture),
        "duties": crisis.duties(picture),
        "minor": crisis.minor(picture),
        "clocks": crisis.clocks(picture),
        "case_review": crisis.case_review(picture),
        "diversion": close.diverted(picture),
        "consents": facts.consents,
        "intervals": intervals(encounter),
        "follow_up": [close.contact(contact) for contact in contacts],
        "reaching": reaching(contacts[0], caller=reader) if contacts else None,
        "referrals": [referral_progress(made.entry) for made in facts.referrals],
        "entries": entries(picture),
        "denials": denials(encounter.pk),
    }
    return opened(whole, picture, reader)


def _steps_missing(picture: Picture) -> list[int]:
    """The numbers of the plan's steps that are not complete, 1 to 6 (clinical.md §5.2)."""
    plan = picture.one("safety_plan")
    missing = (plan.completeness or {}).get("missing", ()) if plan else ()
    return sorted({int(gap["step"]) for gap in missing if str(gap["step"]).isdigit()})


def _person(picture: Picture) -> dict[str, Any] | None:
    """Who it was, as far as conclusions rest on it: `age` in years as known, `sex` empty when unknown."""
    if picture.person is None:
        return None
    return {
        "identity": picture.person.identity_status,
        "age": picture.facts.age,
        "sex": picture.facts.sex,
    }
