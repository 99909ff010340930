"""A set of vital signs as the rules of one response see it, worked out once however many of them ask."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mih.assessments import limits
from mih.assessments.models import VitalSigns
from mih.assessments.onscene.context import person_context
from mih.assessments.picture import Vitals
from mih.assessments.readings import as_vitals, gcs, news2
from mih.core import clock
from mih.instruments.engine import Result

if TYPE_CHECKING:
    from mih.encounters.picture import Picture


class SetSeen:
    """One set of a picture: its readings, what is out of range, its GCS, and its NEWS2 for this person."""

    def __init__(self, entry: VitalSigns, picture: "Picture") -> None:
        self._entry = entry
        self._picture = picture

    @cached_property
    def vitals(self) -> Vitals:
        return as_vitals(self._entry)

    @cached_property
    def limits(self) -> limits.VitalsCheck:
        return limits.check(self.vitals, self._picture.policies["vitals_limits"], now=clock.now())

    @cached_property
    def gcs(self) -> Result:
        return gcs(self.vitals)

    @cached_property
    def news2(self) -> dict[str, Any]:
        return early_warning(self._entry, self.vitals, self._picture)


def set_seen(entry: VitalSigns, picture: "Picture") -> SetSeen:
    """`entry`, one of the picture's own, as it stands there."""
    known = picture.worked_out
    key = (VitalSigns, entry.pk)
    found: SetSeen | None = known.get(key)
    if found is None:
        found = known[key] = SetSeen(entry, picture)
    return found


def early_warning(entry: VitalSigns, vitals: Vitals, picture: "Picture") -> dict[str, Any]:
    """NEWS2 of a set for this person."""
    return news2(vitals, scale2=bool(entry.scale2_ordered), context=person_context(picture))
