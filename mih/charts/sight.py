"""What one reader may see of people's records: the forms and privacy segments open to their role."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mih.accounts.models import Programme, Staff
from mih.encounters.models import Entry
from mih.encounters.models.entry import SEGMENTS
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.privacy import policy
from mih.protocols import roles
from mih.protocols.policy import Policy


@dataclass(frozen=True)
class Scope:
    """All that decides which rows a reader's questions may find. Readers of one scope ask the same questions."""

    role: str
    practice: bool
    forms: tuple[str, ...]
    segments: tuple[str, ...]
    models: frozenset[type[Any]]
    """Models in which some form open to the reader is kept."""

    @property
    def reader(self) -> Staff:
        """A reader of this scope, for questions that are asked by role and world."""
        return Staff(role=self.role, programme=Programme(is_practice=self.practice))

    def reads_any_of(self, model: type[Any]) -> bool:
        """Is some form that is kept in `model` open to the reader?"""
        return model in self.models


class Sight:
    """The reader of one page. The role matrix is read once for the whole page."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self._sections: dict[str, bool] = {}

    @cached_property
    def matrix(self) -> Policy:
        return policy.matrix()

    @cached_property
    def forms(self) -> dict[str, OnSceneForm]:
        """Forms by key, in the order of the rail, whose section this role reads and whose segment is open to it."""
        return {
            form.key: form
            for form in registry
            if policy.segment(self.staff, form.segment) and self.section(form.section)
        }

    @cached_property
    def segments(self) -> list[str]:
        """Privacy segments open to this role."""
        return [name for name, _ in SEGMENTS if policy.segment(self.staff, name)]

    @cached_property
    def scope(self) -> Scope:
        """What this reader's questions may find."""
        return Scope(
            self.staff.role,
            self.staff.in_practice,
            tuple(sorted(self.forms)),
            tuple(self.segments),
            frozenset(form.model for form in self.forms.values()),
        )

    def section(self, key: str) -> bool:
        """Does this role read the row `key` of the matrix?"""
        if key not in self._sections:
            self._sections[key] = roles.may(self.staff.role, "read", key, self.matrix)
        return self._sections[key]

    def reads_any_of(self, model: type[Any]) -> bool:
        """Is some form that is kept in `model` open to the reader?"""
        return any(form.model is model for form in self.forms.values())

    def reads(self, form: str, entry: Any) -> bool:
        """May the reader see this record of this form?"""
        return form in self.forms and (
            not isinstance(entry, Entry) or policy.segment(self.staff, entry.segment)
        )

    def readable(self, entries: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
        """The (form key, record) pairs among `entries` that the reader may see."""
        return [(form, entry) for form, entry in entries if self.reads(form, entry)]
