"""Fills any registered on-scene form, whatever its fields, with values that can be told apart when read back."""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from datetime import date, timedelta
from itertools import count
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from phonenumber_field.formfields import PhoneNumberField

from mih.audit.context import acting
from mih.core.errors import NotAllowed
from mih.core.fields import RowsField, SignatureField
from mih.core.ids import uuid7
from mih.encounters import picture as pictures
from mih.encounters.models import Encounter
from mih.encounters.registry import registry
from mih.instruments.forms import AnswerField
from mih.interventions.models import SupplyItem, SupplyLot
from mih.referrals.models import Partner
from tests.world import NOON, World

STROKES = [[[10, 40], [30, 10], [50, 50], [80, 20]], [[20, 60], [70, 60]]]


class Filler:
    """Sample values. Each free text carries a word of its own, kept in `words`: by field, what must be found once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.numbers = count(2)
        self.words: dict[str, list[str]] = {}

    def word(self, name: str, longest: int | None = None) -> str:
        """A word of its own, no longer than the field takes."""
        made = f"Q{next(self.numbers)}{name.title().replace('_', '')}Canary"[: longest or 38]
        self.words.setdefault(name, []).append(made)
        return made

    def sample(self, name: str, field: forms.Field) -> Any:
        """A raw value for `field`."""
        match field:
            case AnswerField():
                return _answer(field)
            case SignatureField():
                return {"status": "signed", "name": self.word(name), "strokes": STROKES}
            case RowsField():
                return [{column: self.word(name) for column in self._free(field)} for _ in range(2)]
            case forms.ModelChoiceField():
                return str(self._choose(field))
            case forms.MultipleChoiceField():
                return [code for code, _ in _codes(field)][-2:]
            case forms.NullBooleanField() | forms.BooleanField():
                return True
            case forms.TypedChoiceField() | forms.ChoiceField():
                return _codes(field)[0][0]
            case _:
                return self._plain(name, field)

    def _plain(self, name: str, field: forms.Field) -> Any:
        match field:
            case PhoneNumberField():
                return f"+14055550{100 + next(self.numbers) % 90}"
            case forms.EmailField():
                self.words.setdefault(name, []).append(made := f"canary{next(self.numbers)}@example.org")
                return made
            case forms.DateTimeField():
                return (NOON - timedelta(minutes=next(self.numbers))).isoformat()
            case forms.DateField():
                return date(1990, 1 + next(self.numbers) % 12, 3).isoformat()
            case forms.TimeField():
                return f"{8 + next(self.numbers) % 10:02d}:15"
            case forms.IntegerField() | forms.DecimalField() | forms.FloatField():
                return next(self.numbers)
            case _:
                return self.word(name, getattr(field, "max_length", None))

    def _free(self, field: RowsField) -> Iterator[str]:
        """Columns of a row that take words; those that hold a code are left empty."""
        coded = getattr(field, "options", {})
        return (column for column, _ in field.columns if column not in coded)

    def _choose(self, field: forms.ModelChoiceField[Any]) -> Any:
        found = field.queryset.first() if field.queryset is not None else None
        assert found is not None, f"{field.label}: there is nothing to choose from"
        return found.pk


def stocked() -> None:
    """A lot of each supply and a partner, so that every choice has something to choose."""
    for code in ("naloxone_kit", "naloxone_spray_4", "fentanyl_strip", "xylazine_strip", "bup_film_8_2"):
        item, _ = SupplyItem.objects.get_or_create(code=code, defaults={"name": f"Item {code}"})
        SupplyLot.objects.get_or_create(
            item=item, number=f"LOT-{code}", defaults={"expires_on": date(2028, 3, 31)}
        )
    Partner.objects.get_or_create(name="Partner clinic Q", defaults={"category": "mat"})


def filled(world: World, encounter: Encounter, form: str) -> tuple[Any, Filler]:
    """A record of `form` with every field filled, saved as a draft by somebody who may write all of it."""
    spec, filler = registry[form], Filler(world)
    with acting(world.clinician):
        stocked()
        picture = pictures.load(encounter)
        raw = {name: filler.sample(name, field) for name, field in spec.fields().items()}
        values = {name: spec.clean(name, value) for name, value in raw.items()}
        for by in (world.clinician, world.paramedic):
            entry = picture.one(form) or spec.new(encounter, uuid7(), by=by, at=NOON)
            with suppress(NotAllowed):
                spec.accept(entry, values, picture, by=by)
                break
        spec.write(entry, values)
        spec.derive(entry, picture)
        entry.save()
    return entry, filler


def otherwise(form: str, entry: Any, name: str) -> Iterator[Any]:
    """Copies of a record with one field emptied, or answered in every other way it can be."""
    spec = registry[form]
    field: Any = spec.fields()[name]
    codes = [] if isinstance(field, forms.ModelChoiceField) else _codes(field)
    for raw in (None, *(code for code, _ in codes)):
        other = deepcopy(entry)
        with suppress(ValidationError):
            spec.write(other, {name: spec.clean(name, raw)})
            yield other


def only_one_answer(field: Any) -> bool:
    """Whether a field offers no choice at all."""
    return isinstance(field, forms.ChoiceField) and len(_codes(field)) == 1


def _answer(field: AnswerField) -> Any:
    """The highest answer to a question of an instrument."""
    item = field.item
    return item.max if item.type == "number" else item.options[-1].value


def _codes(field: Any) -> list[tuple[str, str]]:
    return [(str(code), str(label)) for code, label in getattr(field, "choices", ()) if str(code)]
