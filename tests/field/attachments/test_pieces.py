"""Sealed pieces: any order, any number of times, whole or not at all."""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mih.accounts.models import Device
from mih.core import clock
from mih.field.models import Blob, BlobPiece
from mih.field.sync import blobs
from mih.field.sync.blobs import LARGEST, PIECE
from tests.field.attachments.tools import Sealed, Tablet, photo
from tests.world import World

LARGE = b"%PDF-1.7" + bytes(range(256)) * 2500 + b"%%EOF"
"""640 KB: three pieces."""


@pytest.fixture
def tablet(world: World, noon: datetime) -> Tablet:
    return Tablet(world.paramedic, noon)


def state(tablet: Tablet, sealed: Sealed) -> tuple[list[int], bool]:
    answer = tablet.client.get(sealed.address())
    assert answer.status_code == 200
    return answer.json()["have"], answer.json()["complete"]


def test_a_broken_upload_goes_on_where_it_stopped(tablet: Tablet) -> None:
    sealed = Sealed(LARGE)
    assert state(tablet, sealed) == ([], False)
    assert tablet.put(sealed, 0).json() == {"have": [0], "complete": False}
    assert tablet.put(sealed, 2).json() == {"have": [0, 2], "complete": False}
    assert state(tablet, sealed) == ([0, 2], False)
    assert tablet.put(sealed, 1).json() == {"have": [0, 1, 2], "complete": True}
    assert state(tablet, sealed) == ([0, 1, 2], True)
    assert blobs.whole(Blob.objects.get()) == sealed.bytes


@hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    order=st.lists(st.integers(0, 2), min_size=3, max_size=8).filter(lambda order: set(order) == {0, 1, 2})
)
def test_any_order_and_any_repeats_give_the_same_bytes(tablet: Tablet, order: list[int]) -> None:
    sealed = Sealed(LARGE)
    for n in order:
        assert tablet.put(sealed, n).status_code == 200
    blob = Blob.objects.get(pk=sealed.sha256)
    assert blob.complete_at is not None
    assert blobs.whole(blob) == sealed.bytes
    assert blob.held.count() == 3


def test_wrong_bytes_never_count_as_the_photo(tablet: Tablet) -> None:
    sealed = Sealed(LARGE)
    for n in (0, 1):
        tablet.put(sealed, n)
    forged = bytes(len(sealed.pieces[2]))
    assert tablet.put(sealed, 2, forged).json() == {"have": [], "complete": False}
    assert not BlobPiece.objects.exists()
    tablet.send(sealed)
    assert state(tablet, sealed) == ([0, 1, 2], True)


def test_a_piece_damaged_on_its_way_is_noticed_at_once(tablet: Tablet) -> None:
    sealed = Sealed(photo())
    right = base64.b64encode(hashlib.sha256(sealed.pieces[0]).digest()).decode()
    damaged = bytes([sealed.pieces[0][0] ^ 1]) + sealed.pieces[0][1:]
    answer = tablet.put(sealed, 0, damaged, **{"content-digest": f"sha-256=:{right}:"})
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_bytes")
    assert not BlobPiece.objects.exists()
    assert tablet.put(sealed, 0, **{"content-digest": f"sha-256=:{right}:"}).json()["complete"]


@pytest.mark.parametrize(
    ("address", "content", "status"),
    [
        ("0?of=1&bytes=300000", bytes(PIECE), 400),  # two pieces' worth said to be one
        ("0?of=2&bytes=300000", bytes(PIECE - 1), 400),  # a piece cut short
        ("2?of=2&bytes=300000", bytes(300000 - PIECE), 400),  # beyond the last
        ("0?of=1", b"x", 400),
        ("0?of=1&bytes=nine", b"x", 400),
        ("0?of=2&bytes=300000", bytes(PIECE + 1), 413),
        (f"0?of=49&bytes={LARGEST + 1}", bytes(PIECE), 413),
    ],
)
def test_pieces_that_do_not_add_up_are_refused(
    tablet: Tablet, address: str, content: bytes, status: int
) -> None:
    answer = tablet.client.put(
        f"/field/api/blob/{'a' * 64}/{address}", content, content_type="application/octet-stream"
    )
    assert answer.status_code == status
    assert answer.json()["sentence"]
    assert not Blob.objects.exists()


def test_a_blob_keeps_the_size_it_was_first_said_to_have(tablet: Tablet) -> None:
    sealed = Sealed(LARGE)
    tablet.put(sealed, 0)
    other = f"/field/api/blob/{sealed.sha256}/0?of=2&bytes={PIECE + 9}"
    answer = tablet.client.put(other, bytes(PIECE), content_type="application/octet-stream")
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong_shape")
    assert state(tablet, sealed) == ([0], False)


def test_a_tablet_with_too_much_waiting_keeps_its_photo(tablet: Tablet, settings: Any) -> None:
    settings.FIELD_BLOB_SHARE = len(LARGE) + 200
    first, second = Sealed(LARGE), Sealed(photo())
    for n in (0, 1):
        assert tablet.put(first, n).status_code == 200, "one over its share may still be finished"
    answer = tablet.put(second, 0)
    assert (answer.status_code, answer.json()["code"]) == (507, "share_used_up")
    assert "stays on the tablet" in answer.json()["sentence"]
    assert tablet.put(first, 2).json()["complete"]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"x-field": ""}, 403, "foreign_origin"),
        ({"sec-fetch-site": "cross-site"}, 403, "foreign_origin"),
        ({"sec-fetch-site": "same-site"}, 403, "foreign_origin"),
        ({"origin": "https://elsewhere.example"}, 403, "foreign_origin"),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, 200, ""),
    ],
)
def test_only_the_app_itself_may_send(
    tablet: Tablet, headers: dict[str, str], status: int, code: str
) -> None:
    sealed = Sealed(photo())
    answer = tablet.put(sealed, 0, **headers)
    assert answer.status_code == status
    assert answer.json().get("code", "") == code
    assert Blob.objects.exists() == (status == 200)


def test_only_an_enrolled_tablet_may_send(tablet: Tablet, world: World) -> None:
    sealed = Sealed(photo())
    stranger = Client(headers={"x-field": "1"})
    stranger.force_login(world.paramedic)
    for answer in (
        stranger.get(sealed.address()),
        stranger.put(sealed.address(0), sealed.pieces[0], content_type="application/octet-stream"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "device_unknown")
    assert not Blob.objects.exists()


def test_a_tablet_taken_out_of_service_still_hands_over_what_it_holds(tablet: Tablet) -> None:
    sealed = Sealed(photo())
    Device.objects.filter(pk=tablet.device.pk).update(revoked_at=clock.now())
    assert tablet.put(sealed, 0).json()["complete"]
    assert BlobPiece.objects.exists(), "sealed: only a record that goes ahead opens it"


def test_pieces_nothing_ever_named_are_let_go_after_their_time(
    tablet: Tablet, world: World, noon: datetime
) -> None:
    orphan, named = Sealed(LARGE), Sealed(LARGE)
    tablet.put(orphan, 0)
    tablet.put(named, 0)
    tablet.link(named, world.response(), world.paramedic, noon)
    days = timedelta(days=400)
    assert blobs.sweep_orphans(at=noon + days - timedelta(minutes=1)) == 0
    assert blobs.sweep_orphans(at=noon + days + timedelta(minutes=1)) == 1
    assert list(Blob.objects.values_list("pk", flat=True)) == [named.sha256]
    assert BlobPiece.objects.get().blob_id == named.sha256
