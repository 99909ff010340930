"""Every value tagged DEF or GCK with its state: to be verified, or approved by whom and when."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mih.core.clinical_values import ClinicalValue, Kind, clinical_values, values_of
from mih.protocols.models import ValueVerdict

State = Literal["verify", "approved"]


@dataclass(frozen=True)
class Listed:
    """One value with what has been said of it.

    `approved_by` and `approved_at` hold while `state` is approved. `earlier` is the last word on this value while it
    said something else, or before its approval was taken back.
    """

    value: ClinicalValue
    state: State
    approved_by: str = ""
    approved_at: datetime | None = None
    by_version: bool = False
    """Approved by the signature on the whole version."""
    note: str = ""
    earlier: ValueVerdict | None = None

    @property
    def changed(self) -> bool:
        """Whether it said something else when it was last approved."""
        return self.earlier is not None and self.earlier.fingerprint != self.value.fingerprint


@dataclass(frozen=True)
class Narrowed:
    """What of the list is asked for. Empty: not narrowed."""

    state: str = ""
    tag: str = ""
    document: str = ""
    text: str = ""

    def holds(self, each: Listed) -> bool:
        """Whether a value is asked for; every word of the text stands somewhere in it."""
        value = each.value
        told = " ".join(
            [value.title, value.label, value.name, *value.lines, value.source, value.note]
        ).lower()
        return (
            self.state in ("", each.state)
            and self.tag in ("", value.tag)
            and self.document in ("", value.document)
            and all(word in told for word in self.text.lower().split())
        )


def listed(at: datetime) -> list[Listed]:
    """Every value in force at `at`."""
    return judged(clinical_values(at))


def judged(values: Iterable[ClinicalValue], *, document: str = "") -> list[Listed]:
    """The values with their states."""
    verdicts = ValueVerdict.objects.select_related("by").order_by("at", "id")
    if document:
        verdicts = verdicts.filter(document=document)
    said: dict[tuple[str, str], list[ValueVerdict]] = {}
    for verdict in verdicts:
        said.setdefault((verdict.document, verdict.name), []).append(verdict)
    return [_judge(value, said.get((value.document, value.name), [])) for value in values]


def _judge(value: ClinicalValue, said: list[ValueVerdict]) -> Listed:
    mine = [verdict for verdict in said if verdict.fingerprint == value.fingerprint]
    last = mine[-1] if mine else None
    signed_later = value.signed_at is not None and (last is None or last.at < value.signed_at)
    if signed_later and (last is None or last.verdict == "withdrawn"):
        return Listed(value, "approved", value.signed_by, value.signed_at, by_version=True)
    if last is not None and last.verdict == "approved":
        return Listed(value, "approved", last.signature_text, last.at, note=last.note)
    earlier = last or next((each for each in reversed(said) if each.verdict == "approved"), None)
    return Listed(value, "verify", earlier=earlier)


@dataclass(frozen=True)
class Counts:
    """How many values stand in each state and under each tag."""

    total: int
    verify: int
    approved: int
    gck: int
    default: int


def counts(values: Iterable[Listed]) -> Counts:
    """The counts of a list."""
    every = list(values)
    states = Counter(each.state for each in every)
    tags = Counter(each.value.tag for each in every)
    return Counts(len(every), states["verify"], states["approved"], tags["GCK"], tags["DEF"])


def unverified(kind: Kind, key: str, at: datetime) -> list[Listed]:
    """The values of one document that carry the mark "verify" where staff meet it: unsourced knowledge, not approved."""
    unsourced = [value for value in values_of(kind, key, at) if value.tag == "GCK"]
    if not unsourced:
        return []
    return [each for each in judged(unsourced, document=f"{kind}:{key}") if each.state == "verify"]
