"""Examining an uploaded file: everything that is wrong with it, in plain sentences, before anything is kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from mih.instruments import catalogue, local_rules, strict_json
from mih.instruments.definition import Definition
from mih.instruments.models import INSTRUMENT, WORDING, UploadedFile
from mih.instruments.placement import placement_problems
from mih.instruments.reading import read_definition
from mih.instruments.selectors import definition_part
from mih.instruments.validation import misshapen, problems
from mih.instruments.wording import slots, wording_problems
from mih.instruments.worked import disagreements

_PLACE = re.compile(r"\b(?:items?|scales?|bands?|alarm|flags?|note|notes) ([A-Za-z0-9_]+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, as a sentence, and the line of the file where it stands, when one can be named."""

    sentence: str
    line: int | None = None

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}" if self.line else self.sentence


@dataclass(frozen=True)
class Examined:
    """An uploaded file, read. It may be kept when there are no `problems`."""

    source: str
    problems: list[Problem] = field(default_factory=list)
    kind: str = INSTRUMENT
    key: str = ""
    number: int = 0
    title: str = ""


def examine(source: str, *, standing: UploadedFile | None = None) -> Examined:
    """Read a file and find everything that is wrong with it.

    `standing` is the row the file is kept in already, when it is looked at once more before it is signed: then its
    version is its own.
    """
    source = source.removeprefix("\ufeff")
    if not source.strip():
        return Examined(source, [Problem("There is nothing in the file. Choose a file, or paste its text.")])
    try:
        document = strict_json.read(source)
    except strict_json.UnreadableError as error:
        return Examined(source, [Problem(str(error))])
    if not isinstance(document, dict):
        return Examined(source, [Problem("The file must be one object, in braces.")])
    found = list(strict_json.excesses(document))
    kind = document.get("kind", INSTRUMENT)
    if kind not in (INSTRUMENT, WORDING):
        found.append('kind must be "instrument" or "wording".')
    if found:
        return Examined(source, _placed(source, found))
    return (_wording if kind == WORDING else _instrument)(source, document, standing)


def _instrument(source: str, document: dict[str, Any], standing: UploadedFile | None) -> Examined:
    plain = definition_part(document)
    found = list(placement_problems(document.get("placement")))
    faults = misshapen(plain)
    if not faults:
        faults = list(local_rules.misnamed(plain))
    if not faults:  # its sense is judged only once its names and sizes are known to be harmless
        faults = problems(plain)
    found += faults
    if not faults:
        known = read_definition(plain)
        found += local_rules.unfit(known)
        found += disagreements(known, document.get("examples", []))
        if known.key in catalogue.shipped_keys():
            found.append(f"the key {known.key} belongs to an instrument of the program. Choose another key.")
        found += _version(INSTRUMENT, known.key, known.version, standing)
    if found:
        return Examined(source, _placed(source, found))
    return Examined(source, [], INSTRUMENT, known.key, known.version, known.title.say())


def _wording(source: str, document: dict[str, Any], standing: UploadedFile | None) -> Examined:
    key, number = document.get("instrument"), document.get("version")
    found: list[str] = []
    known: Definition | None = None
    if not isinstance(key, str) or key not in catalogue.latest_keys():
        found.append("instrument must name an instrument of this system by its key, such as dast10.")
    else:
        known = catalogue.definition(key)
        if not slots(known):
            found.append(f"{known.short_title} has its wording already: no question of it waits for one.")
        else:
            found += wording_problems(document, known)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        found.append("version must be a whole number from 1.")
    elif known is not None:
        found += _version(WORDING, known.key, number, standing)
    if found or known is None or not isinstance(number, int):
        return Examined(source, _placed(source, found))
    return Examined(source, [], WORDING, known.key, number, f"{known.short_title} wording")


def _version(kind: str, key: str, number: int, standing: UploadedFile | None) -> Iterator[str]:
    if standing is not None:
        return
    last = UploadedFile.objects.filter(kind=kind, key=key).aggregate(last=Max("number"))["last"] or 0
    if number <= last:
        yield (
            f"version {number} of {key} is here already, and a version never changes. "
            f"Give this file version {last + 1}."
        )
    elif number > last + 1:
        yield f"the next version of {key} is {last + 1}, not {number}."


def _placed(source: str, sentences: list[str]) -> list[Problem]:
    lines = source.splitlines()
    return [Problem(sentence[0].upper() + sentence[1:], _line(lines, sentence)) for sentence in sentences]


def _line(lines: list[str], sentence: str) -> int | None:
    """The line on which the part that a sentence speaks of is named."""
    for name in reversed(_PLACE.findall(sentence)):
        said = re.compile(rf'"(?:key|code)"\s*:\s*"{re.escape(name)}"')
        for number, line in enumerate(lines, 1):
            if said.search(line):
                return number
    return None
