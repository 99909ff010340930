"""Local instruments as on-scene forms: each is a sheet like those of the program, made from what was uploaded."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from mih.assessments.forms.sheet import AROUND
from mih.assessments.models import InstrumentAnswers
from mih.assessments.onscene.instruments import Sheet
from mih.core import clock
from mih.core.errors import Stale
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.instruments import catalogue, selectors
from mih.instruments.definition import Definition
from mih.instruments.local_rules import further_check
from mih.instruments.models import INSTRUMENT
from mih.protocols.selectors import in_force

if TYPE_CHECKING:
    from mih.accounts.models import Staff

AFTER_THE_PROGRAMS_OWN = 80
"""Order on the rail within a group."""


class LocalSheet(Sheet):
    """A local instrument."""

    @property
    def offered(self) -> bool:
        return catalogue.offered(self.key)

    def new(self, encounter: Any, record: UUID, *, by: "Staff", at: datetime) -> InstrumentAnswers:
        """An unsaved sheet. A response that had begun before the instrument was withdrawn may still use it: what a
        tablet without signal filled is never lost. Raises `Stale` for a later one."""
        found = selectors.last(INSTRUMENT, self.key)
        gone = found.withdrawn_at if found else None
        if gone is not None and gone <= encounter.created_at:
            raise Stale(
                f"{self.title} was withdrawn and is no longer used. Write what you found into the narrative.",
                code="form_withdrawn",
            )
        return super().new(encounter, record, by=by, at=at)


@registry.provide
def local_instruments() -> Iterable[OnSceneForm]:
    """A line for each local instrument that has ever taken effect; the last version says where it stands."""
    now = clock.now()
    for key in selectors.local_keys():
        found = selectors.last(INSTRUMENT, key, now)
        if found is not None:
            yield _line(found.pk)


@lru_cache(maxsize=256)
def _line(file: UUID) -> LocalSheet:
    known, place = selectors.definition_of(file), selectors.placement_of(file)
    settings = {
        "key": known.key,
        "title": known.short_title,
        "icon": "list-checks",
        "section": place.section,
        "group": place.group,
        "segment": place.segment,
        "order": AFTER_THE_PROGRAMS_OWN,
        "repeatable": place.repeatable,
        "add_label": "Ask again" if place.repeatable else "",
        "timed": place.timed,
    }
    made: LocalSheet = type(f"{known.key}_sheet", (LocalSheet,), settings)()
    return made


@further_check
def fits_the_record(known: Definition) -> Iterator[str]:
    """Faults that only the record can see: names it uses itself, and alarms nobody would know what to do with."""
    with selectors.nothing_uploaded():
        if known.key in registry:
            yield f"the key {known.key} is the name of a form of the program. Choose another key."
    for item in known.items:
        if item.key in AROUND:
            yield f"item {item.key}: every answer sheet has a field of that name itself. Choose another."
    alarms = in_force("alarms", clock.now())
    for flag in known.flags:
        if flag.code not in alarms:
            yield (
                f"alarm {flag.code} is not in the alarm catalog, so nobody would hear it. Use a code of the catalog, "
                "or make it a note."
            )
        elif flag.level != (level := alarms[flag.code]["level"]):
            yield f"alarm {flag.code} is {level} in the alarm catalog, not {flag.level}."
