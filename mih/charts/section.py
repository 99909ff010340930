"""One record of a response in rows: every filled field once, and who stands behind it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mih.charts.strokes import Drawing, drawing
from mih.charts.templatetags.chart import moment
from mih.core.fields import SignatureField
from mih.encounters.models import Entry, EntryStatus
from mih.encounters.onscene_form import OnSceneForm

LONG = 90
"""Characters beyond which a value no longer fits half a page."""


@dataclass(frozen=True)
class Row:
    """A filled field with its label, and the drawing when it is a signature."""

    label: str
    text: str
    drawing: Drawing | None = None

    @property
    def long(self) -> bool:
        """Whether it needs the width of the page."""
        return len(self.text) > LONG or "\n" in self.text or len(self.label) > LONG


@dataclass(frozen=True)
class Section:
    """One record of the response: an entry, or who the person is."""

    spec: OnSceneForm
    entry: Any
    rows: list[Row]
    replaced: list["Section"] = field(default_factory=list)

    @property
    def signable(self) -> bool:
        """Whether it carries signatures of its own; who the person is does not."""
        return isinstance(self.entry, Entry)

    @property
    def when(self) -> datetime | None:
        """When it was true, unless that is one of its own rows already."""
        at = getattr(self.entry, "happened_at", None)
        return None if "happened_at" in self.spec.fields() else at

    @property
    def signed(self) -> str:
        """Who wrote, signed, co-signed and corrected it, in one line; empty for what carries no signature."""
        entry = self.entry
        if not isinstance(entry, Entry):
            return ""
        words = [f"Written by {entry.author.signature_name}."]
        if entry.signed_by:
            words.append(f"Signed by {entry.signed_by.signature_name}, {moment(entry.signed_at)}.")
        else:
            words.append("Not signed.")
        if entry.cosigned_by:
            words.append(f"Co-signed by {entry.cosigned_by.signature_name}, {moment(entry.cosigned_at)}.")
        elif entry.status == EntryStatus.AWAITING_COSIGN:
            words.append("Awaiting co-signature.")
        if entry.status == EntryStatus.REPLACED:
            words.append("Replaced by a correction; kept as it was.")
        if entry.correction_reason:
            words.append(f"Corrects an earlier entry: {entry.correction_reason}")
        return " ".join(words)

    @property
    def restricted(self) -> bool:
        """Whether it holds substance-use information under 42 CFR Part 2."""
        return isinstance(self.entry, Entry) and self.entry.segment == "sud"


def rows_of(spec: OnSceneForm, entry: Any) -> list[Row]:
    """Every filled field of a record, a signature with its drawing."""
    drawn = {
        str(part.label or name): drawing(getattr(entry, name, None))
        for name, part in spec.fields().items()
        if isinstance(part, SignatureField)
    }
    return [Row(label, text, drawn.get(label)) for label, text in spec.rows(entry)]
