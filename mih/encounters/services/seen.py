"""What a signer had before them, compared with what the record holds."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError

from mih.accounts.models import Staff
from mih.core.errors import Invalid
from mih.encounters.models import Entry, Patch
from mih.encounters.models.encounter import TIMES
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.encounters.values import as_json, understood
from mih.privacy import policy

EMPTY: tuple[Any, ...] = (None, "", [], {})
NEAR = timedelta(seconds=1)
"""A tablet keeps a time to the millisecond, and its forms to the second."""


@dataclass(frozen=True)
class Seen:
    """The text that stood on the tablet: `entries` by record with form and values, the times, and for whom it is."""

    text: str
    sha256: str
    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    times: Mapping[str, Any] = field(default_factory=dict)
    person: str | None = None
    names_person: bool = False


def read_seen(text: str, sha256: str) -> Seen:
    """The text a signature came with. Raises `Invalid` when it is not the text that was signed, or is none."""
    if hashlib.sha256(text.encode()).hexdigest() != sha256.lower():
        raise Invalid("The text does not belong to this signature. Sign again.", code="other_text")
    try:
        said = json.loads(text)
        entries = dict(said.get("entries") or {})
        for entry in entries.values():
            if not isinstance(entry["form"], str) or not isinstance(entry["values"], dict):
                raise TypeError
        times = dict(said.get("times") or {})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Invalid("What was signed could not be read. Sign again.", code="unreadable") from error
    person = said.get("person")
    return Seen(text, sha256.lower(), entries, times, str(person) if person else None, "person" in said)


def differences(picture: Picture, seen: Seen, *, by: Staff, own: bool) -> list[dict[str, Any]]:
    """Where the record says something else than the signer read: `{"form", "entry", "field", "label"}` for each.

    Values are compared as their forms read them. A field that nobody filled by hand counts only where the signer saw
    another value than the record has; what the signer's role may not read they need not have seen. `own`: only the
    signer's own entries.
    """
    found: list[dict[str, Any]] = []
    entered = _entered(picture)
    shown = dict(seen.entries)
    for key, entry in picture.entries:
        mine = isinstance(entry, Entry) and entry.author_id == by.pk
        said = shown.pop(str(entry.pk), None)
        if own and not mine:
            continue
        if said is None and not _reads(by, key, entry):
            continue
        spec = registry[key].under(entry)
        values = said["values"] if said else {}
        found += _of_entry(spec, entry, values, entered.get(str(entry.pk), set()))
    if own:
        return found
    for record, said in shown.items():
        if any(value not in EMPTY for value in said["values"].values()):
            title = registry[said["form"]].title if said["form"] in registry else said["form"]
            found.append(
                {"form": said["form"], "entry": record, "field": "", "label": f"{title}: not in the record"}
            )
    return found + list(_of_response(picture, seen))


def _entered(picture: Picture) -> dict[str, set[str]]:
    """The fields that somebody filled by hand, by record."""
    found: dict[str, set[str]] = {}
    rows = Patch.objects.filter(encounter=picture.encounter).values_list("record", "outcome__applied")
    for record, applied in rows:
        found.setdefault(str(record), set()).update(applied or ())
    return found


def _reads(by: Staff, key: str, entry: Any) -> bool:
    if not policy.section(by, registry[key].section, "R"):
        return False
    return not isinstance(entry, Entry) or policy.segment(by, entry.segment)


def _of_entry(
    spec: OnSceneForm, entry: Any, values: Mapping[str, Any], entered: set[str]
) -> Iterator[dict[str, Any]]:
    standing = spec.read(entry)
    for name, form_field in spec.fields().items():
        now = standing.get(name)
        if name not in values and (name not in entered or now in EMPTY):
            continue
        if name in values and name not in entered and now in EMPTY:
            continue
        if not _same(spec, name, values.get(name), now):
            label = str(form_field.label or name.replace("_", " ").capitalize())
            yield {"form": spec.key, "entry": str(entry.pk), "field": name, "label": f"{spec.title}: {label}"}


def _same(spec: OnSceneForm, name: str, said: Any, now: Any) -> bool:
    try:
        said = as_json(understood(partial(spec.clean, name), said))
    except ValidationError:
        return False
    if said in EMPTY or now in EMPTY:
        return said in EMPTY and now in EMPTY
    return bool(said == now) or _same_moment(said, now)


def _same_moment(said: Any, now: Any) -> bool:
    if not isinstance(said, str) or not isinstance(now, str) or "T" not in said or "T" not in now:
        return False
    try:
        return abs(datetime.fromisoformat(said) - datetime.fromisoformat(now)) < NEAR
    except (ValueError, TypeError):
        return False


def _of_response(picture: Picture, seen: Seen) -> Iterator[dict[str, Any]]:
    response = picture.encounter
    for name, label, _ in TIMES:
        said, now = seen.times.get(name), as_json(getattr(response, name))
        if not (said in EMPTY and now in EMPTY) and not _same_moment(said, now):
            yield {"form": "times", "entry": str(response.pk), "field": name, "label": label}
    now = str(response.person_id) if response.person_id else None
    if seen.names_person and seen.person != now:
        yield {"form": "person", "entry": str(response.pk), "field": "", "label": "Whom the response is for"}
