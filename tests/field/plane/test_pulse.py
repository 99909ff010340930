"""Whatever a tablet must hear of leaves a pulse, and the clock's sweeps keep the tables small."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import Error

from mih.audit.context import SYSTEM, acting
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Entry
from mih.field import sweeps
from mih.field.models import Envelope, Pulse
from mih.field.sync import epoch, keys, receipt_keys
from tests.field.plane.conftest import Tablet
from tests.field.plane.test_report import custody
from tests.world import NOON, World

pytestmark = pytest.mark.django_db


def test_every_table_of_entries_has_its_trigger() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE tgname = 'field_pulse'"
        )
        having = {name for (name,) in cursor.fetchall()}
    entries = {model._meta.db_table for model in apps.get_models() if issubclass(model, Entry)}
    beside = {
        "encounters_encounter",
        "encounters_crewmember",
        "encounters_timechange",
        "encounters_addendum",
        "encounters_alarm",
        "encounters_conflict",
        "encounters_incident",
        "field_attachment",
        "interventions_secondperson",
        "people_person",
        "people_approach",
        "people_contactpreferences",
        "people_supporter",
    }
    assert entries | beside == having


def test_a_change_of_a_person_is_one_of_each_of_their_responses(world: World) -> None:
    person = world.person()
    theirs, other = {world.response(person=person).pk, world.response(person=person).pk}, world.response()
    Pulse.objects.all().delete()
    with acting(SYSTEM):
        person.preferred_name = "Rob"
        person.save()
    assert set(Pulse.objects.values_list("encounter", flat=True)) == theirs
    assert other.pk not in theirs


def test_many_changes_of_one_transaction_are_one_pulse(world: World) -> None:
    response = world.response()
    Pulse.objects.all().delete()
    with acting(SYSTEM):
        for modality in ("phone", "scene", "phone"):
            response.modality = modality
            response.save()
        response.crew.all().delete()
    assert Pulse.objects.filter(encounter=response.pk).count() == 1


def test_old_pulses_go_and_young_ones_stay(world: World) -> None:
    response = world.response()
    assert Pulse.objects.filter(encounter=response.pk).exists()
    sweeps.tidy(at=NOON)
    assert Pulse.objects.filter(encounter=response.pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE field_pulse SET at = now() - interval '8 days'")
    sweeps.tidy(at=NOON)
    assert not Pulse.objects.exists()


def test_originals_are_emptied_after_their_time_and_their_number_stays(world: World) -> None:
    tablet = Tablet()
    tablet.enrol(world.paramedic)
    old, open_, young = uuid7(), uuid7(), uuid7()
    custody(old, tablet, world.paramedic, NOON - timedelta(days=401))
    custody(open_, tablet, world.paramedic, NOON - timedelta(days=900), outcome="held")
    custody(young, tablet, world.paramedic, NOON - timedelta(days=399))
    assert sweeps.empty_envelopes(at=NOON) == 1
    assert sweeps.empty_envelopes(at=NOON) == 0
    emptied = Envelope.objects.get(pk=old)
    assert (bytes(emptied.body), bytes(emptied.header), emptied.sha256) == (b"", b"", "0" * 64)
    assert all(bytes(Envelope.objects.get(pk=mid).body) == b"b" for mid in (open_, young))
    with pytest.raises(Error), transaction.atomic():
        Envelope.objects.filter(pk=young).update(body=b"")


def test_rotating_keeps_what_was_sealed_readable(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    first, signed = keys.current_key(), receipt_keys.current_key()
    call_command("rotate_field_key")
    assert keys.current_key().kid != first.kid
    assert receipt_keys.current_key().kid != signed.kid
    assert keys.current_key().kid in capsys.readouterr().out
    assert next(each["kid"] for each in keys.public_keys()) == keys.current_key().kid
    assert keys.private_key(first.kid)


def test_an_epoch_is_begun_by_hand_and_says_why() -> None:
    before = epoch.current().pk
    call_command("new_sync_epoch", reason="Restored the dump of Tuesday")
    assert epoch.current().pk != before
    assert epoch.current().reason == "Restored the dump of Tuesday"
    with pytest.raises(CommandError):
        call_command("new_sync_epoch")


def test_a_verified_backup_only_moves_forward() -> None:
    with clock.fixed(NOON):
        call_command("backup_verified", through="2027-01-12T06:00:00Z")
        assert epoch.current().durable_through == NOON.replace(hour=6)
        for wrong in (
            "2027-01-12T05:00:00Z",
            "2027-01-12T06:00:00",
            "tomorrow",
            "2027-01-13T06:00:00Z",
            "2027-13-99",
        ):
            with pytest.raises(CommandError):
                call_command("backup_verified", through=wrong)
        assert epoch.current().durable_through == NOON.replace(hour=6)
