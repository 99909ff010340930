"""Conditions that send many values as one, or ask a few of them once."""

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from mih.core.ids import uuid7
from mih.core.lookups import Among, AmongFew, AmongMany
from mih.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(world):
    return [world.person() for _ in range(5)]


def test_it_finds_what_in_finds(people):
    some = {people[0].pk, people[3].pk, uuid7()}
    found = Person.objects.filter(Among("pk", some))
    assert set(found) == set(Person.objects.filter(pk__in=some)) == {people[0], people[3]}
    assert set(Person.objects.filter(Q(Among("pk", some)) | Q(pk=people[1].pk))) == {*found, people[1]}
    assert set(Person.objects.exclude(Among("pk", some))) >= {people[1], people[2], people[4]}
    assert not Person.objects.filter(Among("pk", [])).exists()


def test_it_follows_a_reference(people, world):
    response = world.response(person=people[2])
    assert [*type(response).objects.filter(Among("person_id", [people[2].pk]))] == [response]


def test_however_many_are_one_value(people):
    def written(number):
        with CaptureQueriesContext(connection) as spent:
            list(Person.objects.filter(Among("pk", [uuid7() for _ in range(number)])).values_list("pk"))
        return spent[0]["sql"].count("ANY"), spent[0]["sql"].count("IN (")

    assert written(1) == written(50) == (1, 0)


def test_the_many_that_a_query_gives_are_hashed(people):
    some = Person.objects.filter(pk__in=[people[0].pk, people[3].pk]).values("pk")
    found = Person.objects.filter(AmongMany("pk", some))
    assert set(found) == {people[0], people[3]}
    assert set(Person.objects.exclude(AmongMany("pk", some))) >= {people[1], people[2], people[4]}
    assert not Person.objects.filter(AmongMany("pk", some.none())).exists()
    plan = found.explain()
    assert "hashed SubPlan" in plan, plan
    assert "Join" not in plan, plan


def test_the_few_that_a_query_gives_are_asked_once(people):
    some = Person.objects.filter(pk__in=[people[0].pk, people[3].pk]).values("pk")
    found = Person.objects.filter(AmongFew("pk", some))
    assert set(found) == {people[0], people[3]}
    assert set(Person.objects.exclude(AmongFew("pk", some))) >= {people[1], people[2], people[4]}
    assert not Person.objects.filter(AmongFew("pk", some.none())).exists()
    plan = found.explain()
    assert "InitPlan" in plan, plan
    assert "Join" not in plan, plan
