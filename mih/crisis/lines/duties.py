"""The registry lines of duty to warn and of mandatory reports, and the alarms that stand until both are done."""

from collections.abc import Iterable
from datetime import datetime

from django import forms

from mih.core import clock
from mih.crisis.forms.duties import DutyToWarnForm, MandatoryReportForm
from mih.crisis.lines.times import not_ahead
from mih.crisis.models import DutyToWarn, MandatoryReport
from mih.encounters.facts import Facts, ReportMade
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture

_TOLD = {
    "warn": (
        ("warned", "name who was warned"),
        ("warned_how", "say how they were warned"),
        ("warned_at", "say when they were warned"),
    ),
    "police": (
        ("police", "name the police agency that was told"),
        ("police_at", "say when police were told"),
    ),
    "secured": (("decision_reason", "say why no warning is needed"),),
    "none": (("decision_reason", "say why there is no duty"),),
}
_ALWAYS = (
    ("clinician", "name the licensed clinician it was decided with"),
    ("clinician_mode", "say whether in person, by voice or by video"),
    ("clinician_at", "say when it was decided"),
    ("decision", "say what was decided"),
)
_SUPERVISOR = (
    ("supervisor", "name the supervisor who was called"),
    ("supervisor_at", "say when the supervisor was called"),
)
_REPORT = (
    ("whose", "say whether it concerns a child or a vulnerable adult"),
    ("concerns", "say what is suspected"),
    ("hotline", "name the hotline"),
    ("reported_at", "say when it was reported"),
    ("reference", "write the reference number"),
    ("reporter", "name who made the report"),
)


class WarnDuty(OnSceneForm):
    """What was done about a threat to somebody else."""

    key, title, icon = "duty_to_warn", "Duty to warn", "bell"
    model = DutyToWarn
    section, group, order = "duty_to_warn", "Behavioral health", 66
    segment = "mental_health"

    def form_class(self) -> type[forms.BaseForm]:
        return DutyToWarnForm

    def check(self, entry: DutyToWarn, picture: Picture) -> dict[str, str]:
        return not_ahead(self, entry, ("clinician_at", "warned_at", "police_at", "supervisor_at"), picture)

    def gaps(self, entry: DutyToWarn, picture: Picture) -> Iterable[Gap]:
        for name, what in lacking(entry):
            yield self.gap(entry, name, f"Duty to warn: {what}.", code="duty_to_warn_unfinished")

    def summary(self, entry: DutyToWarn) -> str:
        return entry.get_decision_display() or self.title

    def happened_at(self, entry: DutyToWarn) -> datetime | None:
        return entry.clinician_at or entry.happened_at


class Report(OnSceneForm):
    """One mandatory report."""

    key, title, icon = "mandatory_report", "Mandatory report", "alarm"
    model = MandatoryReport
    section, group, order = "mandatory_report", "Behavioral health", 68
    segment = "mental_health"
    repeatable, add_label = True, "Another report"

    def form_class(self) -> type[forms.BaseForm]:
        return MandatoryReportForm

    def check(self, entry: MandatoryReport, picture: Picture) -> dict[str, str]:
        return not_ahead(self, entry, ("reported_at",), picture)

    def gaps(self, entry: MandatoryReport, picture: Picture) -> Iterable[Gap]:
        for name, what in lacking_report(entry):
            yield self.gap(entry, name, f"Mandatory report: {what}.", code="report_unfinished")

    def summary(self, entry: MandatoryReport) -> str:
        return f"{entry.get_whose_display()}: {entry.reference}".strip(": ") or self.title

    def happened_at(self, entry: MandatoryReport) -> datetime | None:
        return entry.reported_at or entry.happened_at


def lacking(entry: DutyToWarn) -> list[tuple[str, str]]:
    """(field, what to do) for everything the duty still asks."""
    asked = [*_ALWAYS, *_TOLD.get(entry.decision, ()), *_SUPERVISOR]
    return [(name, what) for name, what in asked if not getattr(entry, name)]


def lacking_report(entry: MandatoryReport) -> list[tuple[str, str]]:
    """(field, what to do) for everything a report still asks: time, hotline, reference and reporter among it."""
    return [(name, what) for name, what in _REPORT if not getattr(entry, name)]


def told(entry: DutyToWarn) -> str:
    """Who was told and when, once the duty is done."""
    words = {
        "warn": f"the warning to {entry.warned}{_at(entry.warned_at)}",
        "police": f"the call to {entry.police}{_at(entry.police_at)}",
    }
    decided = f"the decision with {entry.clinician}{_at(entry.clinician_at)}"
    return (
        f"{words.get(entry.decision, decided)}, and the call to {entry.supervisor}{_at(entry.supervisor_at)}"
    )


def duty_facts(picture: Picture, facts: Facts) -> None:
    """What is done of both duties. A report begun is a suspicion, whatever the screen says."""
    entry: DutyToWarn | None = picture.one("duty_to_warn")
    if entry is not None:
        facts.duty_to_warn_done = not lacking(entry)
        facts.duty_to_warn_words = told(entry) if facts.duty_to_warn_done else ""
        facts.duty_supervisor = bool(entry.supervisor and entry.supervisor_at)
    for report in picture.all("mandatory_report"):
        facts.abuse_suspected = True
        facts.reports.append(ReportMade(report.pk, report.whose, not lacking_report(report)))


def duty_rule(picture: Picture) -> Iterable[Gap | AlarmDue]:
    """HOMICIDAL_INTENT and ABUSE_REPORT_DUE stand, red, until the duty is done (clinical.md §6.6)."""
    facts = picture.facts
    if facts.homicidal_intent:
        whom = f" toward {facts.named_victim}" if facts.named_victim else ""
        yield AlarmDue(
            "HOMICIDAL_INTENT",
            f"Intent to harm{whom}: fill in the duty to warn, with a licensed clinician and the supervisor",
            "duty_to_warn",
            None,  # one alarm from the first word to the last, whichever record answers it
            facts.duty_to_warn_words,
        )
    if facts.abuse_suspected:
        yield AlarmDue(
            "ABUSE_REPORT_DUE",
            "Abuse or neglect suspected: report it to the hotline; record the time, the hotline and the reference",
            "mandatory_report",
            None,
            "the report to the hotline" if facts.abuse_report_done else "",
        )


def _at(at: datetime | None) -> str:
    return f" ({clock.local(at):%H:%M})" if at else ""
