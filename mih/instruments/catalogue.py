"""The instruments on offer: definition files, read once, checked, and pinned by their fingerprints."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from mih.instruments.definition import Definition, Document
from mih.instruments.reading import read_definition
from mih.instruments.validation import problems

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
    """

    instrument: str
    version: int
    where: str
    value: str
    tag: str
    source: str
    note: str


def latest_keys() -> tuple[str, ...]:
    """The key of every instrument, in alphabetical order."""
    return tuple(sorted(_versions()))


def versions(key: str) -> tuple[int, ...]:
    """Every version of an instrument, oldest first. Raises UnknownInstrumentError."""
    try:
        return _versions()[key]
    except KeyError:
        raise UnknownInstrumentError(f"There is no instrument called {key}.") from None


def definition(key: str, version: int | None = None) -> Definition:
    """An instrument's definition; the latest version unless one is named.

    Raises UnknownInstrumentError when there is none, BrokenDefinitionError when the file is not a valid definition.
    """
    return _definition(key, versions(key)[-1] if version is None else version)


def document(key: str, version: int | None = None) -> dict[str, Any]:
    """The definition as it stands in its file, for the tablet and the browser's engine. Yours to change."""
    chosen = definition(key, version)
    loaded: dict[str, Any] = json.loads(_path(chosen.key, chosen.version).read_bytes())
    return loaded


def policy_values() -> tuple[PolicyValue, ...]:
    """Every value tagged as a programme default or as unsourced knowledge, in the latest definitions."""
    return tuple(value for key in latest_keys() for value in _tagged(definition(key), "", document(key)))


def fingerprints() -> dict[str, str]:
    """SHA-256 of every definition file, by name such as ``cows.v1``."""
    return {
        f"{key}.v{version}": hashlib.sha256(_path(key, version).read_bytes()).hexdigest()
        for key in latest_keys()
        for version in versions(key)
    }


def locked_fingerprints() -> dict[str, str]:
    """The fingerprints of the released definitions."""
    locked: dict[str, str] = json.loads(LOCK.read_bytes())
    return locked


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
