"""Scoring a sheet within its response: derived items, the person's age and sex, the policies it began under."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mih.assessments.models import InstrumentAnswers
from mih.assessments.onscene.context import person_context
from mih.assessments.onscene.seen import set_seen
from mih.assessments.readings import heart_rate_near, taken_at
from mih.encounters.registry import registry
from mih.instruments.cows import derived_points, objective_signs
from mih.instruments.definition import Definition, comparisons
from mih.instruments.engine import COMPLETE, Result, score

if TYPE_CHECKING:
    from mih.accounts.models import Staff
    from mih.encounters.picture import Picture


_LIMITS = ("age", "pregnant")


@dataclass(frozen=True)
class Scoring:
    """What a sheet comes to now. `whole`: it was asked and every required question is answered.

    `kept` is the engine's result as stored; for COWS with the objective signs of the buprenorphine protocol
    (clinical.md §4.3), `objective_signs` their number and `objective_sign_items` their keys.
    """

    definition: Definition
    derived: dict[str, Any]
    counted: dict[str, Any]
    result: Result
    whole: bool
    kept: dict[str, Any]

    @property
    def limits(self) -> tuple[str, ...]:
        """Remarks that the instrument is not made for this person: outside its ages, or pregnant."""
        said = {note.key for note in self.result.notes}
        return tuple(
            note.text.say()
            for note in self.definition.notes
            if note.key in said and any(one.name in _LIMITS for one in comparisons(note.when))
        )

    @property
    def total(self) -> int | None:
        return self.result.total if self.whole else None

    @property
    def band(self) -> str:
        return (self.result.band or "") if self.whole else ""

    def is_on(self, sheet: InstrumentAnswers) -> bool:
        """Whether the sheet already says so."""
        mine = (self.derived, self.total, self.band, self.kept)
        return mine == (sheet.derived, sheet.total, sheet.band, sheet.result)

    def put_on(self, sheet: InstrumentAnswers) -> None:
        """Set it on the sheet, unsaved."""
        sheet.derived, sheet.total, sheet.band, sheet.result = self.derived, self.total, self.band, self.kept


def scoring(sheet: InstrumentAnswers, picture: "Picture") -> Scoring:
    """The sheet scored with the vital signs and the person as known now. A signed sheet keeps its derived items."""
    derived = sheet.derived if sheet.is_frozen else _derived(sheet, picture)
    counted = sheet.counted_with(derived)
    result = score(sheet.definition, counted, {**person_context(picture), "language": sheet.wording})
    kept = result.as_json()
    if sheet.instrument == "cows":
        thresholds = picture.policies["buprenorphine"]["objective_sign_points"]
        signs = objective_signs(counted, thresholds, version=sheet.definition_version)
        kept |= {"objective_signs": len(signs), "objective_sign_items": list(signs)}
    whole = sheet.asked and result.status == COMPLETE
    return Scoring(sheet.definition, derived, counted, result, whole, kept)


def _derived(sheet: InstrumentAnswers, picture: "Picture") -> dict[str, Any]:
    within = timedelta(minutes=picture.policies["assessments"]["cows_heart_rate_within_min"])
    found: dict[str, Any] = {}
    for item in sheet.definition.items:
        if item.derive is None or item.derive.source != "hr":
            continue
        reading = heart_rate_near(
            sheet.happened_at or sheet.recorded_at, picture.all("vitals"), within=within
        )
        if reading is None or reading.hr is None:
            continue
        found[item.key] = {
            "points": derived_points(sheet.definition, item.key, reading.hr),
            "reading": reading.hr,
            "unit": item.derive.unit,
            "at": taken_at(reading).isoformat(),
            "vitals": str(reading.pk),
        }
    return found


@registry.after_change
def keep_scores(picture: "Picture", *, by: "Staff", at: datetime) -> None:
    """Store scores anew where a vital sign or the person's age, sex or pregnancy has changed since."""
    for _, row in picture.entries:
        if isinstance(row, InstrumentAnswers) and not row.is_frozen:
            found = scoring(row, picture)
            if not found.is_on(row):
                found.put_on(row)
                row.version += 1
                row.save()
    for row in picture.all("vitals"):
        early = set_seen(row, picture).news2
        if not row.is_frozen and row.news2 != early:
            row.news2 = early
            row.version += 1
            row.save()
