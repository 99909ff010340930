"""Finding people."""

from datetime import date
from uuid import UUID

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import F, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Greatest, Upper

from mih.people.models import Person

NAME = Upper(Concat(F("first_name"), Value(" "), F("last_name"), Value(" "), F("preferred_name")))
NEAR_ENOUGH = 0.45
"""Trigram similarity above which two names may be the same person's. Chosen on the invented city."""


def matching(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """`people` narrowed to those `text` may mean, best first: part of a name, an alias, the end of a phone number,
    or a date of birth (YYYY-MM-DD or MM/DD/YYYY). Empty text matches nobody."""
    text = text.strip()
    if not text:
        return people.none()
    digits = "".join(ch for ch in text if ch.isdigit())
    born = _date(text)
    if born:
        return people.filter(birth_date=born).order_by("last_name", "first_name", "id")
    if len(digits) >= 4 and not any(ch.isalpha() for ch in text):
        return people.filter(contact__phone__endswith=digits[-10:]).order_by("last_name", "first_name", "id")
    sought = text.upper()
    return (
        people.annotate(named=NAME)
        .annotate(nearness=Cast(1000 * TrigramWordSimilarity(sought, "named"), IntegerField()))
        .filter(
            Q(named__contains=sought)
            | Q(named__trigram_word_similar=sought)
            | Q(aliases__name__icontains=text)
        )
        .order_by("-nearness", "last_name", "first_name", "id")
        .distinct()
    )


def following(found: QuerySet[Person], last: UUID | str) -> QuerySet[Person]:
    """What comes after the person `last` in the order of `matching`: the next page, at the price of the first."""
    ranked = "nearness" in found.query.annotations
    names = ["nearness"] * ranked + ["last_name", "first_name", "pk"]
    key = found.filter(pk=last).values_list(*names).first()
    if key is None:
        return found.none()
    later, equal = Q(), Q()
    for name, value in zip(names, key, strict=True):
        later |= equal & Q(**{f"{name}__{'lt' if name == 'nearness' else 'gt'}": value})
        equal &= Q(**{name: value})
    return found.filter(later)


def similar(
    people: QuerySet[Person],
    *,
    first_name: str = "",
    last_name: str = "",
    preferred_name: str = "",
    birth_date: date | None = None,
    phone: str = "",
    but: UUID | str | None = None,
) -> QuerySet[Person]:
    """People who may already be this one: the same birth date with a near name, the same phone, or a very near name.

    `but` is the person being entered, who is not their own double.
    """
    name = f"{first_name} {last_name}".strip().upper()
    digits = "".join(ch for ch in phone if ch.isdigit())[-10:]
    close = Q()
    candidates = people.exclude(pk=but) if but else people
    if name:
        candidates = candidates.annotate(named=NAME).annotate(
            nearness=Greatest(TrigramWordSimilarity(name, "named"), Value(0.0))
        )
        close |= Q(nearness__gte=0.8)
        if birth_date:
            close |= Q(birth_date=birth_date, nearness__gte=NEAR_ENOUGH)
    else:
        candidates = candidates.annotate(nearness=Value(0.0))
        if preferred_name:
            close |= Q(preferred_name__iexact=preferred_name) | Q(aliases__name__iexact=preferred_name)
    if len(digits) == 10:
        close |= Q(contact__phone__endswith=digits)
    if not close:
        return people.none()
    return candidates.filter(close).order_by("-nearness", "last_name", "first_name", "id").distinct()


def _date(text: str) -> date | None:
    parts = text.replace("/", "-").split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    year, month, day = parts if len(parts[0]) == 4 else (parts[2], parts[0], parts[1])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
