"""The cards of many people at once, for whoever takes a day's cases along."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from mih.charts.card import Card
from mih.charts.sight import Sight
from mih.people.models import Person


def cards_of(people: Iterable[Person], sight: Sight, at: datetime) -> dict[UUID, Card]:
    """The card of each, by person. Raises `NotAllowed` for a role without any part."""
    return {person.pk: Card(person, sight, at) for person in people}
