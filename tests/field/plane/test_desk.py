"""The pages on which supervisors see tablets, and work that could not be filed by itself."""

import json
import zlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from django.test import Client
from django.urls import reverse

from mih.accounts.models import Device, Staff
from mih.audit.models import ReadEvent
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.field.models import Envelope, EnvelopeNote, MissingItem, ShiftReceipt
from mih.field.sync import keys
from mih.field.views import quarantine
from tests.field.plane.conftest import BACKEND, Tablet
from tests.field.plane.test_report import custody, user
from tests.world import NOON, World

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=20)


def desk(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend=BACKEND)
    return client


def page(client: Client, name: str, *args: Any, status: int = 200) -> str:
    with clock.fixed(LATER):
        answer = client.get(reverse(name, args=args))
    assert answer.status_code == status, answer.content[:300]
    return " ".join(answer.content.decode().split())


@pytest.fixture
def tablet(world: World) -> Tablet:
    made = Tablet()
    with clock.fixed(NOON):
        made.enrol(world.intern, "MIH-1 <left>")
    return made


def sealed(tablet: Tablet, world: World, payload: dict[str, Any], **more: Any) -> Envelope:
    """A piece of work as a tablet seals it."""
    key = keys.current_key()
    mid, header = uuid7(), b'{"mid":"x"}'
    packer = zlib.compressobj(wbits=-15)
    plain = packer.compress(json.dumps(payload).encode()) + packer.flush()
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes(key.public))
    body = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM).encrypt(plain, public, info=header)
    kept = {"kid": key.kid, "header": header, "body": body, "outcome": "frozen"} | more
    return custody(mid, tablet, world.paramedic, **kept)


# Tablets


def test_each_tablet_with_who_is_on_it_and_what_waits(tablet: Tablet, world: World) -> None:
    with clock.fixed(NOON):
        tablet.report(user(world.intern, [uuid7(), uuid7()], NOON), persisted=False, quota=100, usage=30)
        tablet.report(user(world.intern, [uuid7()], NOON), persisted=False, quota=100, usage=30)
    text = page(desk(world.supervisor), "devices")
    assert "MIH-1 &lt;left&gt;" in text
    assert "Inez Ortiz" in text
    assert "May be cleared" in text
    assert "30% used" in text
    assert "2 items of I. Ortiz on MIH-1 &lt;left&gt;, last seen Jan 12, 12:00, never came." in text
    assert "1 item of I. Ortiz on MIH-1 &lt;left&gt; not sent since Jan 12, 12:00." not in text
    assert "chip-red" in text


def test_other_pages_of_the_desk_tell_supervisors_and_nobody_else(tablet: Tablet, world: World) -> None:
    tablet.report(user(world.intern, [uuid7()], NOON))
    tablet.report()
    assert "never came" in page(desk(world.supervisor), "queue")
    assert "never came" not in page(desk(world.navigator), "queue")


def test_a_tablet_is_renamed_and_never_to_nothing(tablet: Tablet, world: World) -> None:
    client = desk(world.supervisor)
    assert client.post(reverse("device-rename", args=[tablet.id]), {"name": " Spare  2 "}).status_code == 302
    assert tablet.row.name == "Spare 2"
    refused = client.post(reverse("device-rename", args=[tablet.id]), {"name": " "})
    assert refused.status_code == 400
    assert "the name on its label" in refused.content.decode()
    assert tablet.row.name == "Spare 2"


def test_taking_out_of_service_asks_for_a_reason_and_a_word_and_wipes(tablet: Tablet, world: World) -> None:
    client = desk(world.supervisor)
    address = reverse("device-revoke", args=[tablet.id])
    for body in ({"reason": "Lost"}, {"sure": "yes"}, {"reason": " ", "sure": "yes"}):
        assert client.post(address, body).status_code == 400
        assert tablet.row.revoked_at is None
    assert client.post(address, {"reason": "Left on a bus", "sure": "yes"}).status_code == 302
    assert tablet.row.revoked_by == world.supervisor
    assert tablet.report().json()["directives"] == ["wipe"]
    assert tablet.pull().status_code == 403
    assert "Left on a bus" in page(client, "devices")
    assert client.post(reverse("device-restore", args=[tablet.id])).status_code == 302
    assert tablet.row.revoked_at is None
    assert tablet.pull().status_code == 200


