"""The medical assessment on scene, with the stroke screen."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms

from mih.assessments.forms.medical import MedicalForm
from mih.assessments.models import MedicalAssessment
from mih.assessments.models.medical import STROKE_SIGNS
from mih.assessments.onscene.context import in_future
from mih.core import clock
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.instruments.catalogue import definition
from mih.instruments.engine import Result, score

if TYPE_CHECKING:
    from mih.encounters.picture import Picture

POSITIVE = "positive"


class Medical(OnSceneForm):
    """Complaint, history, exam, substances, stroke screen and impression."""

    key, title, icon = "medical", "Medical assessment", "stethoscope"
    model = MedicalAssessment
    section, group, order = "vitals", "Medical", 20

    def form_class(self) -> type[forms.BaseForm]:
        return MedicalForm

    def read(self, entry: MedicalAssessment) -> dict[str, Any]:
        """The fields, and `stroke_result`: positive, negative or, while signs are unanswered, empty."""
        return {**super().read(entry), "stroke_result": entry.stroke_result}

    def check(self, entry: MedicalAssessment, picture: "Picture") -> dict[str, str]:
        sentences = {
            "onset": "When it began lies in the future. Check the date and the time.",
            "last_known_well": "Last known well lies in the future. Check the date and the time.",
        }
        return {name: text for name, text in sentences.items() if in_future(getattr(entry, name), picture)}

    def derive(self, entry: MedicalAssessment, picture: "Picture") -> None:
        screen = stroke_screen(entry)
        entry.stroke_result = POSITIVE if screen.flags else screen.band or ""

    def gaps(self, entry: MedicalAssessment, picture: "Picture") -> Iterable[Gap]:
        if not entry.chief_complaint.strip():
            yield self.gap(entry, "chief_complaint", "Medical assessment: write the chief complaint.")
        if entry.no_known_allergies and entry.allergies:
            yield self.gap(
                entry, "no_known_allergies", "Allergies are listed and also denied. Clear one of the two."
            )
        if not entry.allergies and entry.no_known_allergies is None:
            yield self.gap(
                entry, "allergies", "Ask about allergies: list them, or say none are known.", blocking=False
            )
        untimed = entry.last_known_well is None and not entry.last_known_well_unknown
        if entry.stroke_result == POSITIVE and untimed:
            yield self.gap(
                entry,
                "last_known_well",
                "Stroke signs: ask when the person was last known well, or say nobody knows.",
            )
        if entry.medical_emergency and not entry.emergency_reason.strip():
            yield self.gap(entry, "emergency_reason", "Medical emergency: say what is suspected.")

    def alarms(self, entry: MedicalAssessment, picture: "Picture") -> Iterable[AlarmDue]:
        if entry.stroke_result == POSITIVE:
            for code in stroke_screen(entry).flag_codes:
                yield AlarmDue(code, _stroke_words(entry, picture), self.key, entry.pk)

    def summary(self, entry: MedicalAssessment) -> str:
        parts = [entry.chief_complaint, entry.get_primary_impression_display()]
        return "; ".join(part for part in parts if part) or self.title

    def rows(self, entry: MedicalAssessment) -> list[tuple[str, str]]:
        filled = super().rows(entry)
        if entry.stroke_result:
            filled.append(("BE-FAST", entry.stroke_result.capitalize()))
        if entry.medical_emergency:
            filled.append(("Behavioral screens", "Deferred: medical emergency"))
        return filled


def stroke_screen(entry: MedicalAssessment) -> Result:
    """BE-FAST of the signs that were looked for. One sign alarms at once; negative needs all five."""
    signs = {name.removeprefix("befast_"): getattr(entry, name) for name in STROKE_SIGNS}
    answers = {key: "yes" if found else "no" for key, found in signs.items() if found is not None}
    return score(definition("befast"), answers)


def minutes_since_well(entry: MedicalAssessment, picture: "Picture") -> int | None:
    """Whole minutes from last known well to arrival on scene; None when either is missing."""
    arrived = picture.encounter.on_scene_at
    if entry.last_known_well is None or arrived is None:
        return None
    return int((arrived - entry.last_known_well).total_seconds() // 60)


def _stroke_words(entry: MedicalAssessment, picture: "Picture") -> str:
    names = ", ".join(name.removeprefix("befast_") for name in STROKE_SIGNS if getattr(entry, name))
    if entry.last_known_well is None:
        known = "nobody knows since when" if entry.last_known_well_unknown else "ask when last known well"
        return f"Stroke signs: {names}; {known}"
    well = clock.local(entry.last_known_well)
    arrived = picture.encounter.on_scene_at
    same_day = arrived is None or clock.local(arrived).date() == well.date()
    minutes = minutes_since_well(entry, picture)
    since = f" ({minutes} min at arrival)" if minutes is not None else ""
    return f"Stroke signs: {names}; last known well {well:{'%H:%M' if same_day else '%Y-%m-%d %H:%M'}}{since}"


registry.add(Medical())
