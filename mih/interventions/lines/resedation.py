"""The registry line of the looks at a person after naloxone."""

from collections.abc import Iterable

from django import forms

from mih.core import clock
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.services.responses import AHEAD
from mih.interventions.forms.overdose import ResedationForm
from mih.interventions.models import ResedationCheck


class LookAfterNaloxone(OnSceneForm):
    """One look after a reversal: awake, breathing, or drowsy again. The opioid may outlast the naloxone."""

    key, title, icon = "resedation_check", "Watch after naloxone", "eye"
    model = ResedationCheck
    section, group, order = "naloxone", "Overdose care", 15
    repeatable, add_label = True, "Look again"

    def form_class(self) -> type[forms.BaseForm]:
        return ResedationForm

    def check(self, entry: ResedationCheck, picture: Picture) -> dict[str, str]:
        found = {}
        limits = picture.policies["vitals_limits"]
        if entry.rr is not None and entry.rr > limits["rr"]["hard"][1]:
            found["rr"] = f"A respiratory rate is at most {limits['rr']['hard'][1]}. Count again."
        if entry.spo2 is not None and entry.spo2 > limits["spo2"]["hard"][1]:
            found["spo2"] = f"SpO2 is at most {limits['spo2']['hard'][1]} %. Read it again."
        if entry.happened_at and entry.happened_at > clock.now() + AHEAD:
            found["happened_at"] = "Time looked: that time is still to come. Check the date and the clock."
        return found

    def gaps(self, entry: ResedationCheck, picture: Picture) -> Iterable[Gap]:
        for missing, field, sentence in (
            (entry.happened_at is None, "happened_at", "write when you looked"),
            (
                entry.resedated is None,
                "resedated",
                "say whether the person was drowsy or breathing slower again",
            ),
            (bool(entry.resedated) and not entry.action, "action", "write what was done"),
        ):
            if missing:
                yield self.gap(entry, field, f"Watch after naloxone: {sentence}.")

    def alarms(self, entry: ResedationCheck, picture: Picture) -> Iterable[AlarmDue]:
        if entry.resedated:
            yield AlarmDue(
                "RESEDATION_WATCH",
                "Drowsy or breathing slower again after naloxone. Support breathing, and repeat naloxone if needed.",
                self.key,
                entry.pk,
            )

    def summary(self, entry: ResedationCheck) -> str:
        time = f"{clock.local(entry.happened_at):%H:%M}" if entry.happened_at else ""
        state = "" if entry.resedated is None else "drowsy again" if entry.resedated else "still awake"
        rate = f"RR {entry.rr}" if entry.rr is not None else ""
        return ", ".join(part for part in (time, state, rate) if part) or self.title
