"""The pictures of many encounters at once: as many statements for fifty as for two."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Value

from mih.encounters.models import Encounter, Entry, EntryStatus
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import by_model
from mih.people.models import Person
from mih.protocols.policy import Policy
from mih.protocols.selectors import pinned

GONE = (EntryStatus.REMOVED, EntryStatus.REPLACED)

Entries = dict[str, list[Any]]


def load_many(encounters: Collection[Encounter]) -> dict[UUID, Picture]:
    """The picture of each, by its identifier: the same that `picture.load` gives.

    `person` should be joined. One statement asks which tables hold something of them, one reads each table that does,
    and one or two the policies they pinned.
    """
    known = by_model()
    found: dict[UUID, Entries] = {each.pk: {} for each in encounters}
    of_entries = [model for model in known if issubclass(model, Entry)]
    for model in holding(of_entries, found, removed=False):
        forms = known[model]
        for row in standing(model, found).select_related(*_related(forms)):
            _put(found[row.encounter_id], forms, row)
    for model, forms in known.items():
        if not issubclass(model, Entry):
            _put_of_people(found, encounters, model, forms)
    policies = _policies(encounters)
    return {each.pk: Picture(each, _sorted(found[each.pk]), policies[each.pk]) for each in encounters}


def holding(
    models: Collection[type[Entry]], encounters: Iterable[UUID], *, removed: bool
) -> list[type[Entry]]:
    """Those of `models` that hold an entry of these encounters: a standing one, or with `removed` one taken out."""
    if not models:
        return []
    numbered, wanted = list(models), list(encounters)
    first, *others = [
        (
            model._default_manager.filter(encounter__in=wanted, status=EntryStatus.REMOVED)
            if removed
            else standing(model, wanted)
        )
        .order_by()
        .annotate(number=Value(number))
        .values_list("number")[:1]
        for number, model in enumerate(numbered)
    ]
    return [numbered[number] for (number,) in first.union(*others, all=True)]


def standing(model: type[Entry], encounters: Iterable[UUID]) -> QuerySet[Any]:
    """The entries of `model` that count in these encounters."""
    return model._default_manager.filter(encounter__in=list(encounters)).exclude(status__in=GONE)


def _put(entries: Entries, forms: Iterable[OnSceneForm], row: Any) -> None:
    for form in forms:
        if form.owns(row):
            entries.setdefault(form.key, []).append(row)
            return


def _put_of_people(
    found: dict[UUID, Entries],
    encounters: Iterable[Encounter],
    model: type[Any],
    forms: Iterable[OnSceneForm],
) -> None:
    """Rows that belong to the person, and so stand in each of their encounters."""
    of_person: dict[UUID, list[Any]] = defaultdict(list)
    people = {each.person_id for each in encounters if each.person_id}
    if issubclass(model, Person):
        for each in encounters:
            if each.person is not None:
                of_person[each.person.pk] = [each.person]
    elif people:
        for row in model._default_manager.filter(person__in=people).order_by("created_at", "id"):
            of_person[row.person_id].append(row)
    for each in encounters:
        for form in forms:
            found[each.pk][form.key] = list(of_person[each.person_id]) if each.person_id else []


def _policies(encounters: Iterable[Encounter]) -> dict[UUID, dict[str, Policy]]:
    """Encounters that pinned the same versions share them."""
    read: dict[tuple[tuple[str, int], ...], dict[str, Policy]] = {}
    found = {}
    for each in encounters:
        key = tuple(sorted(each.pinned.items()))
        if key not in read:
            read[key] = pinned(each.pinned)
        found[each.pk] = read[key]
    return found


def _related(forms: Iterable[OnSceneForm]) -> set[str]:
    return {"author"}.union(*(form.related for form in forms))


def _sorted(entries: Entries) -> Entries:
    return {key: sorted(rows, key=_by_time) for key, rows in entries.items()}


def _by_time(entry: Any) -> Any:
    at = getattr(entry, "happened_at", None)
    return (at is None, at or entry.created_at, entry.created_at)
