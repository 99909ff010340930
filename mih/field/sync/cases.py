"""Today's assigned cases as a tablet keeps them: whom, why, until when, and the 90-second card."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from mih.accounts.models import Staff
from mih.charts.card import Card
from mih.charts.card_many import cards_of
from mih.charts.sight import Sight
from mih.core import clock
from mih.encounters.models import Encounter
from mih.field.sync.response_data import moment
from mih.followups.models import ContactDue
from mih.followups.selectors.windows import day_word
from mih.people.models import Person
from mih.privacy import policy
from mih.protocols.selectors import in_force

Data = dict[str, Any]
VISIT = "in_person"
"""A contact's first choice of how: somebody goes there."""


def assigned_contacts(staff: Staff, *, at: datetime) -> list[ContactDue]:
    """The follow-ups due today or overdue that are `staff`'s own, or visits of their teams that nobody has taken; the
    gravest risk first, one for each person, as many as the policy lets a tablet hold."""
    most = in_force("tablets", at)["cases_most"]
    due = ContactDue.objects.seen_by(staff).due(at)
    own = Q(assigned_to=staff) | Q(claimed_by=staff)
    visits = Q(modality=VISIT, assigned_to=None, claimed_by=None)
    team = Q(pk__in=ContactDue.objects.seen_by(staff).of_teams(staff).filter(visits).values("pk"))
    rows = (
        due.filter(own | team).select_related("person", "programme").order_by("-risk_rank", "next_at", "id")
    )
    seen: set[UUID] = set()
    found = []
    for row in rows[: most * 4]:
        if row.person_id not in seen and policy.person(staff, row.person):
            seen.add(row.person_id)
            found.append(row)
    return found[:most]


def cases_data(staff: Staff, contacts: list[ContactDue], *, at: datetime) -> list[Data]:
    """Each contact's person with why they are on the list and their card, as far as `staff`'s role sees one. The look is
    logged by whoever shows them."""
    sight = Sight(staff)
    shows_cards = staff.role in in_force("card", at)["parts"]
    open_for = _open_responses(staff, [each.person_id for each in contacts])
    cards = cards_of([each.person for each in contacts], sight, at) if shows_cards else {}
    return [
        {
            "person": _person(each.person, at),
            "why": _why(each, at),
            "due_at": moment(each.next_at),
            "overdue": each.is_overdue(at),
            "card": _card(cards[each.person_id]) if each.person_id in cards else None,
            "response": open_for.get(each.person_id),
        }
        for each in contacts
    ]


def _person(person: Person, at: datetime) -> Data:
    return {
        "id": str(person.pk),
        "name": person.name,
        "age": person.age_on(clock.local(at).date()),
        "sex": person.get_sex_display() if person.sex else "",
        "pronouns": person.pronouns,
    }


def _why(contact: ContactDue, at: datetime) -> str:
    """ "BU1 due today, 14:00"."""
    due = clock.local(contact.next_at)
    state = "overdue since" if contact.is_overdue(at) else "due"
    return f"{contact.label} {state} {day_word(contact.next_at, at)}, {due:%H:%M}"


def _card(card: Card) -> Data:
    told = card.approach.told_on if card.approach else None
    return card.as_json() | {"told_on": told.isoformat() if told else None}


def _open_responses(staff: Staff, people: list[UUID]) -> dict[UUID, str]:
    """The open response of each person, the newest, if `staff` is on its crew."""
    rows = Encounter.objects.filter(
        person__in=people,
        signed_at__isnull=True,
        voided_at__isnull=True,
        programme__is_practice=staff.in_practice,
        crew__staff=staff,
    ).order_by("created_at")
    return {each.person_id: str(each.pk) for each in rows if each.person_id is not None}
