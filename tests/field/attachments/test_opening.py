"""A photo becomes part of the record once its link and all its pieces are here, in whichever order they come."""

import hashlib
import io
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from PIL import Image

from mih.audit.context import acting
from mih.core.errors import Invalid, NotAllowed
from mih.encounters.models import Encounter
from mih.field.models import Attachment, AttachmentContent, Blob, BlobPiece
from mih.field.sync.attachments import attachments_of
from mih.field.sync.resting import Unreadable, put_to_rest, take_up
from tests.field.attachments.tools import CANARY, Sealed, Tablet, photo
from tests.world import World


@pytest.fixture
def tablet(world: World, noon: datetime) -> Tablet:
    return Tablet(world.paramedic, noon)


@pytest.fixture
def response(world: World) -> Encounter:
    return world.response(person=world.person())


def complete(response: Encounter) -> list[bool]:
    return [each["complete"] for each in attachments_of([response.pk])[response.pk]]


@pytest.mark.parametrize("first", ["link", "pieces"])
def test_it_is_opened_when_both_are_here(
    first: str, tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    sealed = Sealed(photo(noise=90, width=1400, height=1000))
    assert len(sealed.pieces) > 1
    if first == "link":
        tablet.link(sealed, response, world.paramedic, noon)
        assert complete(response) == [False]
        tablet.send(sealed)
    else:
        tablet.send(sealed)
        assert complete(response) == []
        tablet.link(sealed, response, world.paramedic, noon)
    assert complete(response) == [True]
    kept = Attachment.objects.get()
    assert (kept.state, kept.mime, kept.width, kept.height) == ("ready", "image/jpeg", 1400, 1000)
    assert (kept.author, kept.caption, kept.opened_at) == (world.paramedic, "Left forearm", noon)
    content = take_up(kept.pk, bytes(kept.content.sealed))
    assert Image.open(io.BytesIO(content)).size == (1400, 1000)
    assert hashlib.sha256(content).hexdigest() == kept.kept_sha256
    assert CANARY.encode() not in content
    assert not BlobPiece.objects.exists(), "the sealed pieces are let go"
    again = tablet.client.get(sealed.address()).json()
    assert again["complete"], "and the tablet is still told that the server has it"
    assert tablet.put(sealed, 0).json()["complete"]
    assert not BlobPiece.objects.exists()


def test_the_same_link_twice_is_one_photo(
    tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    sealed = Sealed(photo())
    one = tablet.link(sealed, response, world.paramedic, noon)
    tablet.send(sealed)
    assert tablet.link(sealed, response, world.paramedic, noon) == one
    assert Attachment.objects.get().state == "ready"
    with pytest.raises(Invalid, match="Another photo"):
        tablet.link(sealed, response, world.paramedic, noon, sha256="0" * 64)


def test_in_the_database_there_is_no_photo_in_clear(
    tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    document = b"%PDF-1.7\nZebulon Quillfeather\n%%EOF\n"
    sealed = Sealed(document)
    tablet.put(sealed, 0)
    assert b"Zebulon" not in bytes(BlobPiece.objects.get().content)
    made = tablet.link(sealed, response, world.paramedic, noon, kind="document")
    at_rest = bytes(AttachmentContent.objects.get().sealed)
    assert b"Zebulon" not in at_rest
    assert take_up(made.pk, at_rest) == document
    other = Sealed(document).blob
    for wrong, whose in (
        (at_rest, other),
        (at_rest[:-1] + b"\x00", made.pk),
        (b"\x02" + at_rest[1:], made.pk),
    ):
        with pytest.raises(Unreadable):
            take_up(whose, wrong)
    assert put_to_rest(made.pk, document) != at_rest


@pytest.mark.parametrize(
    ("changes", "plain", "words"),
    [
        ({"plain_sha256": "0" * 64}, photo(), "not what its author attached"),
        ({"info": '{"v":1,"kid":"nobody","blob":"0"}'}, photo(), "seal does not open"),
        ({"info": "[]"}, photo(), "seal does not open"),
        ({}, b"<html><script>alert(1)</script>", "no photo and no PDF"),
    ],
)
def test_what_cannot_be_opened_is_refused_and_its_bytes_stay(
    changes: dict[str, Any],
    plain: bytes,
    words: str,
    tablet: Tablet,
    response: Encounter,
    world: World,
    noon: datetime,
) -> None:
    sealed = Sealed(plain)
    tablet.send(sealed)
    made = tablet.link(sealed, response, world.paramedic, noon, **changes)
    made.refresh_from_db()
    assert made.state == "refused"
    assert words in made.detail
    assert complete(response) == [True], "nothing more of it will come"
    assert BlobPiece.objects.count() == len(sealed.pieces)
    assert not AttachmentContent.objects.exists()


def test_another_photos_seal_does_not_open_as_this_one(
    tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    one, other = Sealed(photo()), Sealed(photo())
    tablet.send(one)
    made = tablet.link(one, response, world.paramedic, noon, blob=str(other.blob))
    made.refresh_from_db()
    assert (made.state, made.pk) == ("refused", other.blob)


def test_only_the_crew_adds_photos_and_only_to_forms_their_role_writes(
    tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    stranger = world.hire("stranger", "paramedic")
    with pytest.raises(NotAllowed, match="not on this response's crew"):
        tablet.link(Sealed(photo()), response, stranger, noon)
    with pytest.raises(NotAllowed, match="does not write in this section"):
        tablet.link(Sealed(photo()), response, world.peer, noon, form="vitals")
    assert tablet.link(Sealed(photo()), response, world.paramedic, noon, form="vitals").form == "vitals"
    assert tablet.link(Sealed(photo()), response, world.peer, noon, form="").form == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"blob": "nonsense"},
        {"sha256": "abc"},
        {"sha256": "g" * 64},
        {"plain_sha256": None},
        {"kind": "film"},
        {"form": "no_such_form"},
        {"record": 7},
    ],
)
def test_a_link_that_is_none_is_refused(
    changes: dict[str, Any], tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    with pytest.raises(Invalid):
        tablet.link(Sealed(photo()), response, world.paramedic, noon, **changes)
    assert not Attachment.objects.exists()


def test_a_photo_may_come_after_the_signature(
    tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    with acting(world.paramedic):
        Encounter.objects.filter(pk=response.pk).update(
            signed_at=noon, signed_by=world.paramedic, signed_digest="0" * 64
        )
    response.refresh_from_db()
    digest = response.signed_digest
    sealed = Sealed(photo())
    tablet.link(sealed, response, world.paramedic, noon)
    tablet.send(sealed)
    assert complete(response) == [True]
    response.refresh_from_db()
    assert response.signed_digest == digest


def test_a_link_is_never_moved_and_nothing_is_deleted(
    tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    sealed = Sealed(photo())
    made = tablet.link(sealed, response, world.paramedic, noon)
    tablet.send(sealed)
    other = world.response()
    for change in (
        lambda: Attachment.objects.filter(pk=made.pk).update(encounter=other),
        lambda: Attachment.objects.filter(pk=made.pk).delete(),
        lambda: AttachmentContent.objects.all().update(sealed=b"x"),
        lambda: connection.cursor().execute("DELETE FROM field_attachmentcontent"),
    ):
        with acting(world.paramedic), pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Blob.objects.get().emptied_at == noon


def test_every_state_is_in_the_history_with_its_author(
    tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    sealed = Sealed(photo())
    made = tablet.link(sealed, response, world.paramedic, noon)
    tablet.send(sealed)
    events = made.events.order_by("pgh_id")
    assert [each.state for each in events] == ["waiting", "ready"]
    assert {each.pgh_context.metadata["actor"] for each in events} == {str(world.paramedic.pk)}
    assert {each.pgh_context.metadata["device"] for each in events} == {str(tablet.device.pk)}


def test_signing_is_not_held_up_by_a_photo_on_its_way(
    tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    before = world.client(world.paramedic).get(f"/api/encounters/{response.pk}/review/").json()
    tablet.link(Sealed(photo()), response, world.paramedic, noon)
    assert world.client(world.paramedic).get(f"/api/encounters/{response.pk}/review/").json() == before
