"""What one saved field costs, and that it does not cost more the more is documented."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.encounters.models import Encounter
from tests.world import NOON, World

MOST = 13
"""Statements of one patch, transaction control left out."""


def price(world: World, response: Encounter, text: str) -> int:
    with CaptureQueriesContext(connection) as spent:
        answer = world.fill(response, "narrative", {"text": text})
    assert answer.status_code == 200, answer.data
    # A statement that stays prepared has no text in Django's list.
    told = [query["sql"] or "" for query in spent.captured_queries]
    return sum(not sql.startswith(("SAVEPOINT", "RELEASE")) for sql in told)


def test_a_patch_costs_a_fixed_number_of_statements(world: World, noon: object) -> None:
    price(world, world.response(person=world.person()), "Fills what is remembered between requests.")
    other = world.response(person=world.person())
    empty = price(world, other, "First.")
    full = world.response(person=world.person())
    for minute in range(4):
        at = (NOON - timedelta(minutes=20 - minute)).isoformat()
        assert world.fill(full, "vitals", {"hr": 80 + minute, "happened_at": at}).status_code == 200
    filled = price(world, full, "Second.")
    assert empty <= MOST
    assert filled <= empty + 2
