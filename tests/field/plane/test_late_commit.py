"""A transaction that began before a pull and committed after it is in the next pull."""

from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from mih.encounters.models import Encounter
from mih.field.models import Pulse
from tests.field.plane.conftest import Tablet
from tests.field.plane.test_pull import VITALS, ids, told
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere() -> "psycopg.Connection[tuple[object, ...]]":
    """Another request's connection to the same database."""
    known = connection.get_connection_params()
    wanted = {name: known[name] for name in ("dbname", "host", "port", "user", "password") if known.get(name)}
    return psycopg.connect(**wanted)


def test_a_late_commit_is_not_skipped(world: World) -> None:
    late, early = world.response(person=world.person()), world.response(person=world.person())
    tablet = Tablet()
    tablet.enrol(world.paramedic)
    cursor = told(tablet)["cursor"]
    with elsewhere() as other:
        other.execute("SELECT set_config('pghistory.context_id', %s, true)", [str(uuid4())])
        other.execute("SELECT set_config('pghistory.context_metadata', '{\"actor\": \"system\"}', true)")
        other.execute("UPDATE encounters_encounter SET modality = 'phone' WHERE id = %s", [late.pk])
        # A later transaction commits first, and the tablet pulls in between.
        world.fill(early, "vitals", VITALS)
        between = told(tablet, cursor)
        assert str(early.pk) in ids(between)
        assert {each["id"]: each["modality"] for each in between["responses"]}.get(str(late.pk)) != "phone"
        other.commit()
    after = told(tablet, between["cursor"])
    assert {each["id"]: each["modality"] for each in after["responses"]}[str(late.pk)] == "phone"
    assert Encounter.objects.get(pk=late.pk).modality == "phone"


def test_a_transaction_rolled_back_leaves_no_pulse(world: World) -> None:
    response = world.response()
    before = Pulse.objects.count()
    with elsewhere() as other:
        other.execute("SELECT set_config('pghistory.context_id', %s, true)", [str(uuid4())])
        other.execute("SELECT set_config('pghistory.context_metadata', '{\"actor\": \"system\"}', true)")
        other.execute("UPDATE encounters_encounter SET modality = 'phone' WHERE id = %s", [response.pk])
        other.rollback()
    assert Pulse.objects.count() == before
