"""History by triggers: one line for each row that changed, whatever changed it, and found by its record alone."""

import pytest
from django.apps import apps
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.models import Case, CharField, F, Value, When

from mih.audit.context import SYSTEM, acting
from mih.people.models import Person

pytestmark = pytest.mark.django_db
EVENTS = Person.pgh_event_model


def lines(people):
    return sorted(EVENTS.objects.filter(pgh_obj__in=people).values_list("pgh_obj", "pgh_label", "version"))


@pytest.fixture
def people(world):
    return [world.person() for _ in range(4)]


def test_a_statement_that_changes_many_leaves_a_line_for_each_that_changed(people):
    first, second, third, _ = people
    with acting(SYSTEM):
        # One row first: the database must not settle for a plan that is right for one.
        Person.objects.filter(pk=first.pk).update(version=F("version") + 1)
        named = Case(
            When(pk__in=[second.pk, third.pk], then=Value("Rowan")),
            default=F("first_name"),
            output_field=CharField(),
        )
        Person.objects.filter(pk__in=[each.pk for each in people]).update(first_name=named)
    assert lines(people) == sorted(
        [
            *((each.pk, "insert", each.version) for each in people),
            (first.pk, "update", first.version + 1),
            (second.pk, "update", second.version),
            (third.pk, "update", third.version),
        ]
    )
    kept = EVENTS.objects.filter(pgh_obj=third.pk, pgh_label="update").select_related("pgh_context").get()
    assert kept.first_name == "Rowan"
    assert kept.pgh_context.metadata["actor"] == SYSTEM


def test_many_rows_cost_no_more_than_their_number():
    """Compared with one another, a thousand rows would be a million comparisons."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc JOIN pg_trigger ON tgfoid = pg_proc.oid "
            "WHERE tgrelid = 'people_person'::regclass AND tgname LIKE '%%update_update%%'"
        )
        [[body]] = cursor.fetchall()
    assert " JOIN " not in body


def test_a_write_that_names_nobody_is_refused(people):
    with connection.cursor() as cursor:
        # Of this test's transaction, in which the people were written by somebody.
        cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
    for change in (
        lambda: Person.objects.filter(pk=people[0].pk).update(first_name="Rowan"),
        lambda: Person.objects.create(first_name="Rowan"),
    ):
        with pytest.raises((InternalError, ProgrammingError), match="named actor"), transaction.atomic():
            change()
    assert lines(people) == sorted((each.pk, "insert", each.version) for each in people)


def test_history_is_indexed_by_its_record_and_nothing_else():
    tables = {
        model.pgh_event_model._meta.db_table
        for model in apps.get_models()
        if hasattr(model, "pgh_event_model")
    }
    assert len(tables) > 40
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(a.attname ORDER BY a.attname)::text[] FROM pg_index i "
            "JOIN pg_class c ON c.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) "
            "WHERE c.relname = ANY (%s) GROUP BY c.relname",
            [list(tables)],
        )
        found = dict(cursor.fetchall())
    assert set(found) == tables
    assert {tuple(columns) for columns in found.values()} == {("pgh_id", "pgh_obj_id")}
