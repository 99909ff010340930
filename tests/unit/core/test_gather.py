"""Several questions in one statement give what each would give by itself, and values never outlive their request."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, connection
from django.db.models import Count, F, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.transaction import atomic
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Programme, Staff, Team
from mih.core.gather import Reckoned, among, compiled, gather, rows_of
from mih.core.ids import uuid7
from mih.encounters.models import Encounter, Incident
from mih.people.models import ContactPreferences, Person
from tests.world import World


def _asked(
    practice: bool, *, since: datetime, whom: UUID, name: str, least: int | None, wanted: list[UUID]
) -> Mapping[str, QuerySet[Any, Any]]:
    rows = Encounter.objects.filter(programme__is_practice=practice, created_at__gte=since)
    staff = Staff.objects.select_related("programme", "supervisor").order_by("username")
    return {
        "responses": rows.select_related("programme", "incident", "person__contact").order_by("pk"),
        "people": Person.objects.filter(first_name=name).order_by("pk"),
        "percent": Person.objects.filter(first_name=name).exclude(last_name__contains="%s").order_by("pk"),
        "one": staff.filter(pk=whom).annotate(code=F("programme__code")),
        "counts": rows.values_list("programme__code").annotate(n=Count("pk")).order_by("programme__code"),
        "among": Person.objects.filter(pk__in=among(wanted)).order_by("pk"),
        "least": Team.objects.annotate(n=Count("members")).filter(n__gte=least)
        if least is not None
        else Team.objects.all(),
        "nobody": staff.none(),
        "reach": ContactPreferences.objects.order_by("pk"),
    }


def _cells(found: Any) -> Any:
    if isinstance(found, tuple):
        return found
    return {name: value for name, value in vars(found).items() if name != "_state"}


@pytest.fixture(params=["planned each time", "prepared"])
def prepared(request: pytest.FixtureRequest) -> Iterator[None]:
    """Both ways of asking: behind a pooler, and over a connection that holds prepared statements."""
    connection.ensure_connection()
    raw = connection.connection
    before = raw.prepare_threshold
    raw.prepare_threshold = 0 if request.param == "prepared" else None
    yield
    raw.prepare_threshold = before


@pytest.mark.django_db
def test_each_part_is_what_its_queryset_gives(world: World, prepared: None) -> None:
    for number in range(3):
        reach = {"phone": "+14055550111", "call_allowed": True, "window_opens": "09:30"}
        person = world.person(first_name=f"Name{number % 2}", birth_date="1980-02-03", contact=reach)
        world.response(person=person)
    since = Incident.objects.latest("created_at").created_at - timedelta(days=1)
    for name in ("Name0", "Name1", "Nobody's"):
        for least in (None, 0, 1):
            values: dict[str, Any] = {
                "since": since,
                "whom": world.peer.pk,
                "name": name,
                "least": least,
                "wanted": [person.pk, uuid7()],
            }
            with CaptureQueriesContext(connection) as seen:
                found = gather(_asked, False, **values)
            assert len(seen) == 1
            for part, rows in _asked(False, **values).items():
                assert [_cells(row) for row in found[part]] == [_cells(row) for row in rows], part
    response = found["responses"][0]
    with CaptureQueriesContext(connection) as seen:
        assert response.person.contact.window_opens.hour == 9
        assert response.programme.code
    assert len(seen) == 0
    assert not response._state.adding


def _reckons(*, since: datetime) -> Mapping[str, QuerySet[Any, Any]]:
    return {"rows": Encounter.objects.filter(created_at__gte=since - timedelta(hours=1))}


@pytest.mark.django_db
def test_a_value_reckoned_inside_is_refused_and_one_named_is_kept(world: World) -> None:
    response = world.response()
    at = response.created_at
    with pytest.raises(ValueError, match="reckons a value of its own"):
        gather(_reckons, since=at)
    before = Reckoned(lambda moment: moment - timedelta(hours=1), "since")
    assert gather(_reckons, since=at, hour=before)["rows"] == [response]
    assert gather(_reckons, since=at + timedelta(hours=2), hour=before)["rows"] == []


@pytest.mark.django_db
def test_parts_of_a_statement_of_ones_own_take_other_values_each_time(world: World) -> None:
    ada, ben = world.person(first_name="Ada"), world.person(first_name="Ben")
    for name, found in (("Ada", [ada.pk]), ("Ben", [ben.pk]), ("%s", [])):
        parts = compiled(_named, 7, name=name)
        assert list(parts) == ["people"]
        sql, params = parts["people"]
        assert sql.endswith("LIMIT 7")
        assert [pk for (pk,) in rows_of(sql, params)] == found
    with pytest.raises(ValueError, match="reckons a value of its own"):
        compiled(_reckons, since=ada.created_at)
    with pytest.raises(ValueError, match="reckons a value of its own"):
        compiled(_reckons, since=ada.created_at)


def _named(most: int, *, name: str) -> Mapping[str, QuerySet[Any, Any]]:
    people = Person.objects.filter(first_name=name).values("pk")[:most]
    return {"people": people, "nobody": people.none()}


def _behind_a_gate(*, whom: UUID, name: str) -> Mapping[str, QuerySet[Any, Any]]:
    return {
        "people": Person.objects.filter(first_name=name).order_by("pk"),
        "gate": Staff.objects.filter(pk=whom, first_name="Perry"),
        # Would fail if it were ever asked.
        "broken": Person.objects.annotate(wrong=RawSQL("1 / (SELECT 0)", ())).values_list("wrong"),
    }


@pytest.mark.django_db
def test_nothing_is_asked_unless_the_gate_finds_a_row(world: World, prepared: None) -> None:
    world.person(first_name="Ada")
    with CaptureQueriesContext(connection) as seen:
        shut = gather(_behind_a_gate, gate="gate", whom=world.navigator.pk, name="Ada")
    assert len(seen) == 1
    assert shut == {"people": [], "gate": [], "broken": []}
    with pytest.raises(DataError), atomic():
        gather(_behind_a_gate, gate="gate", whom=world.peer.pk, name="Ada")


def _open(*, whom: UUID) -> Mapping[str, QuerySet[Any, Any]]:
    gate = Staff.objects.select_related("programme").filter(pk=whom)
    return {"gate": gate, "people": Person.objects.order_by("pk")}


@pytest.mark.django_db
def test_the_gate_gives_its_own_row_too(world: World, prepared: None) -> None:
    ada = world.person(first_name="Ada")
    found = gather(_open, gate="gate", whom=world.peer.pk)
    assert found == {"gate": [world.peer], "people": [ada]}
    assert found["gate"][0].programme == world.peer.programme


def _never(*, whom: UUID) -> Mapping[str, QuerySet[Any, Any]]:
    return {"people": Person.objects.all(), "gate": Staff.objects.filter(pk=whom).none()}


@pytest.mark.django_db
def test_a_gate_that_can_find_nobody_asks_nothing(world: World) -> None:
    world.person()
    with CaptureQueriesContext(connection) as seen:
        assert gather(_never, gate="gate", whom=world.peer.pk) == {"people": [], "gate": []}
    assert len(seen) == 0


@pytest.mark.django_db
def test_a_prepared_statement_outlives_a_rollback_and_a_changed_table(world: World) -> None:
    ada = world.person(first_name="Ada")
    for number in range(3):
        with suppress(ZeroDivisionError), atomic():
            assert gather(_open, gate="gate", whom=world.peer.pk)["people"] == [ada]
            raise ZeroDivisionError
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE people_person ADD COLUMN more_{number} int")
        assert gather(_open, gate="gate", whom=world.peer.pk)["people"] == [ada]


@pytest.mark.django_db
def test_a_statement_with_other_values_gives_its_rows_each_time(world: World, prepared: None) -> None:
    ada, ben = world.person(first_name="Ada"), world.person(first_name="Ben")
    asked = "SELECT first_name, 5 %% 3 FROM people_person WHERE id = ANY (%s) AND last_name LIKE %s ORDER BY first_name LIMIT %s"
    for _ in range(7):
        assert rows_of(asked, [[ada.pk, ben.pk], "Ex%", 5]) == [("Ada", 2), ("Ben", 2)]
        assert rows_of(asked, [[ben.pk], "Ex%", 1]) == [("Ben", 2)]
        assert rows_of(asked, [[ben.pk], "Nobody", 100_000]) == []


def _wide(*, code: str) -> Mapping[str, QuerySet[Any, Any]]:
    columns = {f"n{number}": Value(number) for number in range(250)}
    return {"row": Programme.objects.filter(code=code).annotate(**columns).values_list("code", *columns)}


def test_a_row_may_be_wider_than_a_function_of_the_database_takes(world: World, prepared: None) -> None:
    assert gather(_wide, code="CRT")["row"] == [("CRT", *range(250))]
