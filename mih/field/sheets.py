"""One form of the registry opened for one record, ready to be filled on the tablet."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms

from mih.accounts.models import Staff
from mih.assessments.onscene.context import person_context
from mih.core import clock
from mih.core.errors import NotFound
from mih.core.ids import uuid7
from mih.encounters.models import Conflict, Entry
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.values import as_text
from mih.field.dressing import dressed, helper_of
from mih.field.opening import Opened, once_only_record
from mih.field.panels import offer_films
from mih.instruments.catalogue import document
from mih.interventions.buprenorphine import may_see_override
from mih.interventions.forms.buprenorphine import OVERRIDE
from mih.protocols.policy import Policy

TOLD = frozenset({"naloxone", "buprenorphine"})
"""Sections whose forms record a dose: its time is always told by the crew. What other forms record happens while they are
filled, so that their time is now unless the crew says otherwise."""


@dataclass
class Clash:
    """An open conflict in words: the field, and each value with who gave it and when. `joins` when both may stand, one
    below the other."""

    conflict: Conflict
    label: str
    base: str
    theirs: str
    mine: str
    joins: bool


@dataclass
class Sheet:
    """The form, its record, and the values it starts from. `values` is what the tablet compares typing with."""

    spec: OnSceneForm
    record: UUID
    version: int
    values: dict[str, Any]
    form: forms.BaseForm
    helper: FormHelper
    entry: Any
    writable: bool
    siblings: list[Any]
    conflicts: list[Clash]
    instrument: dict[str, Any] | None
    context: dict[str, Any]

    @property
    def is_new(self) -> bool:
        return self.entry is None

    @property
    def removable(self) -> bool:
        """Whether the entry may still be taken out of the record."""
        return self.writable and isinstance(self.entry, Entry) and not self.entry.is_frozen

    @property
    def data(self) -> dict[str, Any]:
        """What the tablet's code needs besides the markup."""
        return {
            "values": self.values,
            "kinds": {name: field.kind for name, field in self.form.fields.items()},  # type: ignore[attr-defined]
            "instrument": self.instrument,
            "context": self.context,
            "timed": self.spec.section not in TOLD,
        }


def sheet(seen: Opened, key: str, *, record: UUID | None = None, blank: bool = False) -> Sheet:
    """The form `key` of a response: at `record`, at a new one when `blank`, else at the latest entry, or a new one.

    Raises `NotFound` for a record that is not there (any more).
    """
    spec = seen.form(key)
    siblings = seen.entries(spec)
    entry: Any = None
    if record is not None:
        entry = next((each for each in siblings if each.pk == record), None)  # type: ignore[attr-defined]
        if entry is None:
            raise NotFound(
                "That entry is not in this response any more. Choose another from the list.", code="no_entry"
            )
    elif siblings and not (blank and spec.repeatable):
        entry = siblings[-1]
    made = entry or _new(seen, spec)
    spec = spec.under(made)
    form_class = spec.form_class()
    hidden = withheld(seen.staff, form_class, seen.picture.policies["buprenorphine"])
    left_out = [*hidden, *spec.unasked(made)]
    values = {name: value for name, value in spec.read(made).items() if name not in left_out}
    form = dressed(form_class, values, without=left_out)
    offer_films(form, seen.picture.policies["buprenorphine"])
    writable = seen.may_write(spec) and not (isinstance(entry, Entry) and entry.is_frozen)
    return Sheet(
        spec=spec,
        record=made.pk,
        version=made.version if entry is not None else 0,
        values=values,
        form=form,
        helper=helper_of(form),
        entry=entry,
        writable=writable,
        siblings=siblings if spec.repeatable else [],
        conflicts=_clashes(seen, spec, made.pk),
        instrument=_instrument(form_class),
        context=scoring_context(seen),
    )


def withheld(staff: Staff, form_class: type[forms.BaseForm], rules: Policy) -> list[str]:
    """Fields that the reader's role is not even shown: the override of a hard stop (scenario S05). `rules`: the
    `buprenorphine` policy."""
    if may_see_override(staff.role, rules):
        return []
    return [
        name
        for name, field in form_class.base_fields.items()  # type: ignore[attr-defined]
        if field.widget.attrs.get("data-for") == OVERRIDE
    ]


def _new(seen: Opened, spec: OnSceneForm) -> Any:
    record = uuid7() if spec.repeatable else once_only_record(spec, seen.encounter)
    return spec.new(seen.encounter, record, by=seen.staff, at=clock.now())


def _instrument(form_class: type[forms.BaseForm]) -> dict[str, Any] | None:
    definition = getattr(form_class, "definition", None)
    return document(definition.key, definition.version) if definition is not None else None


def scoring_context(seen: Opened) -> dict[str, Any]:
    """What scoring on the tablet may ask about the person, and the readings an answer may be taken from."""
    facts = seen.picture.facts
    readings = {"hr": facts.hr} if facts.hr is not None else {}
    return {**person_context(seen.picture), **readings}


def _clashes(seen: Opened, spec: OnSceneForm, record: UUID) -> list[Clash]:
    waiting = seen.encounter.conflicts.filter(form=spec.key, entry=record, resolved_at__isnull=True)
    return [
        clash_words(spec, conflict)
        for conflict in waiting.select_related("theirs_by", "mine_by").order_by("at")
    ]


def clash_words(spec: OnSceneForm, conflict: Conflict) -> Clash:
    """The conflict as a reader sees it."""
    field = spec.fields().get(conflict.field)
    label = str(field.label or conflict.field) if field else conflict.field
    base, theirs, mine = (
        as_text(_moment(field, value), field) or "Empty"
        for value in (conflict.base, conflict.theirs, conflict.mine)
    )
    joins = field is not None and isinstance(field.widget, forms.Textarea)
    return Clash(conflict, label, base, theirs, mine, joins)


def _moment(field: forms.Field | None, value: Any) -> Any:
    """A stored time read back, so that it is shown on the agency's clock."""
    if isinstance(field, forms.DateTimeField) and isinstance(value, str) and value:
        return field.to_python(value)
    return value
