"""One encounter with everything in it, loaded in a fixed number of statements."""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet, Value

from mih.encounters.facts import Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.models import Alarm, CrewMember, Encounter, Entry, EntryStatus
from mih.encounters.registry import by_model, registry
from mih.people.models import Person
from mih.protocols.policy import Policy
from mih.protocols.selectors import pinned

if TYPE_CHECKING:
    from mih.encounters.onscene_form import OnSceneForm

Entries = dict[str, list[Any]]
"""Entries by form, oldest first."""


class Picture:
    """What is known of one encounter: its entries by form, the policies it is judged by, and what follows from both.

    The policies are those in force when the encounter began, so that an old record is read under its own rules.
    """

    def __init__(
        self, encounter: Encounter, entries: Mapping[str, list[Any]], policies: Mapping[str, Policy]
    ) -> None:
        self.encounter = encounter
        self.by_form = entries
        self.policies = policies

    def now_of(self, encounter: Encounter) -> "Picture":
        """The same entries under `encounter` as it was just read; what follows from them is found anew."""
        return Picture(encounter, self.by_form, self.policies)

    @property
    def person(self) -> Person | None:
        return self.encounter.person

    def all(self, form: str) -> list[Any]:
        """Entries of one form that count, oldest first."""
        return self.by_form.get(form, [])

    def one(self, form: str) -> Any | None:
        """The entry of a form filled at most once."""
        found = self.all(form)
        return found[-1] if found else None

    @property
    def entries(self) -> list[tuple[str, Any]]:
        """(form key, entry) for everything in the encounter, in the order of the rail."""
        return [(form.key, entry) for form in registry for entry in self.all(form.key)]

    @cached_property
    def crew(self) -> list[CrewMember]:
        """Who was there, each with their role."""
        return list(self.encounter.crew.select_related("staff"))

    @cached_property
    def facts(self) -> Facts:
        return registry.gather(self)

    @cached_property
    def findings(self) -> list[Gap | AlarmDue]:
        return list(registry.find(self))

    @property
    def gaps(self) -> list[Gap]:
        return [found for found in self.findings if isinstance(found, Gap)]

    @property
    def alarms_due(self) -> list[AlarmDue]:
        return [found for found in self.findings if isinstance(found, AlarmDue)]

    @cached_property
    def alarms(self) -> list[Alarm]:
        """Standing alarms, most urgent first."""
        rank = {"red": 0, "amber": 1, "info": 2}
        standing = self.encounter.alarms.filter(cleared_at__isnull=True).select_related("acknowledged_by")
        return sorted(standing, key=lambda alarm: (rank[alarm.level], alarm.raised_at))


def load(encounter: Encounter) -> Picture:
    """The picture of `encounter`: one statement that asks which tables hold something of it, one for each that does,
    and one for the policies."""
    entries: Entries = {}
    known = by_model()
    for model, forms in known.items():
        if not issubclass(model, Entry):
            entries |= {form.key: list(form.rows_of(encounter)) for form in forms}
    for model in holding([model for model in known if issubclass(model, Entry)], [encounter.pk]):
        for row in standing(model, [encounter.pk]).select_related(*related(known[model])):
            put(entries, known[model], row)
    return Picture(encounter, in_order(entries), pinned(encounter.pinned))


def with_entry(picture: Picture, form: str, entry: Any) -> Picture:
    """The picture as it is once `entry` has been saved: what would be loaded, without loading it again."""
    others = [each for each in picture.all(form) if each.pk != entry.pk]
    entries = {**picture.by_form, form: sorted([*others, entry], key=_by_time)}
    return Picture(picture.encounter, entries, picture.policies)


def holding(
    models: Collection[type[Entry]], encounters: Collection[UUID], *, removed: bool = False
) -> list[type[Entry]]:
    """Those of `models` that hold an entry of these encounters: a standing one, or with `removed` one taken out. Asked in
    one statement: a response uses few of the many tables there are."""
    if not models:
        return []
    numbered = list(models)
    first, *others = [
        (taken_out(model, encounters) if removed else standing(model, encounters))
        .order_by()
        .annotate(number=Value(number))
        .values_list("number")[:1]
        for number, model in enumerate(numbered)
    ]
    return [numbered[number] for (number,) in first.union(*others, all=True)]


def standing(model: type[Entry], encounters: Collection[UUID]) -> QuerySet[Any]:
    """The entries of `model` that count in these encounters."""
    gone = (EntryStatus.REMOVED, EntryStatus.REPLACED)
    return model._default_manager.filter(encounter__in=encounters).exclude(status__in=gone)


def taken_out(model: type[Entry], encounters: Collection[UUID]) -> QuerySet[Any]:
    """The entries of `model` that were begun in these encounters and removed before signing."""
    return model._default_manager.filter(encounter__in=encounters, status=EntryStatus.REMOVED)


def put(entries: Entries, forms: Iterable["OnSceneForm"], row: Any) -> None:
    """Add a row to the entries of the form it was filled on."""
    for form in forms:
        if form.owns(row):
            entries.setdefault(form.key, []).append(row)
            return


def related(forms: Iterable["OnSceneForm"]) -> set[str]:
    """What is read along with the entries of these forms."""
    return {"author"}.union(*(form.related for form in forms))


def in_order(entries: Entries) -> Entries:
    """Each form's entries, oldest first."""
    return {key: sorted(rows, key=_by_time) for key, rows in entries.items()}


def _by_time(entry: Any) -> Any:
    at = getattr(entry, "happened_at", None)
    return (at is None, at or entry.created_at, entry.created_at)
