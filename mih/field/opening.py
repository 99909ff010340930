"""Reaching a response from the tablet: always through the policy layer, always with the look logged."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from mih.accounts.models import Staff
from mih.core.errors import NotFound
from mih.encounters import picture as pictures
from mih.encounters.api.responses import readable
from mih.encounters.models import Encounter, Entry, EntryStatus
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.privacy import policy


@dataclass(frozen=True)
class Opened:
    """A response as one member of staff sees it. `writable` is false for an onlooker and for a signed response."""

    picture: Picture
    staff: Staff
    writing: policy.Decision

    @property
    def encounter(self) -> Encounter:
        return self.picture.encounter

    @property
    def writable(self) -> bool:
        return bool(self.writing) and not self.encounter.is_signed

    @property
    def forms(self) -> list[OnSceneForm]:
        """The forms of this response's programme whose section the reader may see, in the order of the rail."""
        return [form for form in registry if self.may_read(form) and self.shows(form)]

    def shows(self, form: OnSceneForm) -> bool:
        """Whether there is anything to do or see on a form: it is offered, or the response holds records of it."""
        return form.offered or bool(self.picture.all(form.key))

    def may_read(self, form: OnSceneForm) -> bool:
        """Whether this response's programme uses the form and the reader may see its section and segment."""
        used = not form.programmes or self.encounter.programme.code in form.programmes
        used = used and (form.in_use(self.picture.policies) or bool(self.picture.all(form.key)))
        return (
            used
            and policy.segment(self.staff, form.segment)
            and bool(policy.section(self.staff, form.section, "R"))
        )

    def form(self, key: str) -> OnSceneForm:
        """One of `forms`. Raises `NotFound`, or `NotAllowed` with the matrix's sentence."""
        if key not in registry:
            raise NotFound("There is no form of that name. Go back to the response.", code="no_form")
        policy.demand(policy.section(self.staff, registry[key].section, "R"))
        if not self.may_read(registry[key]):
            raise NotFound("This program does not use that form. Go back to the response.", code="no_form")
        if not self.shows(registry[key]):
            raise NotFound("That form was withdrawn. Go back to the response.", code="form_withdrawn")
        return registry[key]

    def entries(self, form: OnSceneForm) -> list[object]:
        """Entries of `form` that the reader may see, oldest first."""
        return [
            entry
            for entry in self.picture.all(form.key)
            if not isinstance(entry, Entry) or policy.segment(self.staff, entry.segment)
        ]

    def may_write(self, form: OnSceneForm) -> bool:
        """Whether the reader may write in this form of this response now."""
        return self.writable and bool(policy.section(self.staff, form.section, "C"))


def opened(staff: Staff, encounter: UUID, *, surface: str) -> Opened:
    """The response as `staff` may see it; the look at its person is logged as `surface`.

    Raises `NotFound` for a response that is not there or belongs to another world, `NotAllowed` otherwise.
    """
    found = readable(staff, encounter, surface=surface)
    return Opened(pictures.load(found), staff, policy.encounter(staff, found, "write"))


def once_only_record(form: OnSceneForm, encounter: Encounter) -> UUID:
    """The identifier of a form filled once for a response: every tablet computes the same one.

    So two of a crew who begin the same form fill one record together instead of two that collide. An entry that was
    begun and removed keeps its identifier; the next one counts on.
    """
    removed = 0
    if issubclass(form.model, Entry):
        gone = form.model._default_manager.filter(encounter=encounter, status=EntryStatus.REMOVED)
        removed = sum(form.owns(entry) for entry in gone)
    return uuid5(encounter.pk, f"{form.key}/{removed}")
