"""The registry line of family, friends and caregivers: kept with the person, changed from the response it is learned in."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms

from mih.core.errors import Invalid
from mih.encounters.findings import Gap
from mih.encounters.models import Encounter
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.people.models import Supporter
from mih.people.supporters import SupporterForm

if TYPE_CHECKING:
    from mih.accounts.models import Staff

NAMELESS = "Name not given"


class Supporters(OnSceneForm):
    """Who stands beside the person, how to reach them, and what they may be told."""

    key, title, icon = "supporters", "Family and caregivers", "users"
    model = Supporter
    section, group, order = "demographics", "Person", 30
    repeatable, add_label = True, "Add a person"

    def form_class(self) -> type[forms.BaseForm]:
        return SupporterForm

    def fetch(self, encounter: Encounter, record: UUID) -> Supporter | None:
        if encounter.person_id is None:
            raise Invalid(
                "Say first whom this response is for: find the person or add a new one.", code="no_person"
            )
        found = Supporter.objects.select_for_update().filter(pk=record).first()
        if found is not None and found.person_id != encounter.person_id:
            raise Invalid(
                "That is another person's record. Open it from their own chart.", code="foreign_record"
            )
        return found

    def new(self, encounter: Encounter, record: UUID, *, by: "Staff", at: datetime) -> Supporter:
        return Supporter(pk=record, person=encounter.person, created_at=at)

    def rows_of(self, encounter: Encounter) -> Iterable[Supporter]:
        if encounter.person_id is None:
            return []
        return Supporter.objects.filter(person_id=encounter.person_id).order_by("created_at", "id")

    def clean(self, name: str, value: Any) -> Any:
        # A name is asked for by a gap, never by refusing to save what else was learned.
        if name == "name":
            return str(value or "").strip() or NAMELESS
        return super().clean(name, value)

    def write(self, entry: Supporter, values: Mapping[str, Any]) -> None:
        super().write(entry, values)
        entry.name = entry.name or NAMELESS

    def gaps(self, entry: Supporter, picture: Picture) -> Iterable[Gap]:
        if entry.name == NAMELESS:
            yield self.gap(entry, "name", "Family and caregivers: write the name.", blocking=False)
        told = bool(entry.told.strip() or entry.plan_copy_given)
        if told and not entry.permission:
            yield self.gap(
                entry,
                "permission",
                f"{entry.name} was told something: record the person's permission, the emergency, or that they are a "
                "minor's parent.",
                code="SUPPORTER_PERMISSION",
                blocking=False,
            )
        if told and entry.permission == "none":
            yield self.gap(
                entry,
                "permission",
                f"{entry.name} was told something without permission. Tell the privacy officer today.",
                code="SUPPORTER_TOLD_WITHOUT",
                blocking=False,
            )
        if entry.may_contact and not entry.phone:
            yield self.gap(
                entry, "phone", f"{entry.name} may be contacted: add a phone number.", blocking=False
            )

    def happened_at(self, entry: Any) -> datetime | None:
        return None

    def summary(self, entry: Supporter) -> str:
        said = {True: "may be contacted", False: "not to be contacted", None: "contact not asked"}
        if entry.stepped_back:
            return f"{entry.name}, no longer"
        return f"{entry.name}{f' ({entry.relation})' if entry.relation else ''}, {said[entry.may_contact]}"


registry.add(Supporters())
