"""Photos on the tablet: made small and bare, kept sealed, sent after the records from where the last try stopped."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Route, expect

from mih.encounters.models import Encounter
from mih.field.models import Attachment
from mih.field.sync.resting import take_up
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.crew import KEPT_FORMS
from tests.field.attachments.tools import CANARY, photo
from tests.resilience.machinery import until
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PIECES = "**/field/api/blob/**"


@pytest.fixture
def response(city: World) -> Encounter:
    return city.response(person=city.person())


@pytest.fixture
def app_tablet(response: Encounter, city: World, hand_app_tablet: Callable[..., AppTablet]) -> AppTablet:
    """The paramedic's tablet, enrolled once the response is there, so that its first refresh brings it."""
    return hand_app_tablet(city.paramedic)


def strip(tablet: AppTablet) -> Locator:
    return tablet.page.locator("[data-attachments]")


def choose(tablet: AppTablet, content: bytes, name: str = "IMG_0042.jpg", mime: str = "image/jpeg") -> None:
    """Choose a file, as the tablet's camera hands one over."""
    tablet.page.locator("[data-take]").set_input_files({"name": name, "mimeType": mime, "buffer": content})


def attach(tablet: AppTablet, content: bytes, caption: str) -> Locator:
    """Take a photo, say what it shows, add it; its line."""
    choose(tablet, content)
    dialog = tablet.page.locator("dialog[data-dialog=attachment]")
    expect(dialog).to_be_visible()
    dialog.locator("#attachment-caption").fill(caption)
    dialog.locator("[data-add]").click()
    line = strip(tablet).locator("[data-attachment]", has_text=caption)
    expect(line).to_be_visible()
    return line


def opened(tablet: AppTablet, response: Encounter) -> None:
    expect(tablet.page.locator(f"[data-today] a[href*='{response.pk}']").first).to_be_visible()
    tablet.page.evaluate(KEPT_FORMS)
    tablet.open(response, "narrative")
    expect(strip(tablet)).to_be_visible()


def ready() -> Attachment:
    """The one attachment, once the server has opened it."""
    return until(
        lambda: Attachment.objects.select_related("content").filter(state="ready").first(),
        "the photo to be opened",
    )


def test_a_photo_taken_without_a_signal_arrives_small_upright_and_bare(
    app_tablet: AppTablet, response: Encounter, city: World
) -> None:
    opened(app_tablet, response)
    app_tablet.offline()
    line = attach(app_tablet, photo(2600, 1800, turned=6), "Left forearm")
    expect(line).to_have_attribute("data-state", "waiting")
    expect(line).to_contain_text("Saved on this tablet")
    size = line.locator("img").evaluate(
        "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
    )
    assert size[1] == 320, "upright, as the camera was held"
    app_tablet.online()
    app_tablet.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(line).to_have_attribute("data-state", "sent", timeout=60_000)
    kept = ready()
    assert (kept.width, kept.height) == (1108, 1600)
    assert (kept.caption, kept.author, kept.form) == ("Left forearm", city.paramedic, "narrative")
    content = take_up(kept.pk, bytes(kept.content.sealed))
    assert CANARY.encode() not in content
    assert not dict(Image.open(io.BytesIO(content)).getexif())


def test_the_tablet_strips_it_before_the_server_does(app_tablet: AppTablet, response: Encounter) -> None:
    """What is sealed holds nothing of the camera: the server's own stripping is the second, not the only one."""
    opened(app_tablet, response)
    app_tablet.offline()
    sealed = """
    async () => {
      const subtle = SubtleCrypto.prototype;
      const encrypt = subtle.encrypt;
      window.mihPlain = [];
      subtle.encrypt = function (how, key, plain) {
        window.mihPlain.push(Array.from(new Uint8Array(plain.buffer ?? plain)));
        return encrypt.call(this, how, key, plain);
      };
    }
    """
    app_tablet.page.evaluate(sealed)
    attach(app_tablet, photo(640, 480), "Doorway")
    plains = [bytes(each) for each in app_tablet.page.evaluate("window.mihPlain")]
    photos = [each for each in plains if each.startswith(b"\xff\xd8\xff")]
    assert photos, "the photo itself was sealed"
    assert not any(CANARY.encode() in each for each in plains)
    assert not any(b"Exif" in each for each in photos)


def test_an_upload_that_breaks_goes_on_at_the_missing_piece(
    app_tablet: AppTablet, response: Encounter
) -> None:
    opened(app_tablet, response)
    puts: list[str] = []

    def third_is_lost(route: Route) -> None:
        request = route.request
        if request.method == "PUT":
            puts.append(request.url.split("?")[0].rsplit("/", 1)[1])
            if len(puts) == 3:
                route.abort("connectionreset")
                return
        route.continue_()

    app_tablet.page.route(PIECES, third_is_lost)
    line = attach(app_tablet, photo(1600, 1200, noise=120), "Medication bottles")
    expect(line).to_have_attribute("data-state", "sent", timeout=60_000)
    ready()
    assert len(set(puts)) >= 4, "large enough to be sent in pieces"
    assert max(puts.count(n) for n in set(puts)) == 2, "only the lost piece went twice"
    assert [n for n in set(puts) if puts.count(n) == 2] == [puts[2]]


