"""Vital signs on scene: refused when impossible, confirmed when unusual, alarmed when critical."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms

from mih.assessments import limits
from mih.assessments.forms.vitals import VitalsForm
from mih.assessments.models import VitalSigns
from mih.assessments.models.vitals import CONFIRMABLE
from mih.assessments.onscene.context import at_clock
from mih.assessments.onscene.seen import early_warning, set_seen
from mih.assessments.picture import acvpu
from mih.assessments.readings import as_vitals, gcs
from mih.core import clock
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry

if TYPE_CHECKING:
    from mih.accounts.models import Staff
    from mih.encounters.picture import Picture

_FIELDS = {"taken_at": "happened_at", "gcs_total": "gcs_motor"}


class VitalSet(OnSceneForm):
    """One set of vital signs."""

    key, title, icon = "vitals", "Vital signs", "activity"
    model = VitalSigns
    section, group, order = "vitals", "Medical", 10
    repeatable, add_label = True, "Add a set"

    def form_class(self) -> type[forms.BaseForm]:
        return VitalsForm

    def read(self, entry: VitalSigns) -> dict[str, Any]:
        """The fields, and what is worked out of them: `gcs_total`, `news2` and `acvpu`."""
        return {
            **super().read(entry),
            "gcs_total": entry.gcs_total,
            "news2": entry.news2,
            "acvpu": acvpu(as_vitals(entry)),
            "temp_typed": entry.temp_typed,
            "confirmations": entry.confirmed_values,
        }

    def accept(
        self, entry: VitalSigns, values: Mapping[str, Any], picture: "Picture", *, by: "Staff"
    ) -> None:
        entry.written_by = by

    def write(self, entry: VitalSigns, values: Mapping[str, Any]) -> None:
        """The values; beside a temperature in Celsius what was read, where that was in Fahrenheit."""
        super().write(entry, values)
        if "temp" in values:
            entry.temp_typed = getattr(values["temp"], "typed", "")

    def check(self, entry: VitalSigns, picture: "Picture") -> dict[str, str]:
        policy = picture.policies["vitals_limits"]
        found = limits.check(as_vitals(entry), policy, now=clock.now())
        problems = {_FIELDS.get(error.field, error.field): error.sentence for error in found.errors}
        if entry.glucose is not None and entry.glucose_word:
            problems["glucose_word"] = "The meter gave a number or a word, not both. Clear one of them."
        if entry.dbp is not None and entry.bp_method == "palpated":
            problems["dbp"] = "A palpated pressure has no diastolic. Clear it, or choose another method."
        return problems

    def derive(self, entry: VitalSigns, picture: "Picture") -> None:
        vitals = as_vitals(entry)
        entry.gcs_total = gcs(vitals).total
        entry.news2 = early_warning(entry, vitals, picture)
        standing = {
            name: _confirmation(entry, name, value)
            for name in entry.confirmed
            if (value := _plain(vitals, name)) is not None
            and entry.confirmed_values.get(name, {"value": value})["value"] == value
        }
        entry.confirmed, entry.confirmed_values = list(standing), standing

    def gaps(self, entry: VitalSigns, picture: "Picture") -> Iterable[Gap]:
        if entry.happened_at is None:
            yield self.gap(entry, "happened_at", "Vital signs: enter when this set was taken.")
        found = set_seen(entry, picture).limits
        zero = {prompt.field: prompt.sentence for prompt in found.prompts}
        # Nobody here can check again what another crew measured before.
        for unusual in () if entry.before_arrival else found.to_confirm:
            sentence = zero.get(unusual.field, unusual.sentence)
            yield self.gap(entry, unusual.field, sentence, code="unusual")
        parts = (entry.gcs_eye, entry.gcs_verbal, entry.gcs_motor)
        if any(parts) and not all(parts) and entry.gcs_qualifier in ("", "legitimate"):
            first = ("gcs_eye", "gcs_verbal", "gcs_motor")[parts.index(None)]
            yield self.gap(
                entry, first, "GCS counts only with all three parts, or say what affects it.", blocking=False
            )

    def alarms(self, entry: VitalSigns, picture: "Picture") -> Iterable[AlarmDue]:
        if entry.before_arrival and not picture.policies["assessments"]["alarms_from_sets_before_arrival"]:
            return
        seen, policy = set_seen(entry, picture), picture.policies["vitals_limits"]
        when = at_clock(entry.happened_at)
        for code in seen.limits.alarms:
            yield AlarmDue(code, f"{_values_behind(code, seen.vitals, policy)}{when}", self.key, entry.pk)
        for code in seen.gcs.flag_codes:
            yield AlarmDue(code, f"GCS {seen.gcs.total}{when}", self.key, entry.pk)
        early = seen.news2
        for code in early.get("flags", ()):
            total = f"NEWS2 {early['total']}" if early["total"] is not None else "NEWS2, still incomplete"
            high = ", ".join(name.upper() for name, points in early["parts"].items() if points == 3)
            yield AlarmDue(
                code, f"{total}{when}{f': 3 points for {high}' if high else ''}", self.key, entry.pk
            )

    def summary(self, entry: VitalSigns) -> str:
        vitals = as_vitals(entry)
        pressure = (
            f"BP {vitals.sbp}/{vitals.dbp if vitals.dbp is not None else '–'}"
            if vitals.sbp is not None
            else ""
        )
        parts = [
            pressure,
            f"HR {entry.hr}" if entry.hr is not None else "",
            f"RR {entry.rr}" if entry.rr is not None else "",
            f"SpO2 {entry.spo2}%" if entry.spo2 is not None else "",
            f"glucose {vitals.glucose}" if vitals.glucose is not None else "",
            f"GCS {entry.gcs_total}" if entry.gcs_total is not None else "",
            f"NEWS2 {entry.news2['total']}" if entry.news2.get("total") is not None else "",
        ]
        return ", ".join(part for part in parts if part) or self.title

    def rows(self, entry: VitalSigns) -> list[tuple[str, str]]:
        labels = self.fields()
        told = {
            str(labels["temp"].label): f"{entry.temp} (read as {entry.temp_typed})"
            if entry.temp_typed
            else "",
            str(labels["confirmed"].label): _confirmed_words(entry),
        }
        filled = [(label, told.get(label) or text) for label, text in super().rows(entry)]
        if entry.gcs_total is not None:
            filled.append(("GCS total", str(entry.gcs_total)))
        if entry.news2:
            filled.append(("NEWS2", _news2_words(entry.news2)))
        return filled


def _confirmation(entry: VitalSigns, name: str, value: Any) -> dict[str, Any]:
    """Who confirmed an unusual value and when; what was confirmed before stays as it was."""
    by = entry.written_by
    made = {
        "value": value,
        "by": str(by.pk) if by else None,
        "name": by.display_name if by else "",
        "at": clock.now().isoformat(),
    }
    known: dict[str, Any] = entry.confirmed_values.get(name, made)
    return known


def _confirmed_words(entry: VitalSigns) -> str:
    """`Heart rate 132 (Pat Reyes, 13:15); …`"""
    labels = dict(CONFIRMABLE)
    said = []
    # In the order of the list: PostgreSQL keeps a mapping's keys in an order of its own.
    for name in entry.confirmed:
        kept = entry.confirmed_values[name]
        at = clock.local(datetime.fromisoformat(kept["at"]))
        who = ", ".join(part for part in (kept["name"], f"{at:%H:%M}") if part)
        said.append(f"{labels.get(name, name)} {kept['value']} ({who})")
    return "; ".join(said)


def _plain(vitals: Any, name: str) -> Any:
    value = getattr(vitals, name, None)
    return value if value is None or isinstance(value, (int, str)) else float(value)


def _values_behind(code: str, vitals: Any, policy: Any) -> str:
    """The readings an alarm stands for, in words: `Respiratory rate 6`."""
    named = [
        f"{policy[name]['label']} {getattr(vitals, name)}"
        for name in limits.FIELDS
        if policy[name].get("alarm") == code and getattr(vitals, name) is not None
    ]
    return ", ".join(named)


def _news2_words(found: Mapping[str, Any]) -> str:
    if found.get("note"):
        return str(found["note"])
    if found.get("total") is None:
        return f"Incomplete: {', '.join(found.get('missing', ()))} missing"
    points = ", ".join(f"{name} {value}" for name, value in found["parts"].items())
    return f"{found['total']} ({found['label']}): {points}"


registry.add(VitalSet())