def test_missing_work_is_settled_with_a_note(tablet: Tablet, world: World) -> None:
    tablet.report(user(world.intern, [uuid7(), uuid7()]))
    tablet.report()
    client, address = desk(world.supervisor), reverse("device-missing", args=[tablet.id])
    body = {"staff": str(world.intern.pk), "note": "Entered again."}
    assert client.post(address, body | {"note": ""}).status_code == 400
    assert client.post(address, body | {"staff": str(world.peer.pk)}).status_code == 400
    assert client.post(address, body).status_code == 302
    assert {each.note for each in MissingItem.objects.all()} == {"Entered again."}
    assert "never came" not in page(client, "devices")


@pytest.mark.parametrize("name", ["device-rename", "device-revoke", "device-restore", "device-missing"])
def test_acts_need_the_role_and_a_token(tablet: Tablet, world: World, name: str) -> None:
    address = reverse(name, args=[tablet.id])
    assert desk(world.paramedic).post(address, {"name": "x"}).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.supervisor, backend=BACKEND)
    assert strict.post(address, {"name": "x"}).status_code == 403
    assert tablet.row.name == "MIH-1 <left>"


def test_the_other_world_knows_nothing_of_a_tablet(tablet: Tablet, world: World) -> None:
    chief = desk(world.hire("practice-chief", "supervisor", programme=world.practice))
    assert "MIH-1" not in page(chief, "devices")
    assert chief.post(reverse("device-rename", args=[tablet.id]), {"name": "x"}).status_code == 404
    with clock.fixed(NOON):
        tablet.post("field-api-receipt", {"users": []})
    receipt = ShiftReceipt.objects.get()
    page(chief, "device-receipt", receipt.pk, status=404)
    text = page(desk(world.supervisor), "device-receipt", receipt.pk)
    assert receipt.words in text
    assert bytes(receipt.signature).hex() in text


def test_nothing_set_up_yet_says_how(world: World) -> None:
    assert "No tablet is set up yet" in page(desk(world.administrator), "devices")


# Unfiled work


def draft(tablet: Tablet, world: World, **more: Any) -> tuple[Encounter, UUID, Envelope]:
    response = world.response(person=world.person(first_name="Quill", last_name="Vane"))
    record = uuid7()
    assert world.fill(response, "narrative", {"text": "As it stands."}, record=record).status_code == 200
    payload = {"changes": {"text": {"base": "As it stands.", "value": "As it was typed."}}, "base_version": 1}
    details = {"encounter": response.pk, "record": record, "form": "narrative@0a"} | more
    return response, record, sealed(tablet, world, payload, **details)


def test_everything_that_waits_is_listed_in_words_without_names_of_people_served(
    tablet: Tablet, world: World
) -> None:
    draft(tablet, world, detail={"sentence": "The record was signed before this came."})
    custody(uuid7(), tablet, world.intern, NOON, outcome="held")
    custody(uuid7(), tablet, world.intern, LATER - timedelta(minutes=14), outcome="held", record=uuid7())
    custody(uuid7(), tablet, world.intern, outcome="quarantined", detail={"code": "bad_signature"})
    custody(uuid7(), tablet, world.intern, outcome="missing", detail={"gaps": ["Enter vital signs."]})
    custody(uuid7(), tablet, world.intern, outcome="conflict")
    custody(uuid7(), tablet, world.intern, outcome="applied")
    text = page(desk(world.supervisor), "quarantine")
    for words in (
        "Kept apart",
        "Ask I. Ortiz whether they wrote this on MIH-1 &lt;left&gt;.",
        "Waiting for an earlier piece",
        "An earlier piece of the same work has not arrived.",
        "Signatures that wait",
        "Enter vital signs.",
        "The record was signed before this came.",
        "Ask P. Reyes to send it as an addendum",
        "Clashing words",
    ):
        assert words in text, words
    assert text.count("<article") == 5
    assert "Quill" not in text
    assert not ReadEvent.objects.filter(surface="quarantine").exists()


def test_one_piece_is_opened_beside_the_record_and_the_look_is_logged(tablet: Tablet, world: World) -> None:
    response, _, envelope = draft(tablet, world)
    text = page(desk(world.supervisor), "quarantine-piece", envelope.pk)
    assert "As it was typed." in text
    assert "As it stands." in text
    event = ReadEvent.objects.get(surface="quarantine")
    assert (event.people, event.actor, event.purpose) == (
        [response.person_id],
        world.supervisor.pk,
        "supervision",
    )


