"""What was typed in one piece of work, beside what the record says. Only sections the reader's role sees."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from mih.accounts.models import Staff
from mih.charts.sight import Sight
from mih.encounters.models import Encounter, Entry
from mih.encounters.models.encounter import TIMES
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.encounters.values import as_text
from mih.field.models import Envelope
from mih.field.sync.opening import Unopened, open_payload
from mih.privacy import policy

SURFACE = "quarantine"
EMPTY = "Empty"
CLOSED = "Your role does not read this section."


@dataclass(frozen=True)
class Line:
    """One value: as it was typed, and as the record has it now."""

    label: str
    typed: str
    record: str = ""

    @property
    def differs(self) -> bool:
        return self.typed != self.record


@dataclass
class Contents:
    """What is inside. `problem`: why it cannot be shown."""

    title: str = ""
    lines: list[Line] = field(default_factory=list)
    compared: bool = False
    problem: str = ""
    encounter: Encounter | None = None


def contents(staff: Staff, envelope: Envelope) -> Contents:
    """Open one piece of work for `staff`; the look at its person is logged."""
    response = (
        Encounter.objects.select_related("person", "programme", "incident")
        .filter(pk=envelope.encounter)
        .first()
        if envelope.encounter
        else None
    )
    if response is not None:
        decision = policy.encounter(staff, response, "read")
        if not decision:
            return Contents(problem=decision.sentence)
        policy.shown(staff, [response.person_id], surface=SURFACE, purpose="supervision")
    if envelope.type.startswith("person.") and envelope.record:
        policy.shown(staff, [envelope.record], surface=SURFACE, purpose="supervision")
    found = Contents(encounter=response)
    if not envelope.body:
        found.problem = "The original is past the time it is kept. The record has what became of it."
        return found
    try:
        payload = open_payload(envelope.kid, bytes(envelope.body), bytes(envelope.header))
    except Unopened:
        found.problem = "The seal does not open: the bytes are kept as they came."
        return found
    _fill(found, envelope, payload, Sight(staff))
    return found


def _fill(found: Contents, envelope: Envelope, payload: Mapping[str, Any], sight: Sight) -> None:
    key = envelope.form.partition("@")[0]
    if envelope.type == "draft.patch" and key in registry:
        _patch(found, registry[key], envelope, payload, sight)
    elif envelope.type == "record.sign":
        _signed(found, payload, sight)
    else:
        found.title = _TITLES.get(envelope.type, envelope.type.replace(".", ", "))
        if envelope.type.startswith("person.") and not sight.section("demographics"):
            found.problem = CLOSED
        else:
            found.lines = [Line(_label(name), as_text(value) or EMPTY) for name, value in _flat(payload)]


_TITLES = {
    "encounter.create": "A new response",
    "encounter.person": "Whom the response is for",
    "encounter.time": "A time of the response",
    "encounter.details": "About the response",
    "encounter.crew": "One more of the crew",
    "person.create": "A new person",
    "draft.discard": "An entry taken out",
    "alarm.acknowledge": "What was done about an alarm",
    "conflict.settle": "A choice between two values",
    "record.addendum": "An addition after signing",
    "attachment.link": "A photo or document",
}


def _patch(
    found: Contents, form: OnSceneForm, envelope: Envelope, payload: Mapping[str, Any], sight: Sight
) -> None:
    found.title = form.title
    if form.key not in sight.forms:
        found.problem = CLOSED
        return
    entry = _entry(form, envelope.record, envelope.encounter)
    if entry is not None and not sight.reads(form.key, entry):
        found.problem = CLOSED
        return
    spec = form.under(entry) if entry is not None else form
    now = spec.read(entry) if entry is not None else {}
    changes = payload.get("changes")
    for name, change in (changes if isinstance(changes, dict) else {}).items():
        typed = change.get("value") if isinstance(change, dict) else change
        found.lines.append(_line(spec, name, typed, now.get(name)))
    found.compared = True


def _signed(found: Contents, payload: Mapping[str, Any], sight: Sight) -> None:
    """What the signer saw, where the record says something else now."""
    found.title, found.compared = "What was signed", True
    try:
        seen = json.loads(str(payload.get("seen", "")))
        entries = seen.get("entries", {}).items()
        times = seen.get("times", {})
    except (ValueError, AttributeError):
        found.problem = "What the signer saw cannot be read. It is kept as it came."
        return
    for record, told in entries:
        key = str(told.get("form", "")) if isinstance(told, dict) else ""
        form = registry[key] if key in registry else None  # noqa: SIM401
        if form is None or form.key not in sight.forms:
            continue
        entry = _entry(form, record, found.encounter.pk if found.encounter else None)
        if entry is not None and not sight.reads(form.key, entry):
            continue
        spec = form.under(entry) if entry is not None else form
        now = spec.read(entry) if entry is not None else {}
        lines = [
            _line(spec, name, value, now.get(name)) for name, value in dict(told.get("values", {})).items()
        ]
        found.lines += [
            Line(f"{form.title}: {line.label}", line.typed, line.record) for line in lines if line.differs
        ]
    for name, label, _ in TIMES:
        if found.encounter is not None and isinstance(times, dict) and name in times:
            line = _line_of(label, _moment(times[name]), getattr(found.encounter, name), None)
            found.lines += [line] if line.differs else []


def _entry(form: OnSceneForm, record: Any, encounter: Any) -> Any | None:
    row = form.model._default_manager.filter(pk=record).first() if record else None
    if row is None or (isinstance(row, Entry) and str(row.encounter_id) != str(encounter)):
        return None
    return row


def _line(form: OnSceneForm, name: str, typed: Any, record: Any) -> Line:
    part = form.fields().get(name)
    label = str(part.label or _label(name)) if part is not None else _label(name)
    return _line_of(label, typed, record, part)


def _line_of(label: str, typed: Any, record: Any, part: forms.Field | None) -> Line:
    return Line(label, _text(typed, part), _text(record, part))


def _text(value: Any, part: forms.Field | None) -> str:
    if isinstance(part, forms.DateTimeField) or (part is None and isinstance(value, str)):
        value = _moment(value)
    return as_text(value, part) or EMPTY


def _moment(value: Any) -> Any:
    """A time that travelled as text, as a time."""
    if not isinstance(value, str) or "T" not in value:
        return value
    try:
        return forms.DateTimeField().to_python(value)
    except forms.ValidationError:
        return value


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _flat(payload: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The values of a payload, those inside a mapping each by its own name; identifiers say nothing to a reader."""
    rows: list[tuple[str, Any]] = []
    for name, value in payload.items():
        if isinstance(value, dict):
            rows += [(inner, each) for inner, each in value.items() if inner != "id"]
        elif name not in ("id", "person", "entry", "conflict", "blob", "sha256", "plain_sha256", "info"):
            rows.append((name, value))
    return [(name, value) for name, value in rows if value not in (None, "", [], {})]
