"""The same bytes mean the same on both sides: an envelope made by the tablet, a receipt made here.

`tests/js/write-envelope-vector.ts` wrote the envelope. The receipt is the server's own, kept as it was written; the
tablet's tests read it.
"""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mih.field.sync import opening
from mih.field.sync.opening import Unopened, open_payload, signed_by
from mih.field.sync.wire import pack, unpack
from tests.conftest import REPOSITORY
from tests.field.client import Tablet
from tests.world import World

VECTORS = REPOSITORY / "tests" / "vectors"


def _vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text())
    return found


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The vector, its byte strings as bytes, and its key the server's."""
    vector = _vector("field-envelope")
    found = {
        name: base64.b64decode(value) if isinstance(value, str) else value for name, value in vector.items()
    }
    key = serialization.load_der_private_key(found["server_private_pkcs8"], None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    monkeypatch.setattr(opening, "private_key", {"vector": key}.__getitem__)
    return found


def test_what_a_tablet_sealed_opens_here_under_its_exact_header(given: dict[str, Any]) -> None:
    assert open_payload("vector", given["body"], given["header"]) == given["payload"]


@pytest.mark.parametrize("place", [0, 20, -2])
def test_an_altered_header_does_not_open(given: dict[str, Any], place: int) -> None:
    altered = bytearray(given["header"])
    altered[place] ^= 1
    with pytest.raises(Unopened):
        open_payload("vector", given["body"], bytes(altered))


@pytest.mark.parametrize("place", [0, 64, 65, -1])
def test_an_altered_body_does_not_open(given: dict[str, Any], place: int) -> None:
    altered = bytearray(given["body"])
    altered[place] ^= 1
    with pytest.raises(Unopened):
        open_payload("vector", bytes(altered), given["header"])


def test_the_authors_signature_holds_over_header_and_body_and_nothing_else(given: dict[str, Any]) -> None:
    points = [given["author_public"]]
    header, body, sig = given["header"], given["body"], given["sig"]
    assert signed_by(points, header, body, sig)
    assert not signed_by(points, header + b" ", body, sig)
    assert not signed_by(points, header, body[:-1] + bytes([body[-1] ^ 1]), sig)
    assert not signed_by([given["server_public"]], header, body, sig)


def test_a_batch_is_taken_apart_and_framed_as_the_tablet_does(given: dict[str, Any]) -> None:
    nonce, items = unpack(given["batch"])
    assert nonce == given["nonce"]
    parts = (given["header"], given["body"], given["sig"])
    assert [(item.header, item.body, item.sig) for item in items] == [parts, parts]
    assert pack(nonce, [parts, parts]) == given["batch"]
    head = items[0].head
    assert (head.readable, head.seq, head.form_key, head.offset_ms) == (True, 41, "narrative", -1500)
    assert (head.type, head.tz, head.kid) == ("draft.patch", "America/Chicago", "vector")


def test_the_kept_receipt_has_the_shape_of_todays(db: None, world: World) -> None:
    vector = _vector("field-receipt")
    author = Tablet().of(world.paramedic)
    answer = author.tablet.push(author.seal("nothing.known", {}))
    kept, today = json.loads(vector["body"]), json.loads(answer.content)
    assert answer["Content-Type"] == vector["content_type"]
    assert kept.keys() == today.keys()
    assert kept["items"][0].keys() == today["items"][0].keys()
    assert {name: type(value) for name, value in kept.items()} == {
        name: type(value) for name, value in today.items()
    }
