"""What stands beside a form that is more than its fields: the protocol's verdict, and the doses it allows."""

from dataclasses import dataclass
from typing import Any

from django import forms

from mih.accounts.models import Staff
from mih.core.fields import RowsField
from mih.encounters.registry import registry
from mih.field.opening import Opened
from mih.interventions.buprenorphine import compose_films
from mih.interventions.doses import strengths
from mih.interventions.models import BuprenorphineDose, SecondPerson
from mih.interventions.services.second_person import may_second
from mih.interventions.standing import standing_verdict
from mih.interventions.witnessing import ACTS, digest_of, may_sign, named, signed_by
from mih.privacy.pages import PAGES
from mih.protocols.policy import Policy
from mih.safety_plans.panel import plan_panel

PLAN = "safety_plan"
INDUCTION = frozenset({"induction", "buprenorphine_dose"})
TITLES = {
    "eligible": "May be given",
    "not_eligible": "Must not be given",
    "incomplete": "Not decided: answers are missing",
    "disabled": "The protocol is not in force",
}


@dataclass(frozen=True)
class Give:
    """One dose that may be chosen, with the films that make it."""

    mg: str
    films: str
    rows: list[dict[str, str]]
    proposed: bool


def panel_for(seen: Opened, form: str) -> dict[str, Any] | None:
    """The panel of a form, with its template; None for a form without one."""
    if form == PLAN:
        return plan_panel(seen.picture, seen.staff)
    if form not in INDUCTION or form not in registry:
        return None
    facts = seen.picture.facts
    found = facts.induction_verdict or standing_verdict(seen.picture, facts, seen.picture.one("induction"))
    verdict = found.get("next") or found
    policy = seen.picture.policies["buprenorphine"]
    gaps = {gap.code: gap for gap in seen.picture.gaps if gap.form == "induction"}
    reasons = [reason | {"gap": gaps.get(reason["code"])} for reason in verdict["reasons"]]
    return {
        "template": "field/verdict.html",
        "verdict": verdict,
        "title": TITLES[verdict["status"]],
        "further": "next" in found,
        "hard": [reason for reason in reasons if reason["severity"] == "hard"],
        "cautions": [reason for reason in reasons if reason["severity"] == "caution"],
        "missing": [reason for reason in reasons if reason["severity"] == "missing"],
        "doses": _doses(seen, verdict),
        "may_give": verdict["eligible"] and seen.may_write(registry["buprenorphine_dose"]),
        "gives_here": form == "buprenorphine_dose",
        "bridge": verdict.get("bridge"),
        "precipitated": policy["precip_advice"] if _precipitated(seen) else [],
        "vomited": policy["vomited_advice"] if any(dose.vomited for dose in _given(seen)) else "",
        "seconds": _seconds(seen),
        "colleagues": _colleagues(seen) if seen.writable else [],
    }


@dataclass(frozen=True)
class Second:
    """What a second person signs for: a dose or its waste. `signed` once they have; `mine` when the reader may."""

    dose: BuprenorphineDose
    act: str
    named: Staff | None
    signed: SecondPerson | None
    mine: bool

    @property
    def words(self) -> str:
        amount = self.dose.waste_mg if self.act == "waste" else self.dose.mg
        what = "Waste" if self.act == "waste" else "Dose"
        return f"{what}, {amount.normalize():f} mg" if amount is not None else what


def _given(seen: Opened) -> list[BuprenorphineDose]:
    return [each for each in seen.picture.all("buprenorphine_dose") if each.mg is not None]


def _precipitated(seen: Opened) -> bool:
    return any(
        (dose.effect or {}).get("precipitated") or dose.outcome == "precipitated" for dose in _given(seen)
    )


def _seconds(seen: Opened) -> list[Second]:
    return [
        Second(
            dose, act, named(dose, act), signed_by(seen.picture, dose, act), may_sign(seen.staff, dose, act)
        )
        for dose in _given(seen)
        for act in ACTS
        if digest_of(dose, act)
    ]


def _colleagues(seen: Opened) -> list[Staff]:
    """Who may be second person here, the crew first."""
    crew = set(seen.encounter.crew.values_list("staff", flat=True))
    rows = Staff.objects.filter(is_active=True, role__in=PAGES["stock"]).select_related("programme")
    able = [each for each in rows.order_by("last_name", "first_name") if may_second(each, seen.staff)]
    return sorted(able, key=lambda each: each.pk not in crew)


def offer_films(form: forms.BaseForm, policy: Policy) -> None:
    """Let the films opened be chosen from the strengths of the protocol."""
    films = form.fields.get("films")
    if isinstance(films, RowsField):
        films.widget.options = {"strength": {name: f"{name} mg" for name in strengths(policy)}}


def _doses(seen: Opened, verdict: dict[str, Any]) -> list[Give]:
    in_stock = seen.picture.policies["buprenorphine"]["film_strengths_mg"]
    found = []
    for mg in verdict["allowed_doses_mg"]:
        films = compose_films(mg, in_stock)
        if films is None:
            continue
        rows = [{"strength": name, "count": str(count)} for name, count in films.counts.items()]
        found.append(Give(f"{mg:g}", str(films), rows, mg == verdict["next_dose_mg"]))
    return found
