"""Finding people."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from mih.people.finding.nicknames import ALSO
from mih.people.finding.search import find
from mih.people.finding.words import apart, words
from mih.people.models import Person

BORN_THAT_DAY = 200
"""People of one birth date whose names are compared."""


def matching(
    people: QuerySet[Person],
    text: str,
    *,
    practice: bool,
    limit: int,
    after: UUID | None = None,
    told: Callable[[QuerySet[Person]], QuerySet[Person]] = lambda people: people,
) -> list[Person]:
    """Those of `people` whom `text` may mean, best first, with how to reach them: a name, a nickname or an alias, each
    with up to two typing errors, the end of a phone number, a date of birth, a place, the code or description of somebody
    unknown. `after` is the last person of the page before; `told` adds to the statement that reads them. Empty text
    matches nobody."""
    return in_order(told(people), find(people, text, practice=practice, limit=limit, after=after))


def in_order(people: QuerySet[Person], wanted: list[UUID]) -> list[Person]:
    """These of `people`, in the order in which they are wanted."""
    if not wanted:
        return []
    rows = people.select_related("contact").in_bulk(wanted)
    return [rows[pk] for pk in wanted if pk in rows]


def similar(
    people: QuerySet[Person],
    *,
    practice: bool,
    limit: int,
    first_name: str = "",
    last_name: str = "",
    preferred_name: str = "",
    birth_date: date | None = None,
    phone: str = "",
    but: UUID | str | None = None,
) -> list[Person]:
    """People who may already be this one, likeliest first: the same birth date with a near name, the same phone, or a
    very near name.

    `but` is the person being entered, who is not their own double.
    """
    others = people.exclude(pk=but) if but else people
    said = words(f"{first_name} {last_name} {preferred_name}")
    found: dict[UUID, None] = {}
    if birth_date and said:
        born = others.filter(birth_date=birth_date).order_by("pk")[:BORN_THAT_DAY]
        found.update(dict.fromkeys(one.pk for one in born if _near(said, one)))
    digits = "".join(ch for ch in phone if ch.isdigit())[-10:]
    if len(digits) == 10:
        found.update(dict.fromkeys(find(others, digits, practice=practice, limit=limit)))
    name = f"{first_name} {last_name}".strip() or preferred_name
    if name and len(found) < limit:
        found.update(dict.fromkeys(find(others, name, practice=practice, limit=limit)))
    return in_order(others, list(found)[:limit])


def _near(said: list[str], person: Person) -> bool:
    """Whether a word of this person's names is one that was said, but for a typing error or as a nickname."""
    theirs = words(f"{person.first_name} {person.last_name} {person.preferred_name}")
    return any(
        apart(word, other) <= len(word) // 3 or other in ALSO.get(word, ())
        for word in said
        for other in theirs
    )
