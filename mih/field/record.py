"""The record as signed, in sections, and the follow-ups it led to."""

from dataclasses import dataclass
from typing import Any

from mih.encounters.models import Entry
from mih.encounters.onscene_form import OnSceneForm
from mih.field.opening import Opened
from mih.followups.models import ContactDue


@dataclass(frozen=True)
class Section:
    """One entry with every filled field, each once."""

    spec: OnSceneForm
    entry: Any
    rows: list[tuple[str, str]]
    summary: str

    @property
    def typed(self) -> bool:
        return isinstance(self.entry, Entry)


def sections(seen: Opened) -> list[Section]:
    """Every entry the reader may see, in the order of the rail."""
    return [
        Section(spec, entry, spec.rows(entry), spec.summary(entry))
        for spec in seen.forms
        for entry in seen.entries(spec)
    ]


def follow_ups(seen: Opened) -> list[ContactDue]:
    """The contacts planned from this response that the reader may see, soonest first."""
    return list(
        ContactDue.objects.seen_by(seen.staff)
        .filter(encounter=seen.encounter)
        .select_related("assigned_to", "team")
        .order_by("next_at", "id")
    )
