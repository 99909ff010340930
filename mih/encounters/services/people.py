"""Finding or adding the person a response is for."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Field, QuerySet

from mih.accounts.models import Staff
from mih.core.errors import Invalid, Stale
from mih.core.ids import uuid7
from mih.encounters.values import understood
from mih.people import selectors
from mih.people.forms import PersonForm
from mih.people.models import Alias, ContactPreferences, Person
from mih.privacy import policy

SHOWN = 10


def look_for(
    *,
    text: str,
    by: Staff,
    surface: str = "people_search",
    limit: int = 25,
    after: UUID | None = None,
    told: Callable[[QuerySet[Person]], QuerySet[Person]] = lambda people: people,
) -> list[Person]:
    """People whom `text` may mean and `by` may see, best first. Showing them is logged.

    `after` is the last person of the page before; `told` adds what else is to be known of each, in the same statement.
    """
    policy.demand(policy.page(by, "people_search"))
    found = selectors.matching(
        policy.visible_people(by), text, practice=by.in_practice, limit=limit, after=after, told=told
    )
    policy.shown(by, [person.pk for person in found], surface=surface)
    return found


def doubles(*, by: Staff, but: UUID | None = None, **details: Any) -> list[Person]:
    """People already known who may be the one being entered. Showing them is logged."""
    wanted = {key: details.get(key) or "" for key in ("first_name", "last_name", "preferred_name", "phone")}
    born: date | None = details.get("birth_date")
    found = selectors.similar(
        policy.visible_people(by), practice=by.in_practice, limit=SHOWN, **wanted, birth_date=born, but=but
    )
    policy.shown(by, [person.pk for person in found], surface="similar_people")
    return found


@transaction.atomic
def add_person(
    *,
    by: Staff,
    record: UUID | None = None,
    aliases: list[str] | None = None,
    contact: UUID | None = None,
    **details: Any,
) -> Person:
    """A new person, with empty contact preferences, under the identifier `contact` where that is free. The same
    identifier sent again gives the same person.

    Raises `Invalid` with a sentence for each value that cannot be.
    """
    policy.demand(policy.section(by, "demographics", "C"))
    pk = record or uuid7()
    known = Person.objects.filter(pk=pk).first()
    if known:
        if known.is_practice != by.in_practice:
            raise Stale("Another record already has this identifier.", code="record_reused")
        return known
    cleaned: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in details.items():
        field = PersonForm.base_fields.get(name)
        if field is None:
            problems[name] = f"A person has no field called “{name}”."
            continue
        try:
            cleaned[name] = understood(field.clean, value)
        except ValidationError as error:
            problems[name] = " ".join(error.messages)
    person = Person(pk=pk, is_practice=by.in_practice)
    for name, value in cleaned.items():
        setattr(person, name, value if value is not None else _default(name))
    try:
        person.full_clean(validate_unique=False)
    except ValidationError as error:
        problems |= {name: " ".join(texts) for name, texts in error.message_dict.items()}
    if problems:
        raise Invalid(next(iter(problems.values())), code="invalid_value", fields=problems)
    person.save(force_insert=True)
    for name in dict.fromkeys(alias.strip()[:120] for alias in aliases or [] if alias.strip()):
        Alias.objects.create(person=person, name=name)
    taken = contact is None or ContactPreferences.objects.filter(pk=contact).exists()
    ContactPreferences.objects.create(person=person, **({} if taken else {"pk": contact}))
    return person


def _default(name: str) -> Any:
    field = Person._meta.get_field(name)
    assert isinstance(field, Field)
    return field.get_default()