def test_an_entry_of_a_segment_closed_to_the_reader_is_not_shown(tablet: Tablet, world: World) -> None:
    from mih.audit.context import SYSTEM, acting
    from mih.encounters.models import Narrative

    _, record, envelope = draft(tablet, world)
    with acting(SYSTEM):
        Narrative.objects.filter(pk=record).update(segment="peer")
    closed = page(desk(world.programme_manager), "quarantine-piece", envelope.pk)
    assert "Your role does not read this section." in closed
    assert "As it was typed." not in closed
    assert "As it was typed." in page(desk(world.supervisor), "quarantine-piece", envelope.pk)


def test_what_was_signed_is_shown_where_it_differs(tablet: Tablet, world: World) -> None:
    response, record, _ = draft(tablet, world)
    seen = {
        "entries": {str(record): {"form": "narrative", "values": {"text": "As it was signed."}}},
        "times": {"on_scene_at": None, "cleared_at": NOON.isoformat()},
        "person": None,
    }
    envelope = sealed(
        tablet,
        world,
        {"seen": json.dumps(seen)},
        encounter=response.pk,
        outcome="conflict",
        type="record.sign",
    )
    text = page(desk(world.supervisor), "quarantine-piece", envelope.pk)
    assert "As it was signed." in text
    assert "Clear" in text
    assert "On scene" not in text.split("What you can do")[0].split("What was signed")[1]


def test_bytes_that_do_not_open_say_so(tablet: Tablet, world: World) -> None:
    mid = custody(uuid7(), tablet, world.intern, outcome="quarantined", detail={"code": "open_failed"}).pk
    assert "The seal does not open" in page(desk(world.supervisor), "quarantine-piece", mid)


def test_dealt_with_needs_a_note_and_takes_it_off_the_list(tablet: Tablet, world: World) -> None:
    _, _, envelope = draft(tablet, world)
    client, address = desk(world.supervisor), reverse("quarantine-settle", args=[envelope.pk])
    assert client.post(address, {"note": " "}).status_code == 400
    assert client.post(address, {"note": "Sent as an addendum."}).status_code == 302
    assert EnvelopeNote.objects.get().note == "Sent as an addendum."
    envelope.refresh_from_db()
    assert envelope.settled_by == world.supervisor.pk
    assert "Everything is filed" in page(client, "quarantine")


def test_release_asks_for_a_word_and_says_when_it_is_too_late(tablet: Tablet, world: World) -> None:
    _, _, envelope = draft(tablet, world)
    client, address = desk(world.supervisor), reverse("quarantine-release", args=[envelope.pk])
    assert client.post(address).status_code == 400
    answer = client.post(address, {"sure": "yes"})
    assert answer.status_code == 409
    assert "not waiting any more" in answer.content.decode()


def test_trying_again_what_cannot_be_read_says_so_and_keeps_it(tablet: Tablet, world: World) -> None:
    mid = custody(uuid7(), tablet, world.intern, outcome="quarantined", detail={"code": "failed"}).pk
    client = desk(world.supervisor)
    answer = client.post(reverse("quarantine-again", args=[mid]))
    assert answer.status_code == 409
    assert "cannot be tried again" in answer.content.decode()
    _, _, frozen = draft(tablet, world)
    assert client.post(reverse("quarantine-again", args=[frozen.pk])).status_code == 409
    assert Envelope.objects.get(pk=mid).outcome == "quarantined"


def test_the_other_world_sees_no_piece(tablet: Tablet, world: World) -> None:
    _, _, envelope = draft(tablet, world)
    chief = desk(world.hire("practice-chief", "supervisor", programme=world.practice))
    assert "Everything is filed" in page(chief, "quarantine")
    page(chief, "quarantine-piece", envelope.pk, status=404)
    assert chief.post(reverse("quarantine-settle", args=[envelope.pk]), {"note": "x"}).status_code == 404


def test_the_other_worlds_pieces_take_no_room_on_the_page(
    tablet: Tablet, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "FIRST", 1)
    trainee = world.hire("trainee", "paramedic", programme=world.practice)
    custody(uuid7(), tablet, trainee, NOON - timedelta(days=1), outcome="quarantined")
    draft(tablet, world)
    assert "Too late to change the record" in page(desk(world.supervisor), "quarantine")


def test_other_bytes_under_a_known_number_are_told(tablet: Tablet, world: World) -> None:
    from mih.field.models import EnvelopeClash

    clash = EnvelopeClash.objects.create(
        mid=uuid7(), sha256="1" * 64, header=b"", body=b"", sig=b"", uploader=tablet.id
    )
    assert str(clash.mid) in page(desk(world.supervisor), "quarantine")
    assert Device.objects.count() == 1
