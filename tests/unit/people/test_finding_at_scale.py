"""Eight thousand people: every range of a search is read from its index, and little of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from mih.audit.context import SYSTEM, acting
from mih.people.finding.probes import SCANNED
from mih.people.finding.search import find
from mih.people.models import Alias, ContactPreferences, Person
from tests.world import World

pytestmark = pytest.mark.django_db

PEOPLE = 8_000
FILL = """
INSERT INTO people_person (id, created_at, version, identity_status, first_name, last_name, preferred_name, birth_date, sex,
    pronouns, race, language, address, city, postal_code, place_note, housing, distinguishing, is_practice)
SELECT gen_random_uuid(), now(), 1, CASE WHEN mod(n, 40) = 0 THEN 'unknown' ELSE 'known' END,
       CASE WHEN mod(n, 40) = 0 THEN '' ELSE (ARRAY['Robert', 'Imani', 'Theresa', 'Omar', 'Malik'])[1 + mod(n, 5)] END,
       CASE WHEN mod(n, 40) = 0 THEN '' ELSE (ARRAY['Bar', 'Quin', 'Thor', 'Wen'])[1 + mod(n, 4)]
            || (ARRAY['beck', 'dale', 'mere', 'wick', 'worth', 'field', 'ridge'])[1 + mod(n, 7)] || chr(97 + mod(n, 23)) END,
       CASE WHEN mod(n, 40) = 0 OR mod(n, 6) > 0 THEN '' ELSE 'Sunny' END, date '1950-01-01' + mod(n, 20000), '', '', '', 'en',
       n || ' Sample Street', 'Oklahoma City', '73106', '', '', CASE WHEN mod(n, 40) = 0 THEN 'Green coat, about 180 cm' ELSE '' END, false
FROM generate_series(1, %s) n
"""
WORDS = """
INSERT INTO people_nameword SELECT word, people_near(word)
FROM (SELECT translate(upper(left(md5(n::text), 9)), '0123456789', 'GHIJKLMNOP') AS word FROM generate_series(1, 15000) n) w
ON CONFLICT DO NOTHING
"""
"""As many different names as a city of a million has."""
TEXTS = ["robert", "bob", "bob quin", "quinmerec robert", "quimerec", "robrt quinnmerc", "sunny th", "0142", "1961-05-04",
         "sample", "sample street 17", "1234 sample", "unknown", "green coat", "coat 180", "rob dale", "x"]  # fmt: skip


@pytest.fixture
def town(world: World) -> World:
    """A town in which statistics are known."""
    with acting(SYSTEM), connection.cursor() as cursor:
        for model in (Person, Alias, ContactPreferences):
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        cursor.execute(FILL, [PEOPLE])
        cursor.execute(
            "INSERT INTO people_contactpreferences (id, created_at, version, person_id, phone, second_phone, voicemail, email, "
            "zone, do_not_say, note) SELECT gen_random_uuid(), now(), 1, id, '+140555501' || lpad(mod(ascii(right(id::text, 1)), 100)"
            "::text, 2, '0'), '', '', '', '', '', '' FROM people_person ON CONFLICT DO NOTHING"
        )
        cursor.execute("SELECT people_find_again(array_agg(id)) FROM people_person")
        cursor.execute(WORDS)
        for table in ("people_person", "people_findkey", "people_nameword", "people_contactpreferences"):
            cursor.execute(f"ANALYZE {table}")
    return world


def plans_of(text: str) -> Iterator[dict[str, Any]]:
    """The nodes of the plan of each statement that a search for `text` runs, with what they did."""
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    # A statement that is planned each time carries its parameters, which EXPLAIN needs.
    before, connection.connection.prepare_threshold = connection.connection.prepare_threshold, None
    try:
        with connection.execute_wrapper(note):
            find(Person.objects.filter(is_practice=False), text, practice=False, limit=25)
    finally:
        connection.connection.prepare_threshold = before
    for sql, params in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            (told,) = cursor.fetchone()
        waiting = [(json.loads(told) if isinstance(told, str) else told)[0]["Plan"]]
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            yield node


def read_through() -> dict[str, int]:
    """How often each table was read from its beginning to its end in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname LIKE 'people_%'")
        return dict(cursor.fetchall())


def test_no_search_reads_a_table_through(town: World) -> None:
    for text in TEXTS:
        before = read_through()
        nodes = list(plans_of(text))
        assert read_through() == before, text
        keys = [node for node in nodes if node.get("Index Name") == "find_key_range"]
        assert keys, text
        looked_through = sum(node["Actual Rows"] * node["Actual Loops"] for node in keys)
        assert looked_through <= 4 * SCANNED, (text, looked_through)
