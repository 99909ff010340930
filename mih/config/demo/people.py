"""The people of the invented city: who they are, and how they agreed to be reached."""

from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from mih.accounts.models import Staff
from mih.audit.context import acting
from mih.config.demo.people_list import PEOPLE
from mih.core import clock
from mih.encounters.services.people import add_person
from mih.people.models import Approach, Person, Supporter

PHONES = range(111, 200)
"""555-0111 to 555-0199: people's; the ones before are staff's and the agency's."""


@dataclass
class Directory:
    """People by the demo's own key, each added when a crew or a navigator first meets them."""

    known: dict[str, Person] = field(default_factory=dict)

    def meet(self, key: str, *, by: Staff, at: datetime) -> Person:
        """The person, added by `by` at `at` when nobody has met them before."""
        if key not in self.known:
            self.known[key] = _add(key, by, at)
        return self.known[key]


def _add(key: str, by: Staff, at: datetime) -> Person:
    line = PEOPLE[key]
    with clock.fixed(at), acting(by):
        person = add_person(by=by, aliases=list(line.get("aliases", ())), **line["details"])
        _agree(person, dict(line.get("contact", {})), at=at)
        for about in line.get("supporters", ()):
            supporter = Supporter(person=person, created_at=at, **about)
            supporter.full_clean()
            supporter.save(force_insert=True)
        if told := line.get("approach"):
            approach = Approach(person=person, created_at=at, told_on=clock.local(at).date(), **told)
            approach.full_clean()
            approach.save(force_insert=True)
    return person


def _agree(person: Person, agreed: dict[str, Any], *, at: datetime) -> None:
    """Write down what the person said about being contacted. Text consent carries its time."""
    preferences = person.contact
    for name, value in agreed.items():
        setattr(preferences, name, time.fromisoformat(value) if name.startswith("window_") else value)
    if preferences.sms_allowed:
        preferences.sms_consented_at = at
    preferences.full_clean()
    preferences.save()
