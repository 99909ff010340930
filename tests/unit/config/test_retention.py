"""What the retention policy lets go is removed, and nothing else."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from knox.models import AuthToken

from mih.accounts.models import Session
from mih.audit.models import Denial, ReadEvent
from mih.config import retention
from mih.config.celery import app
from mih.core import clock
from mih.core.errors import Invalid
from mih.core.ids import first_uuid7, uuid7
from mih.protocols.models import Protocol
from mih.protocols.policy import default_document
from mih.protocols.services import propose, sign
from tests.world import World

NOW = datetime(2034, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def then():
    with clock.fixed(NOW):
        yield


def aged(at: datetime, number: int = 1) -> UUID:
    """An identifier as it was made at `at`."""
    return UUID(int=first_uuid7(at).int + number)


def look(world: World, at: datetime, number: int = 1) -> ReadEvent:
    return ReadEvent.objects.create(
        id=aged(at, number),
        at=at,
        actor=world.navigator.pk,
        role="navigator",
        people=[uuid7()],
        surface="chart",
        purpose="care",
    )


def refusal(world: World, at: datetime) -> Denial:
    return Denial.objects.create(
        id=aged(at),
        at=at,
        actor=world.navigator.pk,
        role="navigator",
        is_practice=False,
        action="x",
        code="y",
    )


@pytest.fixture
def logs(world: World) -> dict[str, list[UUID]]:
    """Of each log one row past its years, one a day short of them, one of today."""
    edge = datetime(2027, 6, 1, 12, tzinfo=UTC)
    moments = (edge - timedelta(days=1), edge + timedelta(days=1), NOW)
    return {
        "reads": [look(world, at).pk for at in moments],
        "refusals": [refusal(world, at).pk for at in moments],
    }


def left() -> dict[str, list[UUID]]:
    return {
        "reads": list(ReadEvent.objects.order_by("at").values_list("pk", flat=True)),
        "refusals": list(Denial.objects.order_by("at").values_list("pk", flat=True)),
    }


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("retain", *arguments, stdout=out)
    return out.getvalue()


def change(world: World, **values: object) -> Protocol:
    document = default_document("retention")
    for name, value in values.items():
        document["values"][name]["value"] = value
    proposed = propose(key="retention", document=document, by=world.medical_director, reason="Counsel asks")
    return sign(protocol=proposed, by=world.medical_director, at=NOW - timedelta(hours=1))


def test_nothing_goes_until_it_is_asked_for(world: World, logs):
    words = said()
    assert "Would remove 1 looks in the read log." in words
    assert "Would remove 1 refused acts." in words
    assert left() == logs


def test_what_is_past_its_years_goes_and_is_counted(world: World, logs):
    words = said("--remove")
    assert "Removed 1 looks in the read log." in words
    assert left() == {name: keys[1:] for name, keys in logs.items()}
    assert "Removed 0 looks in the read log." in said("--remove")


def test_the_timetable_removes_each_night(world: World, logs):
    entry = app.conf.beat_schedule["config.retain"]
    app.loader.import_default_modules()
    assert app.tasks[entry["task"]].apply().get() == 2
    assert left() == {name: keys[1:] for name, keys in logs.items()}


def test_a_legal_hold_keeps_everything(world: World, logs):
    change(world, paused=True)
    assert "A legal hold stands" in said("--remove")
    assert [each.rows for each in retention.remove(NOW)] == [0, 0, 0, 0]
    assert left() == logs


def test_more_years_keep_more_and_fewer_than_the_law_are_refused(world: World, logs):
    with pytest.raises(Invalid):
        change(world, read_log_years=5)
    change(world, read_log_years=8)
    said("--remove")
    assert left()["reads"] == logs["reads"]
    assert left()["refusals"] == logs["refusals"][1:]


def test_otherwise_the_log_stays_shut(world: World, logs):
    said("--remove")
    with pytest.raises(DatabaseError), transaction.atomic():
        ReadEvent.objects.filter(pk=logs["reads"][1]).delete()


def test_many_go_in_batches(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        look(world, datetime(2026, 1, 1, tzinfo=UTC), number)
    monkeypatch.setattr(retention, "BATCHES", 2)
    assert retention.remove(NOW)[0].rows == 4
    assert retention.remove(NOW)[0].rows == 1


def test_ended_sign_ins_go_and_running_ones_stay(world: World):
    for name, ends in (("over", NOW - timedelta(days=2)), ("runs", NOW + timedelta(hours=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=ends)
        token, _ = AuthToken.objects.create(user=world.navigator)
        AuthToken.objects.filter(pk=token.pk).update(expiry=ends)
    said("--remove")
    assert list(Session.objects.values_list("session_key", flat=True)) == ["runs"]
    assert AuthToken.objects.count() == 1