def test_records_go_before_photos(app_tablet: AppTablet, response: Encounter) -> None:
    order: list[str] = []
    app_tablet.page.on(
        "request",
        lambda request: (
            order.append("photo" if "/blob/" in request.url else "record")
            if "/field/api/push" in request.url or request.method == "PUT"
            else None
        ),
    )
    opened(app_tablet, response)
    app_tablet.offline()
    attach(app_tablet, photo(), "First")
    field = app_tablet.page.locator("textarea[name=text]")
    field.fill("Typed after the photo was taken.")
    app_tablet.says("saved")
    order.clear()
    app_tablet.online()
    app_tablet.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(strip(app_tablet).locator("[data-attachment]")).to_have_attribute(
        "data-state", "sent", timeout=60_000
    )
    ready()
    assert order[0] == "record"
    assert "record" not in order[order.index("photo") :]


def test_it_can_be_taken_back_while_it_is_unsent(app_tablet: AppTablet, response: Encounter) -> None:
    opened(app_tablet, response)
    app_tablet.offline()
    line = attach(app_tablet, photo(), "Wrong person")
    line.locator("[data-remove]").click()
    expect(line).to_have_count(0)
    app_tablet.online()
    app_tablet.page.locator("textarea[name=text]").fill("Nothing was attached.")
    app_tablet.says("received")
    assert not Attachment.objects.exists()


def test_not_adding_it_leaves_nothing(app_tablet: AppTablet, response: Encounter) -> None:
    opened(app_tablet, response)
    choose(app_tablet, photo())
    app_tablet.page.locator("dialog[data-dialog=attachment] [data-discard]").click()
    expect(app_tablet.page.locator("dialog[data-dialog=attachment]")).to_be_hidden()
    expect(strip(app_tablet).locator("[data-attachment]")).to_have_count(0)
    assert (
        app_tablet.page.evaluate("window.mihSeen.saved.filter(({type}) => type === 'attachment.link').length")
        == 0
    )


def test_a_file_that_is_no_photo_is_refused_with_what_to_do(
    app_tablet: AppTablet, response: Encounter
) -> None:
    opened(app_tablet, response)
    choose(app_tablet, b"<html>no photo</html>", "x.html", "text/html")
    expect(strip(app_tablet).get_by_role("alert")).to_contain_text("attach a PDF")
    expect(strip(app_tablet).locator("[data-attachment]")).to_have_count(0)


def test_a_pdf_is_kept_whole(app_tablet: AppTablet, response: Encounter) -> None:
    document = b"%PDF-1.7\n" + b"0" * 5000 + b"\n%%EOF\n"
    opened(app_tablet, response)
    choose(app_tablet, document, "plan.pdf", "application/pdf")
    app_tablet.page.locator("dialog[data-dialog=attachment] [data-add]").click()
    kept = ready()
    assert (kept.kind, kept.mime) == ("document", "application/pdf")
    assert take_up(kept.pk, bytes(kept.content.sealed)) == document


def test_a_tablet_without_room_keeps_the_record_and_refuses_the_photo(
    app_tablet: AppTablet, response: Encounter
) -> None:
    opened(app_tablet, response)
    app_tablet.offline()
    # Chromium renews its own estimate late, so the page is told directly how full the disk is.
    app_tablet.page.evaluate(
        "() => { navigator.storage.estimate = async () => ({usage: 995e6, quota: 1000e6}); }"
    )
    choose(app_tablet, photo(1600, 1200, noise=120))
    app_tablet.page.locator("dialog[data-dialog=attachment] [data-add]").click()
    expect(strip(app_tablet).get_by_role("alert")).to_contain_text("no room on this tablet for the photo")
    app_tablet.page.locator("textarea[name=text]").fill("The record goes on.")
    app_tablet.online()
    app_tablet.says("received")
    assert not Attachment.objects.exists()


def test_locked_it_shows_no_photo_and_unlocked_it_does(
    app_tablet: AppTablet, response: Encounter, city: World
) -> None:
    opened(app_tablet, response)
    app_tablet.offline()
    attach(app_tablet, photo(), "Left forearm")
    app_tablet.lock()
    assert app_tablet.page.locator("img[src^=blob]").count() == 0
    assert "Left forearm" not in app_tablet.page.content()
    app_tablet.unlock(city.paramedic)
    expect(strip(app_tablet).locator("[data-attachment] img")).to_be_visible()


def test_nothing_of_it_stands_in_clear_in_the_storage(app_tablet: AppTablet, response: Encounter) -> None:
    opened(app_tablet, response)
    app_tablet.offline()
    attach(app_tablet, photo(), "Zebulon Quillfeather")
    rows: list[dict[str, Any]] = app_tablet.page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open("mih-field");
          asked.onsuccess = () => {
            const all = asked.result.transaction("blobs").objectStore("blobs").getAll();
            all.onsuccess = () => {
              asked.result.close();
              done(all.result.map((row) => ({
                ...row, sealed: Array.from(row.sealed), preview: Array.from(row.preview),
              })));
            };
          };
        })"""
    )
    assert len(rows) == 1
    for part in ("sealed", "preview"):
        kept = bytes(rows[0].pop(part))
        assert b"Zebulon" not in kept
        assert b"\xff\xd8\xff" not in kept[:200]
        assert b"JFIF" not in kept
    assert "Zebulon" not in json.dumps(rows)
