"""No word about a person and no key lies in the clear in the browser's profile or the server's logs: after saving,
locking, a crash and a close."""

import base64
import json
import secrets
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from mih.field.models import Attachment
from tests.browser.tablet_app.crew import Crew
from tests.faults.canaries import Search, spellings
from tests.faults.hands import Hands
from tests.faults.scene import Scene
from tests.field.attachments.tools import CANARY, photo

KEYS = """
(() => {
  const subtle = SubtleCrypto.prototype;
  const { importKey } = subtle;
  subtle.importKey = function (format, material, ...rest) {
    if (format === "raw" || format === "pkcs8") {
      const bytes = new Uint8Array(material.buffer ?? material, material.byteOffset ?? 0, material.byteLength);
      const how = typeof rest[0] === "string" ? rest[0] : rest[0].name;
      window.mihKey?.(format, how, Array.from(bytes));
    }
    return importKey.call(this, format, material, ...rest);
  };
})();
"""
"""Tells the test, outside the browser, of every raw key the page works with."""

PLANTED = "Plantedcontrolword"
PLANT = """
(word) => {
  localStorage.setItem("plain", word);
  localStorage.setItem("encoded", btoa(`before ${word} after`));
}
"""


class Planting:
    """Words that stand nowhere else, and the keys that were seen."""

    def __init__(self) -> None:
        self.words: list[str] = [CANARY]
        self.keys: set[bytes] = set()

    def word(self, about: str) -> str:
        """A new word of letters alone, which any field takes."""
        made = "Qv" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(12))
        self.words.append(made)
        return f"{made} {about}".strip()

    def digits(self) -> str:
        """A phone number nobody has."""
        made = "405555" + "".join(secrets.choice(string.digits) for _ in range(4))
        self.words.append(made)
        return made

    def saw(self, _source: object, kind: str, how: str, key: list[int]) -> None:
        """A key was imported. Public points and the PIN itself are none."""
        material = bytes(key)
        if kind == "pkcs8" or (how in ("AES-GCM", "HKDF") and len(material) == 32):
            self.keys.add(material)

    @property
    def search(self) -> Search:
        return Search(self.words, self.keys)


def watched(hands: Hands, planting: Planting) -> Hands:
    """The browser tells the test of the keys its pages work with."""
    hands.context.expose_binding("mihKey", planting.saw)
    hands.context.add_init_script(KEYS)
    return hands


def typed_everywhere(crew: Crew, planting: Planting) -> None:
    """A response to somebody never seen, with a word of its own in every kind of field."""
    word = planting.word
    crew.start(call_type="overdose", address=word("Lane 12"))
    crew.add_person(first_name=word(""), last_name=word(""), birth_date="1990-05-04", phone=planting.digits())
    crew.turn_to("narrative")
    crew.answer(text=word("by the door, calm.\nSecond line with ") + word(""))
    crew.turn_to("safety_plan")
    crew.answer(warning_signs=[{"sign": word("pacing")}, {"sign": word("not sleeping")}])
    crew.turn_to("refusal")
    crew.answer(signature=("signed", word("")))
    crew.kept()
    crew.tap_time("on_scene_at")
    crew.turn_to("narrative")
    crew.page.locator("[data-take]").set_input_files(
        {"name": "IMG_7.jpg", "mimeType": "image/jpeg", "buffer": photo(900, 700)}
    )
    dialog = crew.page.locator("dialog[data-dialog=attachment]")
    dialog.locator("#attachment-caption").fill(word("left arm"))
    dialog.locator("[data-add]").click()
    expect(crew.page.locator("[data-attachment]")).to_be_visible()
    crew.kept()


def clean(scene: Scene, hands: Hands, planting: Planting, moment: str) -> None:
    """Neither the profile nor a log holds any of it."""
    found: dict[str, Any] = {
        name: sorted(hits) for name, hits in planting.search.under(hands.profile.folder).items()
    }
    for log in scene.installation.logs:
        if hits := planting.search.within(log.read_bytes()):
            found[log.name] = sorted(hits)
    assert not found, f"{moment}: {json.dumps(found, indent=1)}"


@pytest.mark.browser
def test_nothing_typed_and_no_key_lies_in_the_clear(tablets: Scene) -> None:
    scene = tablets
    assert scene.browsers
    planting, staff = Planting(), scene.world.paramedic
    hands = watched(Hands(scene.browsers.profile(scene.ledger), scene.network.address), planting)
    hands.enrolled(staff)
    # Chromium writes cookies to the disk within half a minute, or when it is closed: without the tablet's own, a browser
    # killed sooner would be told to sign in, and keep the photo until somebody has.
    hands.profile.close()
    hands = watched(Hands(hands.profile, scene.network.address), planting)
    hands.by = staff
    scene.hands.append(hands)
    hands.start()
    hands.unlock(staff)
    scene.network.cut()
    typed_everywhere(Crew(hands, staff), planting)
    assert len(planting.words) > 8
    assert len(planting.keys) >= 3, "the data key, the signing key and the key of the day were seen"
    clean(scene, hands, planting, "after saving, with no network")

    hands.lock()
    content = hands.page.content()
    assert not planting.search.within(content.encode()), "the locked page is empty"
    clean(scene, hands, planting, "locked")

    hands.unlock(staff)
    Crew(hands, staff).turn_to("narrative")
    hands.answer(text=planting.word("typed just before the battery went flat"))
    hands.profile.kill()
    clean(scene, hands, planting, "after a crash")

    hands = watched(Hands(hands.profile, scene.network.address), planting)
    hands.by = staff
    scene.hands[0] = hands
    hands.start()
    scene.heal()
    hands.unlock(staff)
    scene.until(lambda: Attachment.objects.filter(state="ready").exists(), "the photo")
    hands.settle()
    hands.page.evaluate(PLANT, PLANTED)
    hands.profile.close()
    clean(scene, hands, planting, "closed, with everything sent")
    scene.hands.clear()  # its browser is closed: nothing is left to settle
    control = Search([PLANTED]).under(hands.profile.folder)
    assert control, "the search finds what does lie in the clear"


@given(
    secret=st.binary(min_size=8, max_size=40),
    before=st.binary(max_size=20),
    after=st.binary(max_size=20),
)
def test_the_search_finds_a_key_however_it_is_written(secret: bytes, before: bytes, after: bytes) -> None:
    whole = before + secret + after
    search = Search(keys=[secret])
    for written in (whole, base64.b64encode(whole), base64.urlsafe_b64encode(whole), whole.hex().encode()):
        assert search.within(b"\x00rubbish" + written + b"rubbish\x00") == {"key 0"}


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le"])
def test_the_search_finds_a_word_however_it_is_written(encoding: str) -> None:
    text = "Her name is Quillfeather, she said.".encode(encoding)
    search = Search(["Quillfeather"])
    for written in (text, base64.b64encode(text), text.upper()):
        assert search.within(b"\x01" + written) == {"Quillfeather"}
    assert not search.within("Her name is Featherquill.".encode(encoding))
    assert len(spellings(b"Quillfeather", text=True)) > 12
