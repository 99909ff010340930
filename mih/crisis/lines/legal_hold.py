"""The registry line of a legal hold, with its clock."""

from collections.abc import Iterable
from datetime import datetime

from django import forms

from mih.core import clock
from mih.crisis.clocks import counts, detention_words, license_words, lmhp_due
from mih.crisis.forms.legal_hold import LegalHoldForm
from mih.crisis.lines.times import in_order, not_ahead
from mih.crisis.models import HoldEvent, LegalHold
from mih.crisis.selectors import clock_of, events_of, local, policy_of, words
from mih.encounters.facts import ClockDue, Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture

PROTECTIVE = "protective"
_NEEDED = (
    ("custody_at", "Legal hold: say when custody began. The LMHP clock starts there."),
    ("officer", "Legal hold: name the officer who took the person into custody."),
    ("statement", "Legal hold: say whose statement it rests on."),
    ("destination", "Legal hold: say where the person was taken."),
)


class Hold(OnSceneForm):
    """Protective custody: recorded, its clock shown, nothing decided."""

    key, title, icon = "legal_hold", "Protective custody", "lock"
    model = LegalHold
    section, group, order = "legal_hold", "Behavioral health", 64
    segment = "mental_health"

    def form_class(self) -> type[forms.BaseForm]:
        return LegalHoldForm

    def check(self, entry: LegalHold, picture: Picture) -> dict[str, str]:
        return {
            **not_ahead(self, entry, ("custody_at", "arrived_at", "lmhp_at"), picture),
            **in_order(
                entry, "custody_at", "arrived_at", "Arrived before custody began. Check the two times."
            ),
            **in_order(entry, "custody_at", "lmhp_at", "Assessed before custody began. Check the two times."),
        }

    def derive(self, entry: LegalHold, picture: Picture) -> None:
        policy, age = picture.policies["legal_hold"], picture.facts.age
        entry.minor = None if age is None else age < policy["adult_age"]
        entry.due_at = (
            lmhp_due(entry.custody_at, minor=bool(entry.minor), policy=policy, zone=clock.agency_zone())
            if entry.custody_at
            else None
        )

    def gaps(self, entry: LegalHold, picture: Picture) -> Iterable[Gap]:
        for name, sentence in _NEEDED:
            if not getattr(entry, name):
                yield self.gap(entry, name, sentence)
        if entry.statement == "third_party" and not entry.statement_by:
            yield self.gap(
                entry,
                "statement_by",
                "Legal hold: name who signed the third-party statement, and the relation.",
            )
        if entry.lmhp_at and not entry.lmhp_by:
            yield self.gap(entry, "lmhp_by", "Legal hold: name who did the LMHP assessment.")
        policy = picture.policies["legal_hold"]
        if entry.lmhp_at and not entry.lmhp_license:
            yield self.gap(
                entry, "lmhp_license", "Legal hold: choose the license of who did the LMHP assessment."
            )
        elif entry.lmhp_license and not counts(entry.lmhp_license, policy):
            said = license_words(entry.lmhp_license, policy)
            yield self.gap(
                entry,
                "lmhp_license",
                f"Legal hold: an assessment by {said} does not stop the LMHP clock under the policy.",
                code="license_does_not_count",
                blocking=False,
            )

    def happened_at(self, entry: LegalHold) -> datetime | None:
        return entry.custody_at or entry.happened_at

    def summary(self, entry: LegalHold) -> str:
        if not entry.custody_at:
            return self.title
        where = f", {entry.destination}" if entry.destination else ""
        return f"Custody since {local(entry.custody_at)}{where}"

    def rows(self, entry: LegalHold) -> list[tuple[str, str]]:
        """The fields, the clock, what limits a detention, and everything learned since."""
        policy = policy_of(entry.encounter, "legal_hold")
        found = super().rows(entry)
        found.append(("LMHP clock", words(clock_of(entry, policy), policy)))
        found.append(("Emergency detention limit (information only)", detention_words(policy)))
        for event in events_of(entry):
            found.append((f"Learned {local(event.at)}", event_words(event, entry)))
        return found


def event_words(event: HoldEvent, hold: LegalHold) -> str:
    """One later event in a line."""
    policy = policy_of(hold.encounter, "legal_hold")
    parts = [
        f"{event.get_kind_display()} {local(event.happened_at)}",
        ", ".join(part for part in (event.who, license_words(event.license, policy)) if part),
        event.get_finding_display() if event.finding else "",
        f"told by {event.told_by}" if event.told_by else "",
        event.note,
        f"recorded by {event.by.display_name}",
    ]
    return "; ".join(part for part in parts if part)


def hold_facts(picture: Picture, facts: Facts) -> None:
    """The LMHP clock, while it runs."""
    entry: LegalHold | None = picture.one("legal_hold")
    if entry is None:
        return
    found = clock_of(entry, picture.policies["legal_hold"])
    if found.runs and found.due_at:
        facts.clocks.append(ClockDue("lmhp", "LMHP assessment due", found.due_at, found.due_at, "legal_hold"))


def hold_rule(picture: Picture) -> Iterable[Gap | AlarmDue]:
    """Protective custody without a hold record has no clock."""
    if picture.encounter.le_custody == PROTECTIVE and picture.one("legal_hold") is None:
        yield Gap(
            "legal_hold_missing",
            "Protective custody: record when it began, by whom and where to. The LMHP clock starts there.",
            "legal_hold",
            None,
            "custody_at",
            bool(picture.policies["legal_hold"]["record_blocks"]),
        )
