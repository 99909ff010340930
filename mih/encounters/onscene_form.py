"""The base of every line in the registry: how one on-scene form is filled, judged, summarised and printed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.db import models

from mih.core import rows
from mih.core.errors import Invalid
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.values import as_json, as_text
from mih.protocols.policy import Policy

if TYPE_CHECKING:
    from mih.accounts.models import Staff
    from mih.encounters.models import Encounter
    from mih.encounters.picture import Picture


class OnSceneForm:
    """One form of the registry. Subclasses set the attributes and override what differs.

    `section` is the row of the role matrix that says who may write, sign and co-sign it; `segment` the privacy segment
    its entries carry; `programmes` the programme codes that use it (empty: all).
    """

    key: ClassVar[str]
    title: ClassVar[str]
    model: type[models.Model]
    section: ClassVar[str]
    group: ClassVar[str]
    order: ClassVar[int] = 50
    icon: ClassVar[str] = "clipboard"
    repeatable: ClassVar[bool] = False
    segment: ClassVar[str] = "general"
    programmes: ClassVar[tuple[str, ...]] = ()
    add_label: ClassVar[str] = ""
    related: ClassVar[tuple[str, ...]] = ()
    alone: ClassVar[bool] = False
    """Whether its changes are taken in one at a time: for forms that write other rows while a value is accepted."""
    each_change: ClassVar[bool] = False
    """Whether, once a response has an entry of it, what follows from every single change there is kept."""

    def form_class(self) -> type[forms.BaseForm]:
        """The Django form whose fields are this record's fields."""
        raise LookupError(f"{self.key} names no form.")

    def fields(self) -> Mapping[str, forms.Field]:
        fields: Mapping[str, forms.Field] = self.form_class().base_fields  # type: ignore[attr-defined]
        return fields

    @property
    def offered(self) -> bool:
        """Whether a new record may be begun on it now; records that are there are always shown."""
        return True

    def under(self, entry: Any) -> "OnSceneForm":
        """The form as it was when `entry` was begun: its fields are the record's fields."""
        return self

    def in_use(self, policies: Mapping[str, Policy]) -> bool:
        """Whether these policies put the form in use. What was already begun on it is shown all the same."""
        return True

    # Records

    def owns(self, entry: Any) -> bool:
        """Whether `entry`, a row of `model`, was filled on this form."""
        return True

    @property
    def owned(self) -> models.Q:
        """The same as a question to the rows of `model`."""
        return models.Q()

    def fetch(self, encounter: "Encounter", record: UUID) -> Any | None:
        """The row, locked for change; None when there is none yet. Another encounter's row is never returned."""
        found = self.model._default_manager.select_for_update().filter(pk=record).first()
        if found is None:
            return None
        if found.encounter_id != encounter.pk or not self.owns(found):  # type: ignore[attr-defined]
            raise Invalid(
                "That record belongs to another form. Open it from its own page.", code="foreign_record"
            )
        return found

    def new(self, encounter: "Encounter", record: UUID, *, by: "Staff", at: datetime) -> Any:
        """An unsaved row for `record`, an identifier made by the sender."""
        told = {"id": record, "encounter": encounter, "author": by, "segment": self.segment}
        return rows.new(self.model, **told, recorded_at=at, received_at=at)

    def rows_of(self, encounter: "Encounter") -> Iterable[Any]:
        """The encounter's rows of this form, for a record that is not an entry (the person, for one)."""
        return ()

    def unasked(self, entry: Any) -> Iterable[str]:
        """Fields that this record is not asked for; the tablet leaves them out."""
        return ()

    # Values

    def read(self, entry: Any) -> dict[str, Any]:
        """The record's values as JSON, by field."""
        return {name: as_json(getattr(entry, name)) for name in self.fields()}

    def clean(self, name: str, value: Any) -> Any:
        """A raw value made into the field's own type. Raises `django.core.exceptions.ValidationError`."""
        return self.fields()[name].clean(value)

    def write(self, entry: Any, values: Mapping[str, Any]) -> None:
        """Set cleaned values on the row."""
        for name, value in values.items():
            if value is None and not entry._meta.get_field(name).null:
                value = entry._meta.get_field(name).get_default()
            setattr(entry, name, value)

    def accept(self, entry: Any, values: Mapping[str, Any], picture: "Picture", *, by: "Staff") -> None:
        """Look at the cleaned values `by` is about to write, before they are set.

        Raises `NotAllowed` for a value this person may not give although their role writes the section.
        """

    def check(self, entry: Any, picture: "Picture") -> dict[str, str]:
        """Values that cannot be true: a sentence by field. These are refused at once."""
        return {}

    def derive(self, entry: Any, picture: "Picture") -> None:
        """Fill what follows from the answers (scores, verdicts) before the row is saved."""

    def carried(self, entry: Any) -> frozenset[str]:
        """Columns that a correction takes over from the entry it replaces."""
        return frozenset(self.fields())

    def on_signed(self, entry: Any, *, by: "Staff", at: datetime) -> None:
        """What signing this entry sets in motion, inside the signing transaction."""

    def on_corrected(self, old: Any, new: Any, *, by: "Staff", at: datetime) -> None:
        """What a correction of this signed entry sets in motion, inside its transaction. `new` replaces `old`."""

    # Judgement

    def gaps(self, entry: Any, picture: "Picture") -> Iterable[Gap]:
        """What this entry still needs before it can be signed."""
        return ()

    def alarms(self, entry: Any, picture: "Picture") -> Iterable[AlarmDue]:
        """Alarms that this entry raises by itself."""
        return ()

    def gap(
        self, entry: Any, field: str, sentence: str, *, code: str = "missing", blocking: bool = True
    ) -> Gap:
        """A gap in one of this entry's fields."""
        return Gap(code, sentence, self.key, entry.pk if entry else None, field, blocking)

    # Words

    def happened_at(self, entry: Any) -> datetime | None:
        """When what the entry records was true."""
        at: datetime | None = entry.happened_at
        return at

    def summary(self, entry: Any) -> str:
        """One line for the rail, the timeline and the chart."""
        return self.title

    def rows(self, entry: Any) -> list[tuple[str, str]]:
        """Every filled field as (label, text), each exactly once: what print and export show."""
        filled = []
        for name, field in self.fields().items():
            text = as_text(getattr(entry, name), field)
            if text:
                filled.append((str(field.label or name.replace("_", " ").capitalize()), text))
        return filled
