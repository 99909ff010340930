"""What happened when in one response: its times, its entries, its alarms, and what was added after signing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mih.encounters.models import Entry
from mih.encounters.models.encounter import TIMES
from mih.encounters.registry import registry
from mih.field.opening import Opened
from mih.field.words import short_summary


@dataclass(frozen=True)
class Event:
    """One line. `form` and `record` lead to the entry it speaks of, `level` is that of an alarm."""

    at: datetime
    text: str
    icon: str
    by: str = ""
    form: str = ""
    record: UUID | None = None
    level: str = ""
    note: str = ""


def timeline(seen: Opened) -> list[Event]:
    """Every event whose time is known, latest first."""
    found = [*_times(seen), *_corrections(seen), *_entries(seen), *_alarms(seen), *_afterwards(seen)]
    return sorted(found, key=lambda event: event.at, reverse=True)


def _times(seen: Opened) -> list[Event]:
    incident = seen.encounter.incident
    found = [Event(incident.called_at, "Call received", "phone")] if incident.called_at else []
    for name, label, _ in TIMES:
        at = getattr(seen.encounter, name)
        if at:
            found.append(Event(at, label, "clock"))
    return found


def _corrections(seen: Opened) -> list[Event]:
    labels = {name: label for name, label, _ in TIMES}
    return [
        Event(
            change.at,
            f"{labels.get(change.field, change.field)} corrected",
            "history",
            by=change.by.display_name,
            note=change.reason,
        )
        for change in seen.encounter.time_changes.select_related("by")
    ]


def _entries(seen: Opened) -> list[Event]:
    found = []
    visible = {form.key for form in seen.forms}
    for key, entry in seen.picture.entries:
        if key not in visible or not isinstance(entry, Entry) or entry not in seen.entries(registry[key]):
            continue
        spec = registry[key]
        summary = short_summary(spec, entry)
        text = f"{spec.title}: {summary}" if summary else spec.title
        at = spec.happened_at(entry) or entry.recorded_at
        found.append(Event(at, text, spec.icon, by=entry.author.display_name, form=key, record=entry.pk))
    return found


def _alarms(seen: Opened) -> list[Event]:
    catalogue = seen.picture.policies["alarms"]
    found = []
    for alarm in seen.encounter.alarms.select_related("acknowledged_by"):
        title = catalogue[alarm.code]["title"] if alarm.code in catalogue else alarm.message
        level = alarm.level if alarm.waits or alarm.level == "info" else ""
        found.append(Event(alarm.raised_at, title, "alarm", level=level, form=alarm.form))
        if alarm.met_by and alarm.met_at:
            met = f"Met by {alarm.met_by}: {title}"
            found.append(Event(alarm.met_at, met, "check", form=alarm.form))
        if alarm.acknowledged_at and alarm.acknowledged_by:
            found.append(
                Event(
                    alarm.acknowledged_at,
                    f"Acted on: {title}",
                    "check",
                    by=alarm.acknowledged_by.display_name,
                    note=alarm.action,
                )
            )
    return found


def _afterwards(seen: Opened) -> list[Event]:
    found = [
        Event(added.at, "Addendum", "note", by=added.by.display_name, note=added.reason)
        for added in seen.encounter.addenda.select_related("by")
    ]
    if seen.encounter.signed_at and seen.encounter.signed_by:
        found.append(
            Event(seen.encounter.signed_at, "Signed", "signature", by=seen.encounter.signed_by.signature_name)
        )
    return found
