"""Answer sheets worked by hand that a file may bring along as `examples`: the engine must come to the same."""

from collections.abc import Iterator
from typing import Any

from mih.instruments.definition import Definition
from mih.instruments.engine import score

_KNOWN = {"answers", "total", "band", "flags"}


def disagreements(definition: Definition, examples: object) -> Iterator[str]:
    """Every example that is not one, or that scores otherwise than it says."""
    if not isinstance(examples, list):
        yield "examples must be a list."
        return
    for number, example in enumerate(examples, 1):
        where = f"example {number}"
        if not isinstance(example, dict) or not isinstance(example.get("answers"), dict):
            yield f"{where} needs answers: an object of item keys and values."
        elif strange := sorted(example.keys() - _KNOWN):
            yield f"{where} has {strange[0][:40]}, which is not part of the format."
        elif len(example) == 1:
            yield f"{where} says nothing to compare with: give it a total, a band or flags."
        else:
            yield from _differs(definition, example, where)


def _differs(definition: Definition, example: dict[str, Any], where: str) -> Iterator[str]:
    unknown = example["answers"].keys() - {item.key for item in definition.items}
    if unknown:
        yield f"{where} answers {min(unknown)[:40]}, which is not an item."
        return
    result = score(definition, example["answers"])
    for error in result.errors:
        yield f"{where}: {error.message}"
    found: dict[str, Any] = {
        "total": result.total,
        "band": result.band,
        "flags": sorted(result.flag_codes),
    }
    for name, value in found.items():
        stated = example.get(name, value)
        stated = sorted(map(str, stated)) if name == "flags" and isinstance(stated, list) else stated
        if stated != value:
            yield f"{where} says {name} {_said(stated)}, but the file scores it {_said(value)}."


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))[:80] or "none"
    return "none" if value is None else str(value)[:80]
