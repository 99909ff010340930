"""The instruments on offer: the definition files that come with the program, read once, checked and pinned by their
fingerprints, and the local ones a medical director has uploaded and signed (`selectors`).

A question about an instrument that comes with the program never asks the database, unless its wording is the site's.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from mih.core import clock
from mih.instruments.definition import Definition, Document
from mih.instruments.reading import read_definition
from mih.instruments.validation import problems
from mih.instruments.wording import Worded, slots, worded

DEFINITIONS = Path(__file__).parent / "definitions"
LOCK = DEFINITIONS / "lock.json"

_FILE_NAME = re.compile(r"([a-z][a-z0-9_]*)\.v([1-9][0-9]*)\.json")


class UnknownInstrumentError(LookupError):
    """No definition has this key and version."""


class BrokenDefinitionError(ValueError):
    """A definition file does not say what a definition must say."""


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """A value that the medical director should confirm, with where it stands and where it comes from.

    ``tag`` is ``DEF`` for a programme default and ``GCK`` for general clinical knowledge without a source page.
    ``content`` is the whole tagged part as canonical JSON: what an approval is given to.
    """

    instrument: str
    version: int
    where: str
    value: str
    tag: str
    source: str
    note: str
    content: str = ""


def shipped_keys() -> tuple[str, ...]:
    """The key of every instrument that comes with the program, in alphabetical order."""
    return tuple(sorted(_versions()))


def latest_keys() -> tuple[str, ...]:
    """The key of every instrument, local ones too, in alphabetical order; a withdrawn one is still known."""
    return tuple(sorted({*shipped_keys(), *_uploaded().local_keys()}))


def versions(key: str) -> tuple[int, ...]:
    """Every version of an instrument that has taken effect, oldest first. Raises UnknownInstrumentError."""
    if key in _versions():
        return _versions()[key]
    uploaded, now = _uploaded(), clock.now()
    found = [
        each.number
        for each in uploaded.signed()
        if (each.kind, each.key) == ("instrument", key) and each.began(now)
    ]
    if not found:
        raise UnknownInstrumentError(f"There is no instrument called {key}.")
    return tuple(sorted(found))


def definition(key: str, version: int | None = None) -> Definition:
    """An instrument's definition; the version that took effect last unless one is named.

    Raises UnknownInstrumentError when there is none, BrokenDefinitionError when the file is not a valid definition.
    """
    if key in _versions():
        return _definition(key, versions(key)[-1] if version is None else version)
    found: Definition = _uploaded().definition_of(_local(key, version))
    return found


def current(key: str, at: datetime | None = None) -> Definition:
    """The definition that a new sheet is answered under at `at` (default: now), in the site's wording.

    A local instrument that was withdrawn since is given in its last version. Raises UnknownInstrumentError.
    """
    if key in _versions():
        return in_wording(definition(key), at=at)
    found = _uploaded().last("instrument", key, at)
    if found is None:
        raise UnknownInstrumentError(f"There is no instrument called {key}.")
    return in_wording(_uploaded().definition_of(found.pk), at=at)


def in_wording(known: Definition, number: int | None = None, *, at: datetime | None = None) -> Definition:
    """A definition with the wording version `number`; with the one in force at `at` when none is named; as it is when
    it has no questions that wait for wording, or there is no such wording."""
    if not slots(known):
        return known
    uploaded = _uploaded()
    found = (
        uploaded.standing("wording", known.key, at)
        if number is None
        else uploaded.numbered("wording", known.key, number)
    )
    return _worded(known, found.pk) if found else known


def offered(key: str, at: datetime | None = None) -> bool:
    """Whether a new sheet may be begun: a local instrument is in force, and one of the program always is."""
    return key in _versions() or _uploaded().standing("instrument", key, at) is not None


def document(key: str, version: int | None = None) -> dict[str, Any]:
    """The definition as it stands in its file, for the tablet and the browser's engine. Yours to change."""
    if key in _versions():
        chosen = definition(key, version)
        loaded: dict[str, Any] = json.loads(_path(chosen.key, chosen.version).read_bytes())
        return loaded
    uploaded = _uploaded()
    return deepcopy(uploaded.definition_part(uploaded.content(_local(key, version))))


