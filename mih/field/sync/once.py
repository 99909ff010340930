"""The records of forms that are filled once for a response: every tablet begins the same one."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID, uuid5

from mih.encounters.models import Encounter, Entry
from mih.encounters.picture import holding, taken_out
from mih.encounters.registry import by_model, registry
from mih.field.opening import Opened

Counted = Counter[tuple[UUID, str]]


def once_records(seen: Collection[Opened]) -> dict[UUID, dict[str, str]]:
    """For each response, form key → record: the one that is there, else the one that would be begun. What
    `opening.once_only_record` gives, for many responses in few statements."""
    removed = _removed({each.encounter.pk for each in seen})
    return {each.encounter.pk: _of(each, removed) for each in seen}


def _of(seen: Opened, removed: Counted) -> dict[str, str]:
    response: Encounter = seen.encounter
    found = {}
    for form in registry:
        if form.repeatable:
            continue
        entry = seen.picture.one(form.key)
        if entry is not None:
            found[form.key] = str(entry.pk)
        else:
            found[form.key] = str(uuid5(response.pk, f"{form.key}/{removed[response.pk, form.key]}"))
    return found


def _removed(responses: Collection[UUID]) -> Counted:
    counted: Counted = Counter()
    forms = {model: found for model, found in by_model().items() if issubclass(model, Entry)}
    for model in holding(list(forms), responses, removed=True):
        for row in taken_out(model, responses):
            owners = [form for form in forms[model] if form.owns(row)]
            counted.update((row.encounter_id, form.key) for form in owners)
    return counted
