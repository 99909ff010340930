"""One encounter with everything in it, loaded in a fixed number of statements."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from mih.core.gather import rows_of
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
_ALARMS, _CREW, _FRESH = "alarms", "crew", "fresh"


class Picture:
    """What is known of one encounter: its entries by form, the policies it is judged by, and what follows from both.

    The policies are those in force when the encounter began, so that an old record is read under its own rules.
    """

    def __init__(
        self,
        encounter: Encounter,
        entries: Mapping[str, list[Any]],
        policies: Mapping[str, Policy],
        aside: dict[str, Any] | None = None,
    ) -> None:
        self.encounter = encounter
        self.by_form = entries
        self.policies = policies
        self.aside: dict[str, Any] = {} if aside is None else aside
        """What apps have read of rows that follow from the entries (alarms, reviews), by a name of theirs: they hold it
        in step while one transaction carries the picture on from change to change."""

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

    def entry(self, record: UUID) -> tuple[str, Entry | None]:
        """The entry of that identifier that counts, and the form it was filled on; None, and no form, without one."""
        for key, found in self.by_form.items():
            for entry in found:
                if entry.pk == record and isinstance(entry, Entry):
                    return key, entry
        return "", None

    @property
    def entries(self) -> list[tuple[str, Any]]:
        """(form key, entry) for everything in the encounter, in the order of the rail."""
        known = self.by_form
        return [(form.key, entry) for form in registry if form.key in known for entry in known[form.key]]

    @cached_property
    def crew(self) -> list[CrewMember]:
        """Who was there, each with their role."""
        known: list[CrewMember] | None = self.aside.get(_CREW)
        return known if known is not None else list(self.encounter.crew.select_related("staff"))

    @cached_property
    def worked_out(self) -> dict[Any, Any]:
        """What rules have worked out of an entry as it stands here, by a key of theirs: each once, whoever asks."""
        return {}

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

    @property
    def alarms(self) -> list[Alarm]:
        """Standing alarms, most urgent first."""
        rank = {"red": 0, "amber": 1, "info": 2}
        return sorted(self.standing_alarms.values(), key=lambda alarm: (rank[alarm.level], alarm.raised_at))

    @property
    def standing_alarms(self) -> dict[tuple[str, UUID | None], Alarm]:
        """Standing alarms by code and entry. Whoever raises or clears one holds this in step."""
        if _ALARMS not in self.aside:
            known: Iterable[Alarm] = ()
            if not self.fresh:
                known = self.encounter.alarms.filter(cleared_at__isnull=True).select_related(
                    "acknowledged_by"
                )
            self.aside[_ALARMS] = {(alarm.code, alarm.entry): alarm for alarm in known}
        found: dict[tuple[str, UUID | None], Alarm] = self.aside[_ALARMS]
        return found

    @property
    def fresh(self) -> bool:
        """Whether this transaction has begun the response and only written entries in it: nothing else is kept of it."""
        return _FRESH in self.aside


def load(encounter: Encounter) -> Picture:
    """The picture of `encounter`: one statement that asks which tables hold something of it or of its person, one for
    each that does, and one for the policies."""
    entries: Entries = {}
    known = by_model()
    of_entries = [model for model in known if issubclass(model, Entry)]
    beside = [
        (form, form.rows_of(encounter))
        for model, forms in known.items()
        if not issubclass(model, Entry)
        for form in forms
    ]
    asked = [rows for _, rows in beside if isinstance(rows, QuerySet)]
    there = _holding(of_entries, [encounter.pk], beside=asked)
    empty = [rows for number, rows in enumerate(asked, len(of_entries)) if number not in there]
    for form, found in beside:
        entries[form.key] = [] if any(found is each for each in empty) else list(found)
    for number in there & set(range(len(of_entries))):
        model = of_entries[number]
        for row in standing(model, [encounter.pk]).select_related(*related(known[model])):
            put(entries, known[model], row)
    return Picture(encounter, in_order(entries), pinned(encounter.pinned))


def with_entry(picture: Picture, form: str, entry: Any) -> Picture:
    """The picture as it is once `entry` has been saved: what would be loaded, without loading it again."""
    others = [each for each in picture.all(form) if each.pk != entry.pk]
    entries = {**picture.by_form, form: sorted([*others, entry], key=_by_time)}
    return Picture(picture.encounter, entries, picture.policies, picture.aside)


def empty(encounter: Encounter, crew: Iterable[CrewMember]) -> Picture:
    """The picture of a response for nobody yet that this transaction has begun with this crew: nothing else can stand in
    it."""
    return Picture(encounter, {}, pinned(encounter.pinned), {_FRESH: True, _CREW: list(crew)})


def holding(
    models: Collection[type[Entry]], encounters: Collection[UUID], *, removed: bool = False
) -> list[type[Entry]]:
    """Those of `models` that hold an entry of these encounters: a standing one, or with `removed` one taken out. Asked in
    one statement: a response uses few of the many tables there are."""
    numbered = list(models)
    return [numbered[number] for number in sorted(_holding(numbered, encounters, removed=removed))]


def _holding(
    models: Iterable[type[Entry]],
    encounters: Collection[UUID],
    *,
    removed: bool = False,
    beside: Iterable[QuerySet[Any]] = (),
) -> set[int]:
    """The places, in `models` and on in `beside`, of those that hold any row: one statement."""
    parts = _parts(tuple(models), removed)
    values: list[Any] = [list(encounters)] * len(parts)
    others = []
    for number, rows in enumerate(beside, len(parts)):
        with suppress(EmptyResultSet):
            sql, given = rows.order_by().values("pk")[:1].query.sql_with_params()
            others.append(f"SELECT {number} WHERE EXISTS ({sql})")
            values += given
    if not (parts or others):
        return set()
    return {number for (number,) in rows_of(" UNION ALL ".join([*parts, *others]), values)}


@cache
def _parts(models: tuple[type[Entry], ...], removed: bool) -> tuple[str, ...]:
    """What the statement of `_holding` asks of each: the ORM would take longer to say it than the database to answer."""
    counts = f"= '{EntryStatus.REMOVED}'"
    if not removed:
        counts = f"NOT IN ('{EntryStatus.REMOVED}', '{EntryStatus.REPLACED}')"
    return tuple(
        f'SELECT {number} WHERE EXISTS (SELECT 1 FROM "{model._meta.db_table}" '  # noqa: S608 - names of our own
        f"WHERE encounter_id = ANY(%s) AND status {counts})"
        for number, model in enumerate(models)
    )


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
