"""The clinical assessment on scene: who proposes a tier, and who decides it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms

from mih.assessments.forms.clinical import ClinicalForm
from mih.assessments.models import ClinicalAssessment
from mih.assessments.tiers import higher, lower_than
from mih.core import clock
from mih.core.errors import NotAllowed
from mih.encounters.dispositions import tier_change_problem
from mih.encounters.findings import Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.privacy import policy

if TYPE_CHECKING:
    from mih.accounts.models import Staff
    from mih.encounters.picture import Picture


class Clinical(OnSceneForm):
    """Presenting problem, mental status, danger to others, risk formulation and tier."""

    key, title, icon = "clinical", "Clinical assessment", "brain"
    model = ClinicalAssessment
    section, group, order = "clinical_assessment", "Behavioral health", 30
    segment = "mental_health"
    related = ("final_tier_by",)

    def form_class(self) -> type[forms.BaseForm]:
        return ClinicalForm

    def read(self, entry: ClinicalAssessment) -> dict[str, Any]:
        """The fields, and `final_tier_by`: who decided."""
        return {
            **super().read(entry),
            "final_tier_by": entry.final_tier_by.username if entry.final_tier_by else None,
        }

    def carried(self, entry: ClinicalAssessment) -> frozenset[str]:
        return super().carried(entry) | {"final_tier_by", "final_tier_at", "final_tier_screen"}

    def accept(
        self, entry: ClinicalAssessment, values: Mapping[str, Any], picture: "Picture", *, by: "Staff"
    ) -> None:
        """Only a role that writes the section outright decides the tier; only a clinician lowers one."""
        screened = picture.facts.screened_tier
        if "final_tier" in values:
            if "C" not in policy.letters(by, "risk_formulation"):
                raise NotAllowed(
                    "Your role proposes a tier; a clinician sets the final one. Enter yours as the proposed tier.",
                    code="final_tier",
                )
            after = values["final_tier"] or screened or "none"
            _demand_not_lowered(higher(screened, entry.final_tier), after, by)
            entry.final_tier_by = by if values["final_tier"] else None
            entry.final_tier_at = clock.now() if values["final_tier"] else None
            entry.final_tier_screen = screened or ""
        if values.get("proposed_tier"):
            _demand_not_lowered(screened, values["proposed_tier"], by)

    def gaps(self, entry: ClinicalAssessment, picture: "Picture") -> Iterable[Gap]:
        if not entry.presenting_problem.strip():
            yield self.gap(entry, "presenting_problem", "Clinical assessment: write the presenting problem.")
        screened = picture.facts.screened_tier
        chosen = entry.final_tier or entry.proposed_tier
        if chosen and lower_than(chosen, screened) and not entry.tier_rationale.strip():
            sentence = f"The tier is below what the screen gave ({screened}). Say why."
            yield self.gap(entry, "tier_rationale", sentence, code="tier_rationale")
        if not decision_stands(entry, screened):
            yield self.gap(
                entry,
                "final_tier",
                f"The screen now gives {screened}, higher than when the final tier was set. A clinician decides again.",
                code="tier_outdated",
            )

    def summary(self, entry: ClinicalAssessment) -> str:
        tier = entry.get_final_tier_display() or entry.get_proposed_tier_display()
        kind = "final" if entry.final_tier else "proposed"
        words = " ".join(entry.presenting_problem.split())[:80]
        return (
            "; ".join(part for part in (words, f"tier {tier.lower()} ({kind})" if tier else "") if part)
            or self.title
        )

    def rows(self, entry: ClinicalAssessment) -> list[tuple[str, str]]:
        filled = super().rows(entry)
        if entry.final_tier_by and entry.final_tier_at:
            decided = (
                f"{entry.final_tier_by.signature_name}, {clock.local(entry.final_tier_at):%Y-%m-%d %H:%M}"
            )
            filled.append(("Final tier set by", decided))
        return filled


def danger_to_others(entry: ClinicalAssessment) -> bool:
    """Homicidal intent, or a victim named (clinical.md §6.6)."""
    return bool(entry.homicidal_intent or entry.named_victim.strip())


def abuse_suspected(entry: ClinicalAssessment) -> bool:
    return entry.abuse_suspected not in ("", "none")


def decision_stands(entry: ClinicalAssessment, screened: str | None) -> bool:
    """False once the screen has risen above both the final tier and what it gave when that tier was set."""
    if not entry.final_tier or not lower_than(entry.final_tier, screened):
        return True
    return not lower_than(entry.final_tier_screen or "none", screened)


def _demand_not_lowered(before: str | None, after: str, by: "Staff") -> None:
    problem = tier_change_problem(
        before=before or None,  # type: ignore[arg-type]
        after=after,  # type: ignore[arg-type]
        role=by.role,
        matrix=policy.matrix(),
    )
    if problem:
        raise NotAllowed(f"{problem.sentence} {problem.what_to_do}", code="tier_lowered")


registry.add(Clinical())
