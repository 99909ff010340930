"""The rail beside the form: every form of the response with what is done, missing or alarming in it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from mih.encounters.models import Alarm, Entry, EntryStatus
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.field.opening import Opened
from mih.field.words import short_summary
from mih.instruments.engine import DEFERRED_EMERGENCY

State = Literal["empty", "deferred", "started", "missing", "done", "alarm", "signed", "cosign"]

WORDS: dict[State, str] = {
    "empty": "Empty",
    "deferred": "Deferred",
    "started": "Started",
    "missing": "missing",
    "done": "Done",
    "alarm": "Alarm",
    "signed": "Signed",
    "cosign": "Waits for co-signature",
}
ICONS: dict[State, str] = {
    "empty": "circle-dashed",
    "deferred": "pause",
    "started": "circle-half",
    "missing": "alert",
    "done": "check-circle",
    "alarm": "alarm",
    "signed": "signature",
    "cosign": "pause",
}


@dataclass(frozen=True)
class Stop:
    """One form on the rail. `missing` counts what signing needs of it."""

    spec: OnSceneForm
    state: State
    entries: int
    missing: int
    summary: str
    writable: bool
    level: str = ""
    """Of the most urgent alarm that nobody has acted on."""

    @property
    def words(self) -> str:
        if self.state == "missing":
            return f"{self.missing} missing"
        return WORDS[self.state]

    @property
    def icon(self) -> str:
        return ICONS[self.state]


@dataclass(frozen=True)
class Stretch:
    """The stops of one group."""

    title: str
    stops: list[Stop] = field(default_factory=list)


def rail(seen: Opened) -> list[Stretch]:
    """The forms of the response by group, without empty groups."""
    missing = Counter(gap.form for gap in seen.picture.gaps if gap.blocking)
    waiting = seen.encounter.conflicts.filter(resolved_at__isnull=True)
    missing.update(waiting.values_list("form", flat=True))
    alarms = [alarm for alarm in seen.picture.alarms if alarm.waits]
    stretches = {title: Stretch(title) for title in registry.GROUPS}
    for spec in seen.forms:
        stretches[spec.group].stops.append(_stop(seen, spec, missing[spec.key], alarms))
    return [stretch for stretch in stretches.values() if stretch.stops]


def first_to_fill(stretches: list[Stretch]) -> str | None:
    """The form to open when none was asked for: the first that is missing something, else the first one empty."""
    stops = [stop for stretch in stretches for stop in stretch.stops if stop.writable]
    for state in ("alarm", "missing", "empty"):
        for stop in stops:
            if stop.state == state:
                return stop.spec.key
    return stops[0].spec.key if stops else None


def _stop(seen: Opened, spec: OnSceneForm, missing: int, alarms: list[Alarm]) -> Stop:
    entries = seen.entries(spec)
    return Stop(
        spec=spec,
        state=_state(spec, entries, missing, alarms) if entries or not _deferred(seen, spec) else "deferred",
        entries=len(entries),
        missing=missing,
        summary=short_summary(spec, entries[-1]) if entries else "",
        writable=seen.may_write(spec),
        level=next((alarm.level for alarm in alarms if alarm.form == spec.key), ""),
    )


def _deferred(seen: Opened, spec: OnSceneForm) -> bool:
    """Whether a medical emergency put this screen off: neither missing nor a score of zero."""
    return any(
        score.instrument == spec.key and score.status == DEFERRED_EMERGENCY
        for score in seen.picture.facts.scores
    )


def _state(spec: OnSceneForm, entries: list[object], missing: int, alarms: list[Alarm]) -> State:
    if any(alarm.form == spec.key for alarm in alarms):
        return "alarm"
    if missing:
        return "missing"
    if not entries:
        return "empty"
    typed = [entry for entry in entries if isinstance(entry, Entry)]
    if any(entry.status == EntryStatus.AWAITING_COSIGN for entry in typed):
        return "cosign"
    if typed and all(entry.is_frozen for entry in typed):
        return "signed"
    return "done" if any(_filled(spec, entry) for entry in entries) else "started"


def _filled(spec: OnSceneForm, entry: object) -> bool:
    return any(value not in (None, "", [], {}) for value in spec.read(entry).values())
