"""One registry line for each instrument, made from the catalogue: fields are its item keys and how it was asked."""

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import Q

from mih.assessments.forms.sheet import AROUND, sheet_form
from mih.assessments.models import InstrumentAnswers
from mih.assessments.models.answers import ANSWERED
from mih.assessments.onscene.context import at_clock
from mih.assessments.onscene.scoring import scoring
from mih.assessments.onscene.sheet_words import answered_rows, score_words
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.encounters.values import as_json, as_text
from mih.instruments import catalogue
from mih.instruments.catalogue import definition
from mih.instruments.definition import Definition
from mih.instruments.engine import COMPLETE, UNABLE
from mih.protocols.policy import Policy

if TYPE_CHECKING:
    from mih.accounts.models import Staff
    from mih.encounters.picture import Picture

SUICIDE_SCREENS = ("cssrs_screener", "asq")


class Sheet(OnSceneForm):
    """An instrument as an on-scene form. `key` is the instrument's own."""

    model = InstrumentAnswers
    timed: ClassVar[bool] = False
    """Whether signing needs the time it was asked: where timing carries meaning."""
    optional: ClassVar[bool] = False
    """Whether the program switches it on by policy; it is off otherwise."""

    pinned: Definition | None = None
    """The definition of one sheet, when it is not the one new sheets are answered under."""

    @property
    def current(self) -> Definition:
        """The definition new sheets are answered under, in the site's wording."""
        return self.pinned or catalogue.current(self.key)

    def under(self, entry: InstrumentAnswers) -> "Sheet":
        if entry.instrument != self.key or entry.definition is self.current:
            return self
        pinned = copy(self)
        pinned.pinned = entry.definition
        return pinned

    def form_class(self) -> type[forms.BaseForm]:
        return sheet_form(self.current)

    def in_use(self, policies: Mapping[str, Policy]) -> bool:
        return not self.optional or self.key in policies["assessments"]["optional_instruments_on"]

    def owns(self, entry: InstrumentAnswers) -> bool:
        return entry.instrument == self.key

    @property
    def owned(self) -> Q:
        return Q(instrument=self.key)

    def new(self, encounter: Any, record: UUID, *, by: "Staff", at: datetime) -> InstrumentAnswers:
        entry: InstrumentAnswers = super().new(encounter, record, by=by, at=at)
        entry.instrument, entry.definition_version = self.key, self.current.version
        entry.wording_pack = getattr(self.current, "wording_pack", None)
        return entry

    # Values

    def read(self, entry: InstrumentAnswers) -> dict[str, Any]:
        """The entered answers by item key and the fields of `AROUND`, and what follows: `derived`, `total`, `band`."""
        fields = self.under(entry).fields()
        values = {name: as_json(getattr(entry, name)) for name in fields if name in AROUND}
        answers = {name: entry.answers.get(name) for name in fields if name not in AROUND}
        follows = {"derived": entry.derived, "total": entry.total, "band": entry.band or None}
        return {**answers, **values, **follows}

    def clean(self, name: str, value: Any) -> Any:
        """As the form does; a yes or no may also come as true or false."""
        if isinstance(value, bool) and name not in AROUND and self.current.item(name).type == "yes_no":
            value = "yes" if value else "no"
        return super().clean(name, value)

    def write(self, entry: InstrumentAnswers, values: Mapping[str, Any]) -> None:
        around = {name: value for name, value in values.items() if name in AROUND}
        super().write(entry, around)
        given = {**entry.answers, **{name: value for name, value in values.items() if name not in AROUND}}
        entry.answers = {name: value for name, value in given.items() if value is not None}

    def carried(self, entry: InstrumentAnswers) -> frozenset[str]:
        return frozenset(
            {
                "answers",
                "definition_version",
                "wording_pack",
                "outcome",
                "reason",
                "mode",
                "language",
                "override_reason",
            }
        )

    def check(self, entry: InstrumentAnswers, picture: "Picture") -> dict[str, str]:
        return {error.item: error.message for error in scoring(entry, picture).result.errors}

    def derive(self, entry: InstrumentAnswers, picture: "Picture") -> None:
        scoring(entry, picture).put_on(entry)

    # Judgement

    def gaps(self, entry: InstrumentAnswers, picture: "Picture") -> Iterable[Gap]:
        found = scoring(entry, picture)
        result = found.result
        if self.timed and entry.happened_at is None:
            yield self.gap(entry, "happened_at", f"{self.title}: enter the time it was done.")
        if entry.asked and result.status != COMPLETE:
            missing = [entry.definition.item(key).label.say() for key in result.missing]
            named = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
            yield self.gap(
                entry,
                result.missing[0] if result.missing else "outcome",
                f"{self.title} is not finished: {named}. Answer, or say that it was refused or could not be done.",
                code="incomplete",
            )
        for remark in found.limits if entry.asked else ():
            yield self.gap(entry, "outcome", f"{self.title}: {remark}", code="outside_limits", blocking=False)
        if not entry.asked and result.status == COMPLETE:
            yield self.gap(
                entry,
                "outcome",
                f"{self.title}: every question is answered, yet it says it was not asked. Choose one.",
            )
        if entry.outcome == UNABLE and not entry.reason.strip():
            yield self.gap(entry, "reason", f"{self.title}: say why it could not be done.")
        for key, item in found.derived.items():
            typed = entry.answers.get(key)
            if typed is not None and typed != item["points"] and not entry.override_reason.strip():
                label = entry.definition.item(key).label.say()
                yield self.gap(
                    entry,
                    key,
                    f"{label} was entered as {typed}; {item['reading']}{item['unit']} scores {item['points']}, "
                    f"which is what counts. Say why {typed} is right, or change it.",
                    code="override_reason",
                )
        if not entry.is_frozen and not found.is_on(entry):
            yield self.gap(
                entry,
                "outcome",
                f"{self.title} was scored before something was learned of the person. Open it and save it again.",
                code="score_outdated",
            )

    def alarms(self, entry: InstrumentAnswers, picture: "Picture") -> Iterable[AlarmDue]:
        catalogue = picture.policies["alarms"]
        for flag in scoring(entry, picture).result.flags:
            if flag.code not in catalogue:
                continue
            met = _followed_up(picture) if flag.code == "PHQ9_ITEM9" else ""
            yield AlarmDue(flag.code, f"{flag.text}{at_clock(entry.happened_at)}", self.key, entry.pk, met)

    # Words

    def summary(self, entry: InstrumentAnswers) -> str:
        return f"{self.title}: {score_words(entry)}"

    def rows(self, entry: InstrumentAnswers) -> list[tuple[str, str]]:
        shown = self.under(entry).fields()
        around = {
            "happened_at": entry.happened_at,
            "outcome": entry.outcome or ANSWERED,
            "reason": entry.reason,
            "mode": entry.how,
            "language": entry.wording,
        }
        head = [
            (str(shown[name].label), as_text(value, shown[name])) for name, value in around.items() if value
        ]
        last = (
            [("Why the measured value is not used", entry.override_reason)] if entry.override_reason else []
        )
        remarks = [("Remark", note["text"]) for note in entry.result.get("notes", ()) if entry.asked]
        return [*head, *answered_rows(entry), *last, ("Result", score_words(entry)), *remarks]


