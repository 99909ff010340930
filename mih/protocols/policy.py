"""A policy document as the clinical rules read it: pure, frozen, and independent of where it is stored."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

DEFAULTS = Path(__file__).parent / "defaults"

_TAG = re.compile(r"DEF|GCK|S\d{2,3}[a-z]?")


class DocumentError(ValueError):
    """A policy document that cannot be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Value:
    """One setting of a policy, with where it comes from.

    `tag`: DEF, the programme's own default; GCK, general clinical knowledge the medical director must verify; or the
    number of a published source.
    """

    value: Any
    tag: str
    source: str
    label: str = ""
    note: str = ""

    @property
    def mark(self) -> str:
        """What a reader is told about where the value comes from."""
        return {"GCK": "verify", "DEF": "programme default"}.get(self.tag, f"published source {self.tag}")


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of one policy. `policy["cows_min"]` is the bare value; KeyError for a name it does not hold.

    `signed` is true once the medical director has signed this version. A policy that needs a signature may be acted on
    only when `in_use`.
    """

    key: str
    title: str
    version: int
    values: Mapping[str, Value]
    needs_signature: bool = False
    signed: bool = False
    effective_from: datetime | None = None
    signed_by: str = ""
    signed_at: datetime | None = None
    added: frozenset[str] = field(default_factory=frozenset)
    """Names this version did not hold, taken from the shipped default."""

    def __getitem__(self, name: str) -> Any:
        return _copied(self.look(name))

    def look(self, name: str) -> Any:
        """The bare value as it is kept, for those who ask often: not yours to change."""
        try:
            return self.values[name].value
        except KeyError:
            raise KeyError(f"Policy {self.key} version {self.version} holds no value {name!r}.") from None

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    @property
    def in_use(self) -> bool:
        """Whether the policy may be acted on."""
        return self.signed or not self.needs_signature

    def changed(self, **values: Any) -> "Policy":
        """The same policy with other bare values: what a rule would say if they were so."""
        unknown = values.keys() - self.values.keys()
        if unknown:
            raise KeyError(f"Policy {self.key} holds no value {', '.join(sorted(unknown))}.")
        return replace(
            self, values={**self.values, **{n: replace(self.values[n], value=v) for n, v in values.items()}}
        )

    def completed_from(self, other: "Policy") -> "Policy":
        """The same policy with every name it lacks taken from `other`, and those names noted in `added`."""
        missing = other.values.keys() - self.values.keys()
        # In the order of the other, which a database does not keep.
        ordered = {name: self.values.get(name, value) for name, value in other.values.items()}
        return replace(self, values={**ordered, **self.values}, added=frozenset(missing))

    @classmethod
    def from_document(
        cls,
        document: Mapping[str, Any],
        *,
        signed: bool = False,
        effective_from: datetime | None = None,
        signed_by: str = "",
        signed_at: datetime | None = None,
    ) -> "Policy":
        """Read a document as stored (see `problems`). Raises `DocumentError`."""
        found = problems(document)
        if found:
            raise DocumentError(found)
        return cls(
            key=document["key"],
            title=document["title"],
            version=document["version"],
            needs_signature=document["needs_signature"],
            values={name: Value(**_known(entry)) for name, entry in document["values"].items()},
            signed=signed,
            effective_from=effective_from,
            signed_by=signed_by,
            signed_at=signed_at,
        )

    @classmethod
    def default(cls, key: str, *, signed: bool = False) -> "Policy":
        """The policy as shipped. It is unsigned; `signed=True` asks what it would do once signed."""
        return cls.from_document(default_document(key), signed=signed)


def default_keys() -> list[str]:
    """The keys of every policy shipped, in order."""
    return list(_shipped_keys())


@cache
def _shipped_keys() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in DEFAULTS.glob("*.json")))


def default_document(key: str) -> dict[str, Any]:
    """The shipped document of `key`. Raises KeyError for a key that is not shipped."""
    return deepcopy(_shipped(key))


@cache
def _shipped(key: str) -> dict[str, Any]:
    if key not in _shipped_keys():
        raise KeyError(f"There is no policy {key!r}.")
    document: dict[str, Any] = json.loads((DEFAULTS / f"{key}.json").read_text(encoding="utf-8"))
    return document


def problems(document: Mapping[str, Any]) -> list[str]:
    """Everything wrong with the shape of a policy document, as sentences; empty when it can be read.

    A document is `{"key", "title", "version", "needs_signature", "values": {name: {"value", "tag", "source"}}}`.
    """
    found = [
        f"A policy needs {name}."
        for name, kind in (("key", str), ("title", str), ("values", dict))
        if not isinstance(document.get(name), kind) or not document[name]
    ]
    number = document.get("version")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        found.append("A policy needs a version, a whole number from 1.")
    if not isinstance(document.get("needs_signature"), bool):
        found.append("A policy says whether it needs a signature.")
    values = document.get("values")
    for name, entry in values.items() if isinstance(values, dict) else ():
        if not isinstance(entry, dict) or "value" not in entry:
            found.append(f"{name}: a value is missing.")
            continue
        if not _TAG.fullmatch(str(entry.get("tag", ""))):
            found.append(f"{name}: the tag is DEF, GCK or the number of a source, such as S69.")
        if not entry.get("source"):
            found.append(f"{name}: the source is missing.")
    return found


def shape_problems(document: Mapping[str, Any], pattern: Mapping[str, Any]) -> list[str]:
    """Where `document` would surprise the rules that read `pattern`: names missing, unknown, or of another kind."""
    mine, theirs = document["values"], pattern["values"]
    found = [f"{name} is missing." for name in theirs if name not in mine]
    found += [f"{name} is not a value of this policy." for name in mine if name not in theirs]
    found += [
        f"{name} must be {_kind(theirs[name]['value'])}, not {_kind(mine[name]['value'])}."
        for name in mine
        if name in theirs and _kind(mine[name]["value"]) != _kind(theirs[name]["value"])
    ]
    return found


def _copied(value: Any) -> Any:
    """A value of a document, whose holder may change it: only lists and tables can be."""
    if isinstance(value, dict):
        return {name: _copied(each) for name, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, dict) else "empty"


def _known(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("value", "tag", "source", "label", "note") if name in entry}
