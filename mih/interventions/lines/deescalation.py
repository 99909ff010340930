"""The registry line of de-escalation."""

from collections.abc import Iterable
from typing import Any

from django import forms

from mih.core import clock
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.interventions.forms.closing import DeEscalationForm
from mih.interventions.lines.bars import bars_ratings
from mih.interventions.models import DeEscalation
from mih.protocols.policy import Policy


class CalmedDown(OnSceneForm):
    """How the crew calmed a situation, with BARS before and after where somebody rated it."""

    key, title, icon = "deescalation", "De-escalation", "speech"
    model = DeEscalation
    section, group, order = "force", "Behavioral health", 60
    repeatable, add_label = True, "Add another"

    def form_class(self) -> type[forms.BaseForm]:
        return DeEscalationForm

    def check(self, entry: DeEscalation, picture: Picture) -> dict[str, str]:
        found = {
            name: "BARS goes from 1 to 7."
            for name in ("bars_before", "bars_after")
            if getattr(entry, name) is not None and not 1 <= getattr(entry, name) <= 7
        }
        if entry.started_at and entry.ended_at and entry.ended_at < entry.started_at:
            found["ended_at"] = "It ended before it began. Check the two times."
        return found

    def gaps(self, entry: DeEscalation, picture: Picture) -> Iterable[Gap]:
        if not entry.techniques:
            yield self.gap(entry, "techniques", "De-escalation: choose what you did, or remove this entry.")
        if entry.effective is None:
            yield self.gap(entry, "effective", "De-escalation: say whether it helped.")
        if "none" in entry.barriers and len(entry.barriers) > 1:
            yield self.gap(
                entry, "barriers", "De-escalation: “None” stands alone. Take it out, or the others."
            )

    def alarms(self, entry: DeEscalation, picture: Picture) -> Iterable[AlarmDue]:
        """As BARS alarms wherever it is rated (clinical.md §1.12); once, when a sheet of its own says the same."""
        sheets = {
            (score.total, code)
            for score in picture.facts.of("bars")
            if score.entry != entry.pk
            for code in score.flags
        }
        for when, at, rating in bars_ratings(entry):
            for code in rating.flag_codes:
                if (rating.total, code) in sheets:
                    continue
                clock_time = f" ({clock.local(at):%H:%M})" if at else ""
                words = f"BARS {rating.total} {when} de-escalation{clock_time}"
                yield AlarmDue(code, words, self.key, entry.pk)

    def rows(self, entry: DeEscalation) -> list[tuple[str, str]]:
        """The fields, and the NEMSIS codes of the barriers."""
        known = Policy.default("force")["barrier_codes"]
        codes = [known[barrier] for barrier in entry.barriers if barrier in known]
        return [*super().rows(entry), *([("eHistory.01", ", ".join(codes))] if codes else [])]

    def happened_at(self, entry: DeEscalation) -> Any:
        return entry.started_at or entry.happened_at

    def summary(self, entry: DeEscalation) -> str:
        bars = [str(rating) for rating in (entry.bars_before, entry.bars_after) if rating is not None]
        return f"BARS {' to '.join(bars)}" if bars else self.title
