"""Signatures and photos: a tablet turned while somebody signs, an upload that breaks, a tablet without room."""

import pytest
from playwright.sync_api import expect

from mih.encounters.models import Narrative
from mih.field.models import Attachment, Blob, Envelope
from mih.interventions.models import Refusal
from tests.faults import breakage
from tests.faults.hands import Hands
from tests.faults.scene import Scene
from tests.field.attachments.tools import photo

pytestmark = pytest.mark.browser


NO_ROOM = """
() => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...args) {
    if (this.name === "blobs") throw new DOMException("No room.", "QuotaExceededError");
    return put.apply(this, args);
  };
}
"""
"""The disk has room for words and none for pictures: Chromium's estimate does not follow a quota set from outside."""


def stroke(hands: Hands, down: int) -> None:
    """Draw one line on the pad, as a finger does."""
    pad = hands.field("signature").locator("canvas")
    pad.scroll_into_view_if_needed()
    place = pad.bounding_box()
    assert place
    mouse = hands.page.mouse
    mouse.move(place["x"] + 30, place["y"] + down)
    mouse.down()
    for step in range(1, 10):
        mouse.move(place["x"] + 30 + 15 * step, place["y"] + down + step % 3 * 8)
    mouse.up()


def attach(hands: Hands, content: bytes) -> None:
    """Take a photo and add it to the open form."""
    hands.page.locator("[data-take]").set_input_files(
        {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    dialog = hands.page.locator("dialog[data-dialog=attachment]")
    expect(dialog).to_be_visible()
    dialog.locator("#attachment-caption").fill("Bottles")
    dialog.locator("[data-add]").click()


def test_f55_a_tablet_turned_while_somebody_signs_keeps_the_strokes(tablets: Scene) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.turn(response, "refusal")
    hands.field("signature").locator("[data-signature-name]").fill("Robin Example")
    stroke(hands, 40)
    hands.page.set_viewport_size({"width": 820, "height": 1180})
    stroke(hands, 60)
    hands.page.set_viewport_size({"width": 1180, "height": 820})
    hands.kept()
    hands.settle()
    signature = Refusal.objects.get(encounter=response).signature
    assert signature["name"] == "Robin Example"
    assert len(signature["strokes"]) == 2
    points = [point for line in signature["strokes"] for point in line]
    assert all(0 <= x <= 600 and 0 <= y <= 200 for x, y in points)


def test_f55_an_upload_that_breaks_at_every_second_piece_makes_one_blob(tablets: Scene) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.turn(response, "narrative")
    for number in range(2, 8, 2):
        lost = breakage.drop_before if number % 4 else breakage.drop_after
        tablets.network.next(
            lost,
            path="/field/api/blob/",
            where=lambda request, n=number: request.method == "PUT" and f"/{n - 1}?" in request.path,
        )
    attach(hands, photo(1600, 1200, noise=120))
    tablets.until(
        lambda: Attachment.objects.filter(encounter=response, state="ready").exists(), "the photo to arrive"
    )
    assert Attachment.objects.filter(encounter=response).count() == 1
    assert Blob.objects.filter(pk__in=Attachment.objects.filter(encounter=response).values("blob_sha256")).count() == 1  # fmt: skip
    puts = [
        one for one in tablets.network.seen if one.method == "PUT" and one.path.startswith("/field/api/blob/")
    ]
    assert len(puts) > 3


def test_f44_a_photo_without_room_is_refused_and_the_record_saved(tablets: Scene) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.turn(response, "narrative")
    hands.page.evaluate(NO_ROOM)
    attach(hands, photo(1600, 1200, noise=120))
    trouble = hands.page.locator("[data-attachments] [data-slot=trouble]")
    expect(trouble).to_contain_text("no room")
    text = tablets.words("saved without the photo")
    hands.put(text=text)
    hands.kept()
    hands.settle()
    assert Narrative.objects.get(encounter=response).text == text
    assert not Envelope.objects.filter(encounter=response, type="attachment.link").exists()
