"""What was in an envelope, in words: for whoever must decide what becomes of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from mih.accounts.models import Device, Staff
from mih.core.errors import NotFound
from mih.encounters.models import Encounter
from mih.encounters.models.encounter import TIMES
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.encounters.values import as_text, understood
from mih.field.models import Envelope
from mih.field.sync.opening import Unopened, open_payload
from mih.people.forms import PersonForm
from mih.privacy import policy

TYPES = {
    "encounter.create": "Begins a response",
    "encounter.person": "Names the person",
    "encounter.time": "Logs a time",
    "encounter.details": "Details of the response",
    "encounter.crew": "Adds to the crew",
    "person.create": "Adds a person",
    "draft.patch": "Writes",
    "draft.discard": "Discards a draft",
    "alarm.acknowledge": "Says what was done about an alarm",
    "conflict.settle": "Chooses between two values",
    "record.sign": "Signs",
    "record.addendum": "Adds an addendum",
    "attachment.link": "Attaches a photo or document",
}
_LONGEST = 2_000


@dataclass(frozen=True)
class Words:
    """One envelope as people read it: who wrote it where and when, what became of it, and its content by label."""

    author: str
    device: str
    captured_at: datetime | None
    title: str
    sentence: str
    lines: list[tuple[str, str]] = field(default_factory=list)
    readable: bool = True


def words_of(envelope: Envelope, *, by: Staff) -> Words:
    """Open `envelope` for `by`; the look at the person it is about is logged.

    What `by` may not read of a record is left out. One that does not open, or is not its author's, has no lines. Raises
    `NotAllowed` for a role that does not look after what was kept apart, unless it is the author, and `NotFound` for
    one of the other world.
    """
    if envelope.author != by.pk:
        policy.demand(policy.page(by, "quarantine"))
    author = Staff.objects.select_related("programme").filter(pk=envelope.author).first()
    response = _response(envelope)
    if (author and author.in_practice != by.in_practice) or (
        response and policy.encounter(by, response, "read").code == "other_world"
    ):
        raise NotFound("There is no such item.", code="no_envelope")
    spec = registry[envelope.form.partition("@")[0]] if _form_of(envelope) in registry else None
    payload = _payload(envelope)
    may = payload is not None and _may_read(by, spec)
    if may:
        policy.shown(
            by, _people(envelope, response, payload or {}), surface="field_quarantine", purpose="supervision"
        )
    device = Device.objects.filter(pk=envelope.device).values_list("name", flat=True).first()
    title = TYPES.get(envelope.type, "Something this version does not know")
    return Words(
        author=author.signature_name if author else "Nobody known",
        device=device or "A tablet nobody knows",
        captured_at=envelope.captured_at,
        title=f"{title}: {spec.title}" if spec else title,
        sentence=str(envelope.detail.get("sentence", "")),
        lines=list(_lines(envelope, spec, payload or {})) if may else [],
        readable=may,
    )


def _form_of(envelope: Envelope) -> str:
    return envelope.form.partition("@")[0]


def _response(envelope: Envelope) -> Encounter | None:
    if envelope.encounter is None:
        return None
    return Encounter.objects.select_related("programme").filter(pk=envelope.encounter).first()


def _payload(envelope: Envelope) -> dict[str, Any] | None:
    """What is inside, for one whose signature was found good; words of nobody known are nobody's."""
    if not envelope.opened:
        return None
    try:
        return open_payload(envelope.kid, bytes(envelope.body), bytes(envelope.header))
    except Unopened:
        return None


def _may_read(by: Staff, spec: OnSceneForm | None) -> bool:
    if spec is None:
        return True
    return bool(policy.section(by, spec.section, "R")) and policy.segment(by, spec.segment)


def _people(envelope: Envelope, response: Encounter | None, payload: Mapping[str, Any]) -> Iterable[object]:
    named = envelope.record if envelope.type == "person.create" else payload.get("person")
    try:
        yield UUID(str(named)) if named else None
    except ValueError:
        yield None
    yield response.person_id if response else None


def _lines(
    envelope: Envelope, spec: OnSceneForm | None, payload: dict[str, Any]
) -> Iterable[tuple[str, str]]:
    match envelope.type:
        case "draft.patch":
            changes = payload.get("changes")
            for name, change in (changes if isinstance(changes, dict) else {}).items():
                value = change.get("value") if isinstance(change, dict) else change
                yield _label(spec, name), _text(spec, name, value)
        case "person.create":
            details = payload.get("details")
            for name, value in (details if isinstance(details, dict) else {}).items():
                form_field = PersonForm.base_fields.get(name)
                yield str(form_field.label if form_field else name), _plain(value)
        case "encounter.time":
            labels = {name: label for name, label, _ in TIMES}
            yield labels.get(str(payload.get("field")), "Time"), _plain(payload.get("value"))
            yield "Reason", _plain(payload.get("reason"))
        case "record.sign":
            return
        case _:
            for name, value in payload.items():
                if isinstance(value, dict):
                    yield from ((_spoken(key), _plain(each)) for key, each in value.items() if key != "id")
                else:
                    yield _spoken(name), _plain(value)


def _label(spec: OnSceneForm | None, name: str) -> str:
    form_field = spec.fields().get(name) if spec else None
    return str(form_field.label) if form_field and form_field.label else _spoken(name)


def _text(spec: OnSceneForm | None, name: str, value: Any) -> str:
    form_field = spec.fields().get(name) if spec else None
    if spec is None or form_field is None:
        return _plain(value)
    try:
        value = understood(partial(spec.clean, name), value)
    except ValidationError:
        return _plain(value)
    return as_text(value, form_field)[:_LONGEST] or "Empty"


def _plain(value: Any) -> str:
    return as_text(value)[:_LONGEST] or "Empty"


def _spoken(name: str) -> str:
    return str(name).replace("_", " ").capitalize()
