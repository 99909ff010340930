"""Several questions in one statement give what each would give by itself, and values never outlive their request."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Count, F, QuerySet
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Staff, Team
from mih.core.gather import Reckoned, gather
from mih.encounters.models import Encounter, Incident
from mih.people.models import ContactPreferences, Person
from tests.world import World


def _asked(
    practice: bool, *, since: datetime, whom: UUID, name: str, least: int | None
) -> Mapping[str, QuerySet[Any, Any]]:
    rows = Encounter.objects.filter(programme__is_practice=practice, created_at__gte=since)
    staff = Staff.objects.select_related("programme", "supervisor").order_by("username")
    return {
        "responses": rows.select_related("programme", "incident", "person__contact").order_by("pk"),
        "people": Person.objects.filter(first_name=name).order_by("pk"),
        "one": staff.filter(pk=whom).annotate(code=F("programme__code")),
        "counts": rows.values_list("programme__code").annotate(n=Count("pk")).order_by("programme__code"),
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


@pytest.mark.django_db
def test_each_part_is_what_its_queryset_gives(world: World) -> None:
    for number in range(3):
        reach = {"phone": "+14055550111", "call_allowed": True, "window_opens": "09:30"}
        person = world.person(first_name=f"Name{number % 2}", birth_date="1980-02-03", contact=reach)
        world.response(person=person)
    since = Incident.objects.latest("created_at").created_at - timedelta(days=1)
    for name in ("Name0", "Name1", "Nobody's"):
        for least in (None, 0, 1):
            values: dict[str, Any] = {"since": since, "whom": world.peer.pk, "name": name, "least": least}
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
