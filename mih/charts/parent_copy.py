"""The copy of a response that a minor's parent may be given (clinical.md §9.6; 63 O.S. §2602, 42 CFR 2.14).

It shows what the `gates` policy lists and nothing else: a form added tomorrow stays out until the policy names it.
"""

from collections.abc import Collection
from functools import cached_property
from typing import Any
from uuid import UUID

from mih.accounts.models import Staff
from mih.charts.attachments import Attached
from mih.charts.response import Correction, Response
from mih.charts.sight import Sight
from mih.core.errors import Invalid
from mih.core.trend import Trend
from mih.encounters import picture as pictures
from mih.encounters.api.responses import readable
from mih.encounters.models import Addendum, Alarm, Entry
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture

PARENT = "parent"
WITHHELD = frozenset({"sud", "peer"})


class ParentSight(Sight):
    """What of the reader's own sight goes into a parent's copy."""

    def __init__(self, staff: Staff, forms: Collection[str]) -> None:
        super().__init__(staff)
        self.listed = frozenset(forms)

    @cached_property
    def forms(self) -> dict[str, OnSceneForm]:
        return {
            key: form
            for key, form in Sight(self.staff).forms.items()
            if key in self.listed and form.segment not in WITHHELD
        }

    def reads(self, form: str, entry: Any) -> bool:
        return super().reads(form, entry) and not (isinstance(entry, Entry) and entry.segment in WITHHELD)


class ParentCopy(Response):
    """A response as a parent may read it: no call, no alarms, no free additions, no photos, nothing of substance use."""

    def __init__(self, picture: Picture, staff: Staff) -> None:
        super().__init__(picture, staff)
        self.sight = ParentSight(staff, picture.policies["gates"]["parent_copy_forms"])

    @property
    def copy_for(self) -> str:
        return "a parent or guardian"

    @cached_property
    def alarms(self) -> list[Alarm]:
        return []

    @cached_property
    def addenda(self) -> list[Addendum]:
        return []

    @cached_property
    def time_changes(self) -> list[Correction]:
        return []

    @cached_property
    def attachments(self) -> list[Attached]:
        return []

    @cached_property
    def trends(self) -> list[Trend]:
        return []

    @property
    def details(self) -> list[tuple[str, str]]:
        seen = self.encounter
        rows = (("Program", seen.programme.name), ("Response number", seen.response_number))
        return [(label, text) for label, text in rows if text]


def open_parent_copy(staff: Staff, encounter: UUID) -> ParentCopy:
    """The parent's copy; the look is logged as one. Raises `Invalid` unless the person is known to be under age."""
    found = readable(staff, encounter, surface="encounter_print_parent")
    copy = ParentCopy(pictures.load(found), staff)
    if not copy.is_minor:
        raise Invalid(
            "A copy for a parent is made for somebody under age. Check the birth date or the estimated age.",
            code="not_a_minor",
        )
    return copy
