"""The record as signed, in sections, and the follow-ups it led to."""

from dataclasses import dataclass
from typing import Any

from mih.charts.attachments import Attached, attached_to
from mih.charts.section import Row, rows_of
from mih.core.fields import SignatureField
from mih.encounters.models import Entry
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.field.opening import Opened
from mih.followups.models import ContactDue


@dataclass(frozen=True)
class Section:
    """One entry with every filled field, each once."""

    spec: OnSceneForm
    entry: Any
    rows: list[Row]
    summary: str

    @property
    def typed(self) -> bool:
        return isinstance(self.entry, Entry)


def sections(seen: Opened) -> list[Section]:
    """Every entry the reader may see, in the order of the rail."""
    return [
        Section(spec, entry, rows_of(spec, entry), spec.summary(entry))
        for spec in seen.forms
        for entry in seen.entries(spec)
    ]


@dataclass(frozen=True)
class GivenSignature:
    """A signature of somebody who is not staff: the form it stands on, whose it is in words, and its drawing."""

    form: str
    row: Row


def given_signatures(seen: Opened) -> list[GivenSignature]:
    """The signatures drawn or refused on this response, in the order of the rail."""
    found = []
    for section in sections(seen):
        labels = {
            str(part.label or name)
            for name, part in section.spec.fields().items()
            if isinstance(part, SignatureField)
        }
        found += [GivenSignature(section.spec.title, row) for row in section.rows if row.label in labels]
    return found


def attachments(seen: Opened) -> list[Attached]:
    """Photos and documents of the forms open to the reader, and those of no form; oldest first."""
    readable = {form.key for form in seen.forms}
    return [each for each in attached_to(seen.encounter) if not each.form or each.form in readable]


def plan_to_hand_over(seen: Opened) -> Any | None:
    """The response's safety plan, when its copies may be printed: begun, not declined, open to the reader."""
    spec = registry["safety_plan"]
    plan = seen.picture.one(spec.key)
    if plan is None or plan.declined or seen.encounter.person is None or not seen.may_read(spec):
        return None
    return plan


def follow_ups(seen: Opened) -> list[ContactDue]:
    """The contacts planned from this response that the reader may see, soonest first."""
    return list(
        ContactDue.objects.seen_by(seen.staff)
        .filter(encounter=seen.encounter)
        .select_related("assigned_to", "team")
        .order_by("next_at", "id")
    )
