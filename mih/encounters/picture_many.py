"""The pictures of many encounters at once: as many statements for fifty as for two."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from mih.encounters.models import Encounter, Entry
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Entries, Picture, holding, in_order, put, related, standing
from mih.encounters.registry import by_model
from mih.people.models import Person
from mih.protocols.policy import Policy
from mih.protocols.selectors import pinned


def load_many(encounters: Collection[Encounter]) -> dict[UUID, Picture]:
    """The picture of each, by its identifier: the same that `picture.load` gives.

    `person` should be joined. One statement asks which tables hold something of them, one reads each table that does,
    and one or two the policies they pinned.
    """
    known = by_model()
    found: dict[UUID, Entries] = {each.pk: {} for each in encounters}
    of_entries = [model for model in known if issubclass(model, Entry)]
    for model in holding(of_entries, list(found)):
        forms = known[model]
        for row in standing(model, list(found)).select_related(*related(forms)):
            put(found[row.encounter_id], forms, row)
    for model, forms in known.items():
        if not issubclass(model, Entry):
            _put_of_people(found, encounters, model, forms)
    policies = _policies(encounters)
    return {each.pk: Picture(each, in_order(found[each.pk]), policies[each.pk]) for each in encounters}


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