def _followed_up(picture: "Picture") -> str:
    """What followed up thoughts of self-harm: a complete suicide screen, or a decided tier; "" for nothing yet."""
    settled_by = picture.policies["assessments"]["phq9_item9_settled_by"]
    for screen in SUICIDE_SCREENS:
        for sheet in picture.all(screen) if screen in settled_by else ():
            if scoring(sheet, picture).whole:
                return f"the {definition(screen).short_title}{at_clock(sheet.happened_at)}"
    if "final_tier" in settled_by and picture.facts.final_tier is not None:
        return "the clinician's final risk tier"
    return ""


_OBSERVED: dict[str, Any] = {
    "section": "screening",
    "group": "Behavioral health",
    "icon": "gauge",
    "segment": "general",
    "repeatable": True,
    "add_label": "Rate again",
    "timed": True,
}
_LINES: dict[str, dict[str, Any]] = {
    "cssrs_screener": {
        "section": "suicide_screen",
        "group": "Behavioral health",
        "order": 10,
        "icon": "shield",
    },
    "asq": {"section": "suicide_screen", "group": "Behavioral health", "order": 11, "icon": "shield"},
    "phq2": {"section": "screening", "group": "Behavioral health", "order": 40},
    "phq9": {"section": "screening", "group": "Behavioral health", "order": 41},
    "gad2": {"section": "screening", "group": "Behavioral health", "order": 42},
    "gad7": {"section": "screening", "group": "Behavioral health", "order": 43},
    "pc_ptsd_5": {"section": "screening", "group": "Behavioral health", "order": 44},
    "audit_c": {"section": "screening", "group": "Behavioral health", "order": 45, "segment": "sud"},
    "dast10": {"section": "screening", "group": "Behavioral health", "order": 46, "segment": "sud"},
    "bars": {**_OBSERVED, "order": 50},
    "rass": {**_OBSERVED, "order": 51, "optional": True},
    "cows": {
        "section": "withdrawal_scale",
        "group": "Overdose care",
        "order": 10,
        "icon": "gauge",
        "segment": "sud",
        "repeatable": True,
        "add_label": "Score again",
        "timed": True,
    },
    "ciwa_ar": {
        "section": "withdrawal_scale",
        "group": "Overdose care",
        "order": 11,
        "icon": "gauge",
        "segment": "sud",
        "repeatable": True,
        "add_label": "Score again",
        "timed": True,
    },
}
"""Instruments that are forms of their own. GCS, NEWS2, AVPU and pain come out of the vital signs, BE-FAST out of the
medical assessment."""


def _line(key: str, **line: Any) -> Sheet:
    base = {
        "key": key,
        "title": definition(key).short_title,
        "icon": "list-checks",
        "segment": "mental_health",
    }
    made: Sheet = type(f"{key}_sheet", (Sheet,), base | line)()
    return made


for _key, _settings in _LINES.items():
    registry.add(_line(_key, **_settings))
