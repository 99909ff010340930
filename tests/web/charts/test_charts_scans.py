"""No question of the chart or of a search's lines reads a table through: in a town where every table has many rows, each is
read by an index that begins at the person."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from mih.audit.context import SYSTEM, acting
from mih.charts.chart import chart
from mih.charts.readers import READS
from mih.charts.search import search
from mih.charts.sources import SOURCES
from mih.charts.timeline import Asked, read_cursor
from mih.encounters.models import Addendum, Alarm
from mih.people.models import Alias, Person, Supporter
from tests.web.charts.filling import filled
from tests.web.charts.test_charts_person import eventful
from tests.world import NOON, World

pytestmark = pytest.mark.django_db
AGENCY = {"accounts_programme", "accounts_staff", "accounts_team", "referrals_partner"}
"""Tables that grow with the agency and not with the city."""
ROWS = 3_000
MULTIPLIED = """
SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), string_agg(
    CASE WHEN a.atttypid = 'uuid[]'::regtype THEN 'ARRAY[gen_random_uuid()]'
         WHEN a.atttypid <> 'uuid'::regtype OR target.relname = ANY (%s) THEN quote_ident(a.attname)
         ELSE format('CASE WHEN %%1$I IS NULL THEN NULL ELSE gen_random_uuid() END', a.attname) END, ', ' ORDER BY a.attnum)
FROM pg_attribute a
LEFT JOIN pg_constraint c ON c.conrelid = a.attrelid AND c.contype = 'f' AND c.conkey = ARRAY[a.attnum]
LEFT JOIN pg_class target ON target.oid = c.confrelid
WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
"""
"""The columns of a copy and their values: another row's identifier, belonging to others, of the same agency."""


@pytest.fixture
def person(world: World, noon: object) -> Person:
    """Somebody with records of many kinds."""
    known = world.person(last_name="Busy", contact={"phone": "+14055550111"})
    eventful(world, known, responses=3)
    response = world.response(person=known, on_scene_at=NOON)
    for form in ("naloxone", "clinical", "safety_plan", "cssrs_screener"):
        filled(world, response, form)
    with acting(SYSTEM):
        Alarm.objects.create(encounter=response, code="X1", level="red", message="Do not leave them alone.")
        Alias.objects.create(person=known, name="Big B")
        Supporter.objects.create(person=known, name="Joan")
    return known


def statements(ask: Callable[[], object]) -> Iterator[tuple[str, Any]]:
    """The statements that read people's records."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    connection.ensure_connection()
    before = connection.connection.prepare_threshold
    connection.connection.prepare_threshold = None
    try:
        with connection.execute_wrapper(note):
            ask()
    finally:
        connection.connection.prepare_threshold = before
    yield from (each for each in asked if "people_person" in each[0] and each[0].startswith("SELECT"))


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def planned(sql: str, params: Any) -> list[dict[str, Any]]:
    """The nodes of the statement's plan."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (told,) = cursor.fetchone()
    return list(nodes((json.loads(told) if isinstance(told, str) else told)[0]["Plan"]))


def tables(sql: str, params: Any) -> set[str]:
    """The tables of the city that the statement reads."""
    return {node["Relation Name"] for node in planned(sql, params) if "Relation Name" in node} - AGENCY


def read_through(sql: str, params: Any) -> set[str]:
    """Those of them that are not read by an index from a place in it."""
    return {
        node["Relation Name"]
        for node in planned(sql, params)
        if node.get("Relation Name") not in {None, *AGENCY}
        and node["Node Type"] != "Bitmap Heap Scan"
        and not node.get("Index Cond")
    }


def grow(wanted: set[str]) -> set[str]:
    """Copy what these tables hold until each has many rows, of other people; and the tables that hold nothing to copy."""
    empty = set()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in sorted(wanted):
            cursor.execute(f"SELECT count(*) FROM {table}")
            (count,) = cursor.fetchone()
            if not count:
                empty.add(table)
                continue
            cursor.execute(MULTIPLIED, [list(AGENCY), table])
            names, columns = cursor.fetchone()
            # The copies refer to nobody; the transaction is undone after the test.
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [table]
            )
            for (reference,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {reference}")
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {columns} FROM {table} CROSS JOIN generate_series(1, %s)",
                [ROWS // count + 1],
            )
            cursor.execute(
                "SELECT gin_clean_pending_list(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
                "JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'gin' AND i.indrelid = %s::regclass",
                [table],
            )
            cursor.execute(f"ANALYZE {table}")
    return empty


def test_no_question_of_the_chart_reads_a_table_through(world: World, person: Person) -> None:
    first = chart(world.supervisor, person.pk, Asked(SOURCES, size=3), surface="chart").page.next
    assert first
    questions = [
        question
        for staff in (world.supervisor, world.peer, world.navigator)
        for asked in (
            Asked(SOURCES),
            Asked(SOURCES, after=read_cursor(first)),
            Asked(SOURCES, programme="ART"),
            Asked(READS),
        )
        for question in statements(
            lambda staff=staff, asked=asked: chart(staff, person.pk, asked, surface="chart", card=True)  # type: ignore[misc]
        )
    ]
    assert len(questions) == 12
    known = set().union(*(tables(*question) for question in questions))
    assert len(known) > 15
    empty = grow(known)
    assert len(empty) < 8, empty
    for question in questions:
        assert read_through(*question) - empty == set()


def test_no_line_of_a_search_reads_a_table_through(world: World, person: Person) -> None:
    (question,) = statements(lambda: search(world.navigator, "busy"))
    assert grow(tables(*question)) == set()
    assert read_through(*question) == set()


def test_a_missing_index_would_be_noticed(world: World, person: Person) -> None:
    sql, params = Addendum.objects.filter(text="x").values("pk").query.sql_with_params()
    assert grow({"encounters_addendum"}) == set()
    assert read_through(sql, params) == {"encounters_addendum"}
