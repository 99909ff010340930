"""The registry line of scene safety, restraint and force."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms

from mih.core import clock
from mih.crisis.forms.force import ForceForm
from mih.crisis.lines import checks
from mih.crisis.lines.times import in_order, not_ahead
from mih.crisis.models import Force
from mih.crisis.selectors import policy_of
from mih.encounters.facts import ClockDue, Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture

_ALWAYS = (
    ("kinds", "Force: say what was used."),
    ("reason", "Force: say why it was necessary."),
    ("started_at", "Force: say when it began."),
    ("stopped_at", "Force: say when it ended."),
    ("supervisor", "Force: name the supervisor who was told."),
    ("supervisor_at", "Force: say when the supervisor was told."),
)


class UseOfForce(OnSceneForm):
    """Scene safety and one use of force."""

    key, title, icon = "force", "Safety, restraint and force", "shield"
    model = Force
    section, group, order = "force", "Behavioral health", 62
    repeatable, add_label = True, "Another use of force"

    def form_class(self) -> type[forms.BaseForm]:
        return ForceForm

    def check(self, entry: Force, picture: Picture) -> dict[str, str]:
        unreadable = checks.problems(entry.checks, picture.policies["vitals_limits"])
        return {
            **not_ahead(self, entry, ("started_at", "stopped_at", "supervisor_at"), picture),
            **in_order(entry, "started_at", "stopped_at", "It ended before it began. Check the two times."),
            **({"checks": unreadable} if unreadable else {}),
        }

    def gaps(self, entry: Force, picture: Picture) -> Iterable[Gap]:
        if not entry.used_by:
            yield self.gap(entry, "used_by", "Force: say who used force, or that nobody did.")
        if entry.weapons_seen and not entry.weapons_secured:
            yield self.gap(entry, "weapons_secured", "Weapons were seen: say who secured them.")
        if not used(entry):
            return
        for name, sentence in _ALWAYS:
            if not getattr(entry, name):
                yield self.gap(entry, name, sentence)
        if watched(entry, picture) and not entry.position:
            yield self.gap(entry, "position", "Force: say how the person lay or sat once under control.")
        if "chemical" in entry.kinds and not entry.medicine:
            yield self.gap(
                entry, "medicine", "Force: name the medicine, the dose, who gave it and who ordered it."
            )
        if not entry.injury and not entry.nobody_injured:
            yield self.gap(entry, "nobody_injured", "Force: say who was injured, or that nobody was.")
        if entry.debriefed is None and picture.policies["force"]["debrief_required"]:
            yield self.gap(entry, "debriefed", "Force: say whether a debrief was held or arranged.")
        yield from self._checks(entry, picture)

    def _checks(self, entry: Force, picture: Picture) -> Iterable[Gap]:
        if not (watched(entry, picture) and entry.started_at and entry.stopped_at) or entry.checks_note:
            return
        most = picture.policies["force"]["check_until_min"]
        taken = checks.times(entry.checks, entry.started_at)
        gap = checks.longest_gap(taken, entry.started_at, entry.stopped_at)
        if gap > most:
            yield self.gap(
                entry,
                "checks_note",
                f"Held {gap} minutes without a check; one is due every {most}. Add the check, or say why it is missing.",
                code="restraint_check_missing",
            )

    def alarms(self, entry: Force, picture: Picture) -> Iterable[AlarmDue]:
        if used(entry) and entry.position in picture.policies["force"]["unsafe_positions"]:
            yield AlarmDue(
                "PRONE_RESTRAINT",
                "Held face down: never after control is gained. Turn on the side or sit up, and watch the breathing.",
                self.key,
                entry.pk,
            )

    def happened_at(self, entry: Force) -> datetime | None:
        return entry.started_at or entry.happened_at

    def summary(self, entry: Force) -> str:
        labels = dict(ForceForm.base_fields["kinds"].choices)  # type: ignore[attr-defined]
        if entry.used_by == "none":
            return "No force used"
        what = ", ".join(str(labels.get(kind, kind)).lower() for kind in entry.kinds)
        return f"{entry.get_used_by_display()}: {what}" if what else self.title

    def rows(self, entry: Force) -> list[tuple[str, str]]:
        """The fields; violence against the crew with its NEMSIS codes."""
        found = super().rows(entry)
        if entry.crew_violence:
            known = policy_of(entry.encounter, "force")["crew_violence_codes"]
            codes = [known[kind] for kind in entry.crew_violence if kind in known]
            found.append(("eOther.06", ", ".join(codes)))
        return found


def used(entry: Force) -> bool:
    """Whether anybody used force."""
    return entry.used_by not in ("", "none")


def watched(entry: Force, picture: Picture) -> bool:
    """Whether what was used asks for checks while it lasts."""
    return used(entry) and bool(set(entry.kinds) & set(picture.policies["force"]["checked_kinds"]))


def force_facts(picture: Picture, facts: Facts) -> None:
    """Whether force was used, and when somebody still held is checked next."""
    policy = picture.policies["force"]
    for entry in picture.all("force"):
        facts.force_used = facts.force_used or used(entry)
        if not watched(entry, picture) or entry.started_at is None or entry.stopped_at:
            continue
        taken = checks.times(entry.checks, entry.started_at)
        last: Any = max([at for at in taken if at <= clock.now()], default=entry.started_at)
        facts.clocks.append(
            ClockDue(
                key="restraint_check",
                label="Check the person who is held",
                due=last + timedelta(minutes=policy["check_from_min"]),
                latest=last + timedelta(minutes=policy["check_until_min"]),
                form="force",
            )
        )
