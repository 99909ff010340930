"""The registry line of refusal, with capacity."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms

from mih.core import clock
from mih.core.errors import NotAllowed
from mih.encounters.facts import Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.interventions import capacity
from mih.interventions.capacity import RefusalFacts, RefusalVerdict
from mih.interventions.forms.closing import RefusalForm
from mih.interventions.models import Refusal
from mih.interventions.naloxone import AfterNaloxone, refusal_after_naloxone
from mih.privacy import policy
from mih.protocols.policy import Policy

if TYPE_CHECKING:
    from mih.accounts.models import Staff

ELEMENTS = ("understands", "appreciates", "reasons", "expresses_choice")
WITNESS_FIELDS = frozenset({"witness", "witness_signature"})


class RefusalOfCare(OnSceneForm):
    """A refusal, with capacity asked element by element. A role that only witnesses fills in only the witness."""

    key, title, icon = "refusal", "Refusal and capacity", "signature"
    model = Refusal
    section, group, order = "refusal", "Close", 20

    def form_class(self) -> type[forms.BaseForm]:
        return RefusalForm

    def accept(self, entry: Refusal, values: Mapping[str, Any], picture: Picture, *, by: "Staff") -> None:
        if "C" in policy.letters(by, self.section):
            return
        if entry._state.adding or set(values) - WITNESS_FIELDS:
            raise NotAllowed(
                "Your role signs a refusal as its witness. Ask the paramedic or the clinician to document it.",
                code="witness_only",
            )

    def check(self, entry: Refusal, picture: Picture) -> dict[str, str]:
        if entry.orientation is not None and entry.orientation > 4:
            return {"orientation": "Oriented to person, place, time and event: 0 to 4."}
        return {}

    def derive(self, entry: Refusal, picture: Picture) -> None:
        entry.verdict = as_record(verdict(entry, picture.facts, picture))

    def gaps(self, entry: Refusal, picture: Picture) -> Iterable[Gap]:
        if not entry.refuses:
            yield self.gap(entry, "refuses", "Refusal: say what is refused.")
        found = verdict(entry, picture.facts, picture)
        after = after_naloxone(entry, picture.facts, picture)
        for reason in found.reasons:
            if reason.blocks:
                yield self.gap(
                    entry,
                    _FIELDS.get(reason.code, ""),
                    f"Refusal: {reason.sentence} {reason.what_to_do}",
                    code=reason.code,
                )
        settled_there = "MEDICAL_CONTROL_NEEDED" in found.codes
        if after.alarm and not (after.satisfied or settled_there):
            yield self.gap(entry, "medical_control", after.sentence, code="REFUSAL_AFTER_NALOXONE")
        if (entry.signature or {}).get("status") == "unable" and not entry.no_signature:
            yield self.gap(
                entry, "no_signature", "Refusal: choose why there is no signature.", blocking=False
            )
        minor = picture.facts.age is not None and picture.facts.age < picture.policies["gates"]["adult_age"]
        if minor and not entry.guardian:
            yield self.gap(
                entry,
                "guardian",
                "Refusal: the person is under age. Name the guardian who was reached, or write that none was.",
            )

    def alarms(self, entry: Refusal, picture: Picture) -> Iterable[AlarmDue]:
        found = verdict(entry, picture.facts, picture)
        for code in found.alarms:
            said = [reason.sentence for reason in found.reasons if not reason.blocks]
            needs = [reason.what_to_do for reason in found.reasons if reason.severity == "hard"]
            settled = "Medical control and the supervisor are on record." if not needs else ""
            words = " ".join([*said, *needs, settled]).strip()
            met = "" if needs else "medical control and the supervisor, both on record"
            yield AlarmDue(code, words, self.key, entry.pk, met)
        after = after_naloxone(entry, picture.facts, picture)
        if after.alarm:
            met = _met_by(entry, picture.facts) if after.satisfied else ""
            yield AlarmDue(after.alarm, after.sentence, self.key, entry.pk, met)

    def summary(self, entry: Refusal) -> str:
        labels = dict(RefusalForm.base_fields["refuses"].choices)  # type: ignore[attr-defined]
        what = ", ".join(str(labels.get(code, code)).lower() for code in entry.refuses)
        return f"Refuses {what}" if what else self.title

    def rows(self, entry: Refusal) -> list[tuple[str, str]]:
        words = {"clear": "Shown", "unclear": "Unclear", "incomplete": "Not all asked"}
        found = super().rows(entry)
        if entry.verdict:
            found.append(("Capacity", words[entry.verdict["capacity"]]))
        code = signature_code(entry, Policy.default("gates")["signature_codes"])
        if code:
            found.append(("eOther.15", code))
        return found


_FIELDS = {
    **{f"CAPACITY_{name.upper()}_MISSING": name for name in ELEMENTS},
    "REFUSAL_HOW_ASSESSED_MISSING": "how_assessed",
    "REFUSAL_INTOXICATION_MISSING": "intoxicated",
    "REFUSAL_LANGUAGE_MISSING": "language_ok",
    "REFUSAL_RISKS_TOLD_MISSING": "risks_told",
    "REFUSAL_ALTERNATIVES_MISSING": "alternatives",
    "REFUSAL_WITNESS_MISSING": "witness",
    "REFUSAL_SIGNATURE_STATUS_MISSING": "signature",
    "REFUSAL_PLAN_MISSING": "plan",
    "REFUSAL_RETURN_INSTRUCTIONS_MISSING": "return_instructions",
    "GCS_LT15_REASON_MISSING": "low_gcs_reason",
    "MEDICAL_CONTROL_NEEDED": "medical_control",
    "CAPACITY_UNCLEAR_MEDICAL_CONTROL": "medical_control",
    "CAPACITY_UNCLEAR_SUPERVISOR": "supervisor",
}


def verdict(entry: Refusal, facts: Facts, picture: Picture) -> RefusalVerdict:
    """The verdict on a refusal, with what the other forms know. A high tier counts as intent whatever is ticked here."""
    return capacity.refusal(
        RefusalFacts(
            understands=entry.understands,
            appreciates=entry.appreciates,
            reasons=entry.reasons,
            expresses_choice=entry.expresses_choice,
            how_assessed=how_assessed(entry),
            gcs=facts.gcs,
            low_gcs_reason=entry.low_gcs_reason or None,
            glucose="taken" if facts.glucose_taken else None,
            spo2=facts.spo2,
            intoxicated=entry.intoxicated,
            language_ok=entry.language_ok,
            risks_told=entry.risks_told,
            alternatives=entry.alternatives,
            witness=entry.witness or None,
            signature_status=(entry.signature or {}).get("status"),
            plan=entry.plan or None,
            return_instructions=entry.return_instructions,
            medical_control=_contacted(entry, facts),
            supervisor=bool(entry.supervisor or facts.supervisor),
            policy_exemption=bool(entry.policy_exemption),
            naloxone_given=_antagonist_given(facts),
            suicidal=True if facts.tier == "high" else entry.suicidal,
            age=facts.age,
            abnormal_vitals=facts.abnormal_vitals,
        ),
        picture.policies["gates"],
    )


def how_assessed(entry: Refusal) -> str:
    """How capacity was assessed: in one text, or element by element when each of the four is told."""
    each = [getattr(entry, f"{name}_how") for name in ELEMENTS]
    return entry.how_assessed or ("; ".join(each) if all(each) else "")


def signature_code(entry: Refusal, codes: Mapping[str, str]) -> str | None:
    """NEMSIS eOther.15 of the person's signature; None while nothing is said of it."""
    status = (entry.signature or {}).get("status")
    guardian = (entry.guardian_signature or {}).get("status")
    if status in ("signed", "refused"):
        return codes[status]
    if entry.no_signature:
        return codes[entry.no_signature]
    return codes["signed_other"] if guardian == "signed" else None


