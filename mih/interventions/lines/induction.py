"""The registry line of a buprenorphine induction, and the facts it gives."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms

from mih.core.errors import NotAllowed
from mih.encounters.facts import DoseGiven, Facts
from mih.encounters.findings import Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.interventions.buprenorphine import may_see_override
from mih.interventions.forms.buprenorphine import InductionForm
from mih.interventions.lines.orders import attempts_of
from mih.interventions.models import BuprenorphineDose, Induction
from mih.interventions.naloxone import GIVERS
from mih.interventions.standing import day_so_far, reassess_times, standing_verdict

if TYPE_CHECKING:
    from mih.accounts.models import Staff

_FIELDS = {
    "METHADONE_MISSING": "methadone",
    "ALREADY_BUP_MISSING": "already_on_bup_today",
    "CAPACITY_MISSING": "capacity",
    "CONSENT_MISSING": "consent_verbal",
    "ALLERGY_MISSING": "allergy",
    "SEVERE_ILLNESS_MISSING": "severe_illness",
    "DEPENDENCE_MISSING": "opioid_dependent",
    "SEDATIVES_MISSING": "sedatives_today",
    "PREGNANCY_MISSING": "pregnant",
    "LIVER_DISEASE_MISSING": "liver_disease",
    "TOLERANCE_MISSING": "first_opioid_use",
    "MINOR_CONSENT_MISSING": "minor_consent_basis",
    "ORDER_MISSING": "order_physician",
    "AWAKE_MINUTES_MISSING": "awake_since",
}


class BuprenorphineInduction(OnSceneForm):
    """What the protocol asks before a first dose, with the engine's verdict beside it."""

    key, title, icon = "induction", "Buprenorphine: may it be given?", "clipboard-check"
    model = Induction
    section, group, order = "buprenorphine", "Overdose care", 20
    segment = "sud"
    each_change = True

    def form_class(self) -> type[forms.BaseForm]:
        return InductionForm

    def accept(self, entry: Induction, values: Mapping[str, Any], picture: Picture, *, by: "Staff") -> None:
        if values.get("override_reason") and not may_see_override(by.role, picture.policies["buprenorphine"]):
            raise NotAllowed("Ask the paramedic of the crew.", code="override_not_for_role")

    def derive(self, entry: Induction, picture: Picture) -> None:
        entry.verdict = standing_verdict(picture, picture.facts, entry)

    def gaps(self, entry: Induction, picture: Picture) -> Iterable[Gap]:
        found = picture.facts.induction_verdict
        if found is None:
            return
        if entry.wants_treatment is False:
            if not entry.declined_reason.strip():
                yield self.gap(
                    entry,
                    "declined_reason",
                    "Buprenorphine was offered and not wanted: write why, in their words.",
                    code="DECLINED_REASON",
                    blocking=False,
                )
            return
        for reason in found["reasons"]:
            if reason["severity"] == "missing":
                yield self.gap(
                    entry,
                    _FIELDS.get(reason["code"], ""),
                    f"Buprenorphine: {reason['sentence']} {reason['what_to_do']}",
                    code=reason["code"],
                    blocking=False,
                )
        cautions = [
            r["sentence"]
            for r in found["reasons"]
            if r["severity"] == "caution" and r["code"] != "SHORT_ACTING_RECENT"
        ]
        given = bool(picture.facts.given("buprenorphine"))
        if given and cautions and not entry.order_note.strip():
            yield self.gap(
                entry,
                "order_note",
                f"Buprenorphine: write what the physician was told. {' '.join(cautions)}",
                code="ORDER_NOTE_MISSING",
            )
        if given and entry.order_kind == "online" and entry.order_read_back is None:
            yield self.gap(
                entry,
                "order_read_back",
                "Buprenorphine: say whether the order was read back.",
                code="ORDER_READ_BACK",
                blocking=False,
            )
        if entry.consent_written and (entry.consent_signature or {}).get("status") != "signed":
            yield self.gap(
                entry,
                "consent_signature",
                "Buprenorphine: written consent is recorded without a signature. Take it, or say why there is none.",
                blocking=False,
            )

    def summary(self, entry: Induction) -> str:
        words = {
            "disabled": "Protocol not in force",
            "not_eligible": "Not eligible",
            "incomplete": "Answers missing",
            "eligible": "Eligible",
        }
        found = entry.verdict or {}
        return words.get(found.get("status", ""), self.title)

    def rows(self, entry: Induction) -> list[tuple[str, str]]:
        found = super().rows(entry)
        if entry.verdict:
            reasons = "; ".join(reason["sentence"] for reason in entry.verdict["reasons"])
            found.append(("Protocol's answer", " – ".join(filter(None, [self.summary(entry), reasons]))))
        tried = attempts_of(entry.encounter)
        if tried:
            found.append(("Asked, ordered and refused", "; ".join(tried)))
        return found


def buprenorphine_facts(picture: Picture, facts: Facts) -> None:
    """Doses, the verdict, the day's total, when to reassess, and contact with medical control."""
    induction: Induction | None = picture.one("induction")
    given: list[BuprenorphineDose] = picture.all("buprenorphine_dose")
    if induction is None and not given:
        return
    facts.buprenorphine_considered = True
    for entry in given:
        facts.doses.append(
            DoseGiven(
                entry=entry.pk,
                medicine="buprenorphine",
                mg=float(entry.mg) if entry.mg is not None else None,
                at=entry.happened_at,
                given_by=GIVERS["our_paramedic"].nemsis_role,
                before_arrival=False,
                response=entry.outcome,
            )
        )
    if induction is not None:
        if induction.opioid:
            facts.opioids.append(induction.opioid)
        if induction.methadone == "yes":
            facts.opioids.append("methadone")
        if induction.order_kind == "online" and induction.order_physician:
            facts.medical_control_at = induction.order_at
    facts.buprenorphine_mg = float(day_so_far(picture, facts))
    due: tuple[datetime, datetime] | None = reassess_times(picture, facts)
    if due:
        facts.reassess_due_at, facts.reassess_until = due
    frozen = induction is not None and induction.is_frozen
    facts.induction_verdict = (
        induction.verdict if induction is not None and frozen else standing_verdict(picture, facts, induction)
    )
