"""A measurement leaves the city as it found it."""

import pytest

from bench.city.leaving import left_as_found
from mih.audit.context import SYSTEM, acting
from mih.people.models import Person

pytestmark = pytest.mark.django_db


def of(last_name: str) -> Person:
    with acting(SYSTEM):
        return Person.objects.create(last_name=last_name)


def test_what_was_written_meanwhile_goes_with_its_history_and_nothing_else_does() -> None:
    before = of("Before")
    with left_as_found():
        meanwhile = of("Meanwhile")
        assert Person.pgh_event_model.objects.filter(pgh_obj_id=meanwhile.pk).exists()
    assert set(Person.objects.filter(last_name__in=["Before", "Meanwhile"])) == {before}
    kept = Person.pgh_event_model.objects.values_list("pgh_obj_id", flat=True)
    assert before.pk in kept
    assert meanwhile.pk not in kept


def test_it_goes_too_when_the_measurement_fails() -> None:
    def fail() -> None:
        with left_as_found():
            of("Meanwhile")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not Person.objects.filter(last_name="Meanwhile").exists()


def test_the_database_checks_again_afterwards() -> None:
    before = of("Before")
    with left_as_found():
        pass
    with acting(SYSTEM):
        before.last_name = "Changed"
        before.save()
    assert Person.pgh_event_model.objects.filter(pgh_obj_id=before.pk).count() == 2
