"""One encounter with everything in it, loaded in a fixed number of statements."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.db.models import QuerySet, Value

from mih.encounters.facts import Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.models import Alarm, CrewMember, Encounter, Entry, EntryStatus
from mih.encounters.registry import by_model, registry
from mih.people.models import Person
from mih.protocols.policy import Policy
from mih.protocols.selectors import pinned


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
    entries: dict[str, list[Any]] = {}
    known = by_model()
    filled = _filled([model for model in known if issubclass(model, Entry)], encounter)
    for model, forms in known.items():
        if not issubclass(model, Entry):
            for form in forms:
                entries[form.key] = list(form.rows_of(encounter))
        elif model in filled:
            rows = _standing(model, encounter).select_related(*_related(forms))
            for row in rows:
                for form in forms:
                    if form.owns(row):
                        entries.setdefault(form.key, []).append(row)
                        break
    for key, found in entries.items():
        entries[key] = sorted(found, key=_by_time)
    return Picture(encounter, entries, pinned(encounter.pinned))


def with_entry(picture: Picture, form: str, entry: Any) -> Picture:
    """The picture as it is once `entry` has been saved: what would be loaded, without loading it again."""
    others = [each for each in picture.all(form) if each.pk != entry.pk]
    entries = {**picture.by_form, form: sorted([*others, entry], key=_by_time)}
    return Picture(picture.encounter, entries, picture.policies)


def _filled(models: Iterable[type[Entry]], encounter: Encounter) -> set[type[Entry]]:
    """Those of `models` that hold a standing entry of `encounter`, asked in one statement: a response uses few of the
    many tables there are."""
    numbered = list(models)
    first, *others = [
        _standing(model, encounter).order_by().annotate(number=Value(number)).values_list("number")[:1]
        for number, model in enumerate(numbered)
    ]
    return {numbered[number] for (number,) in first.union(*others, all=True)}


def _standing(model: type[Entry], encounter: Encounter) -> QuerySet[Any]:
    gone = (EntryStatus.REMOVED, EntryStatus.REPLACED)
    return model._default_manager.filter(encounter=encounter).exclude(status__in=gone)


def _related(forms: Iterable[Any]) -> set[str]:
    return {"author"}.union(*(form.related for form in forms))


def _by_time(entry: Any) -> Any:
    at = getattr(entry, "happened_at", None)
    return (at is None, at or entry.created_at, entry.created_at)
