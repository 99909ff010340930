"""The end of a shift: the server signs that nothing is left on the tablet, or says what is."""

import base64
import json
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from mih.accounts.models import Device, Unit
from mih.accounts.services import start_shift
from mih.core import clock
from mih.core.ids import uuid7
from mih.field.models import ReceiptKey, ShiftReceipt, UnsentWork
from mih.field.sync import receipt_keys
from tests.field.plane.conftest import Tablet
from tests.field.plane.test_report import custody, user
from tests.world import NOON, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def tablet(world: World) -> Tablet:
    made = Tablet()
    with clock.fixed(NOON):
        made.enrol(world.intern)
    return made


def test_it_says_how_many_records_came_and_verifies(tablet: Tablet, world: World) -> None:
    start_shift(unit=Unit.objects.get(call_sign="MIH-1"), crew=[], by=world.intern, at=NOON)
    record = uuid7()
    custody(uuid7(), tablet, world.intern, NOON - timedelta(minutes=1))
    for at in (1, 2, 3):
        custody(uuid7(), tablet, world.intern, NOON + timedelta(hours=at), record=record)
    custody(uuid7(), tablet, world.intern, NOON + timedelta(hours=4))
    custody(uuid7(), tablet, world.paramedic, NOON + timedelta(hours=4))
    with clock.fixed(NOON + timedelta(hours=6, minutes=2)):
        answer = tablet.post("field-api-receipt", {"users": [user(world.intern, [])]})
    told = answer.json()
    assert answer.status_code == 200
    assert told["words"] == "0 unsent. 2 records of I. Ortiz received by 18:02."
    statement = json.loads(told["statement"])
    assert (statement["unsent"], statement["records"], statement["pieces"]) == (0, 2, 4)
    assert statement["unit"] == "MIH-1"
    key = ReceiptKey.objects.get(pk=told["kid"])
    signature = base64.b64decode(told["signature"])
    assert receipt_keys.verifies(key, told["statement"], signature)
    assert not receipt_keys.verifies(key, told["statement"].replace('"records":2', '"records":9'), signature)
    with clock.fixed(NOON + timedelta(days=1)):
        other = receipt_keys.new_key()
    assert not receipt_keys.verifies(other, told["statement"], signature)
    kept = ShiftReceipt.objects.get()
    assert (kept.statement, bytes(kept.signature)) == (told["statement"], signature)


def test_it_is_refused_while_anything_is_unsent_whoever_it_belongs_to(tablet: Tablet, world: World) -> None:
    answer = tablet.post(
        "field-api-receipt", {"users": [user(world.intern, []), user(world.paramedic, [uuid7(), uuid7()])]}
    )
    assert answer.status_code == 409
    assert answer.json()["sentence"].startswith("Still on this tablet: 2 items of P. Reyes.")
    assert not ShiftReceipt.objects.exists()


def test_what_never_came_and_what_waits_for_a_decision_stand_in_it(tablet: Tablet, world: World) -> None:
    with clock.fixed(NOON):
        tablet.report(user(world.intern, [uuid7()]))
        tablet.report(user(world.intern, []))
        custody(uuid7(), tablet, world.intern, NOON, outcome="conflict")
        told = tablet.post("field-api-receipt", {"users": []}).json()
    assert told["words"] == (
        "0 unsent. 1 record of I. Ortiz received by 12:00. 1 item still needs somebody's decision. 1 item never came."
    )


def test_it_needs_somebody_signed_in_on_a_tablet_in_service(tablet: Tablet, world: World) -> None:
    tablet.sign_out()
    assert tablet.post("field-api-receipt", {"users": []}).status_code == 401
    tablet.sign_in(world.supervisor)
    assert tablet.post("field-api-receipt", {"users": []}).status_code == 403
    assert Tablet().sign_in(world.intern).post("field-api-receipt", {"users": []}).status_code == 401
    tablet.sign_in(world.intern)
    assert tablet.post("field-api-receipt", {"users": []}).status_code == 200


def test_a_receipt_can_be_verified_from_the_command_line_after_its_key_was_retired(
    tablet: Tablet, world: World, tmp_path, capsys
) -> None:
    told = tablet.post("field-api-receipt", {"users": []}).json()
    receipt_keys.new_key()
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(told))
    call_command("verify_receipt", str(file))
    assert "signed by this server" in capsys.readouterr().out
    call_command("verify_receipt", told["id"])
    assert told["words"] in capsys.readouterr().out
    for wrong in ({"kid": "00000000"}, {"statement": told["statement"] + " "}, {"signature": "AAAA"}):
        file.write_text(json.dumps(told | wrong))
        with pytest.raises(CommandError):
            call_command("verify_receipt", str(file))
    for nothing in ("no-such-file", str(uuid7())):
        with pytest.raises(CommandError):
            call_command("verify_receipt", nothing)


@pytest.mark.django_db(transaction=True)
def test_a_report_at_the_same_moment_does_not_lose_it(tablet: Tablet, world: World) -> None:
    answers: list[int] = []

    def ask() -> None:
        try:
            answers.append(tablet.post("field-api-receipt", {"users": [user(world.intern, [])]}).status_code)
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    with transaction.atomic():
        device = Device.objects.select_for_update().get(pk=tablet.id)
        UnsentWork.objects.create(device=device, staff=world.intern)
        thread.start()
        for _ in range(1_500):
            thread.join(0.02)
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0] or not thread.is_alive():
                    break
    thread.join(30)
    assert answers == [200]