def policy_values(only: str | None = None) -> tuple[PolicyValue, ...]:
    """Every value tagged as a programme default or as unsourced knowledge, in the latest definitions; with `only`,
    those of one instrument."""
    keys = latest_keys() if only is None else (only,)
    return tuple(value for key in keys for value in _tagged(definition(key), "", document(key)))


def fingerprints() -> dict[str, str]:
    """SHA-256 of every definition file that comes with the program, by name such as ``cows.v1``."""
    return {
        f"{key}.v{version}": hashlib.sha256(_path(key, version).read_bytes()).hexdigest()
        for key in shipped_keys()
        for version in versions(key)
    }


def locked_fingerprints() -> dict[str, str]:
    """The fingerprints of the released definitions."""
    locked: dict[str, str] = json.loads(LOCK.read_bytes())
    return locked


def _uploaded() -> ModuleType:
    """The uploaded files; imported when first asked for, so that the definition files are read without Django."""
    return import_module("mih.instruments.selectors")


def _local(key: str, version: int | None) -> Any:
    """The identifier of an uploaded definition. Raises UnknownInstrumentError."""
    uploaded = _uploaded()
    found = (
        uploaded.last("instrument", key) if version is None else uploaded.numbered("instrument", key, version)
    )
    if found is None:
        which = (
            f"instrument called {key}" if version is None else f"version {version} of the instrument {key}"
        )
        raise UnknownInstrumentError(f"There is no {which}.")
    return found.pk


@cache
def _worded(known: Definition, pack: UUID) -> Worded:
    return worded(known, _uploaded().content(pack))


def _path(key: str, version: int) -> Path:
    return DEFINITIONS / f"{key}.v{version}.json"


@cache
def _versions() -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for path in DEFINITIONS.glob("*.json"):
        if match := _FILE_NAME.fullmatch(path.name):
            found.setdefault(match[1], []).append(int(match[2]))
    return {key: tuple(sorted(numbers)) for key, numbers in found.items()}


@cache
def _definition(key: str, version: int) -> Definition:
    if version not in versions(key):
        raise UnknownInstrumentError(f"There is no version {version} of the instrument {key}.")
    data = json.loads(_path(key, version).read_bytes())
    wrong = problems(data)
    if not wrong and (data["key"], data["version"]) != (key, version):
        wrong = [f"it says it is {data['key']} version {data['version']}."]
    if wrong:
        raise BrokenDefinitionError(f"{key}.v{version}: " + " ".join(wrong))
    return read_definition(data)


def _tagged(owner: Definition, where: str, data: object) -> Iterator[PolicyValue]:
    """Each part of a document that carries a ``basis``, found wherever it stands."""
    if isinstance(data, list):
        for number, part in enumerate(data, 1):
            yield from _tagged(owner, f"{where} {_name(part, number)}".strip(), part)
        return
    if not isinstance(data, dict):
        return
    if basis := data.get("basis"):
        yield PolicyValue(
            owner.key,
            owner.version,
            where,
            _summary(data),
            basis["tag"],
            basis["source"],
            basis.get("note", ""),
            json.dumps({name: part for name, part in data.items() if name != "basis"}, sort_keys=True),
        )
    for name, part in data.items():
        if name != "basis":
            yield from _tagged(owner, f"{where} {name}".strip(), part)


def _name(part: object, number: int) -> str:
    if isinstance(part, dict):
        return str(part.get("code") if isinstance(part.get("code"), str) else part.get("key", number))
    return str(number)


def _summary(data: Document) -> str:
    """The tagged value in a line: a band's range, an alarm's level, a code, an age, a licence."""
    text = data.get("label", data.get("text", data.get("name", "")))
    words = text if isinstance(text, str) else text["en"]
    if "from" in data:
        return f"{data['from']} to {data['to']}: {words}"
    if "level" in data:
        return f"{data['level']}: {words}"
    if "system" in data:
        return str(data["code"])
    if "min" in data and "text" not in data:
        return f"age from {data['min'] if data['min'] is not None else 'any'}"
    return words