def after_naloxone(entry: Refusal, facts: Facts, picture: Picture) -> AfterNaloxone:
    """The verdict on refusing after a reversal by anybody (scenario S01)."""
    return refusal_after_naloxone(
        naloxone_given=_antagonist_given(facts),
        refused=True,
        medical_control=_contacted(entry, facts),
        policy_exemption=bool(entry.policy_exemption),
        policy=picture.policies["naloxone"],
    )


def as_record(found: RefusalVerdict) -> dict[str, Any]:
    """The verdict as kept with the record."""
    return {
        "capacity": found.capacity,
        "codes": list(found.codes),
        "medical_control_for": list(found.medical_control_for),
        "blocked": found.blocked,
    }


def _met_by(entry: Refusal, facts: Facts) -> str:
    """What answers a refusal after naloxone: the call with its physician and time, or the exemption."""
    at = entry.medical_control_at or facts.medical_control_at
    if at is not None:
        whom = f" ({entry.medical_control.strip()})" if entry.medical_control.strip() else ""
        return f"the call to medical control{whom}, {clock.local(at):%H:%M}"
    return "the documented exemption from policy" if entry.policy_exemption else "the agency's policy"


def _contacted(entry: Refusal, facts: Facts) -> bool:
    here = bool(entry.medical_control and entry.medical_control_at)
    return here or facts.medical_control_at is not None


def _antagonist_given(facts: Facts) -> bool:
    return any(dose.medicine != "buprenorphine" for dose in facts.doses)


def refusal_facts(picture: Picture, facts: Facts) -> None:
    """Refusal, capacity, and contact with medical control recorded here."""
    entry: Refusal | None = picture.one("refusal")
    if entry is None:
        return
    facts.refusal = True
    if entry.medical_control and entry.medical_control_at:
        facts.medical_control_at = facts.medical_control_at or entry.medical_control_at
    facts.supervisor = facts.supervisor or entry.supervisor
    facts.capacity = verdict(entry, facts, picture).capacity


@registry.after_change
def keep_capacity(picture: Picture, *, by: "Staff", at: Any) -> None:
    """Bring the stored verdict up to what the other forms now say."""
    entry: Refusal | None = picture.one("refusal")
    if entry is None or entry.is_frozen:
        return
    found = as_record(verdict(entry, picture.facts, picture))
    if found != entry.verdict:
        Refusal.objects.filter(pk=entry.pk).update(verdict=found)
        entry.verdict = found
