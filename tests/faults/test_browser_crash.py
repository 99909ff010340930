"""Pages, browsers and tablets that die while somebody types: what was called saved is there afterwards."""

import contextlib
import random
from uuid import UUID

import pytest
from playwright.sync_api import Error, expect

from mih.encounters.models import Encounter, Narrative
from mih.field.models import Envelope
from tests.faults import breakage
from tests.faults.hands import Hands
from tests.faults.scene import Scene

pytestmark = pytest.mark.browser


def on_disk(hands: Hands, tablets: Scene) -> Hands:
    """Close the browser and open it again. Chromium writes cookies to the disk within half a minute or when it is
    closed; a tablet that is killed in the half minute after it was set up is told by the server to sign in (fault 60)."""
    hands.profile.close()
    return tablets.again(hands)


def narrative(hands: Hands) -> str:
    """What the narrative's field shows."""
    return hands.field("text").locator("textarea").input_value()


def begun(tablets: Scene, *, offline: bool = False, disk: bool = True) -> tuple[Hands, UUID]:
    """A tablet with a response on whose narrative it stands."""
    hands = tablets.browser(tablets.world.paramedic)
    if disk:
        hands = on_disk(hands, tablets)
        hands.unlock(tablets.world.paramedic)
    if offline:
        tablets.network.cut()
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words("the first words"))
    hands.kept()
    return hands, response


def back(hands: Hands, tablets: Scene, response: UUID) -> None:
    """Unlock after a crash and turn to the narrative."""
    hands.unlock(tablets.world.paramedic)
    hands.turn(response, "narrative")


def torn(hands: Hands, tablets: Scene, before: str, after: str) -> None:
    """The field shows one whole value or the other; whichever stands now is kept."""
    shown = narrative(hands)
    assert shown in (before, after), f"torn: {shown!r}"
    if shown == after:
        hands.noted("text", after)
    hands.put(text=tablets.words("going on"))
    hands.kept()


def survived(hands: Hands, tablets: Scene) -> None:
    """Everything called saved is on the tablet: itself, or the envelope of its number that took its place while the page
    died before it could say so."""
    here = {UUID(row["mid"]): row["seq"] for store in ("outbox", "sent") for row in hands.rows(store)}
    numbered = {seq: mid for mid, seq in here.items()}
    for mid in set(tablets.ledger.saved) - set(here):
        seq = tablets.ledger.saved[mid].seq
        assert seq in numbered, f"{mid} was saved and is lost"
        tablets.ledger.moved(mid, numbered[seq])


def rounds(tablets: Scene, times: int, *, browser: bool) -> None:
    hands, response = begun(tablets, offline=True)
    chance = random.Random(4)
    for _ in range(times):
        before, after = narrative(hands), tablets.words("typed before the crash")
        hands.field("text").locator("textarea").fill(after)
        hands.page.wait_for_timeout(chance.uniform(0, 700))
        if browser:
            hands.profile.kill()
            hands = tablets.again(hands)
        else:
            with contextlib.suppress(Error):
                hands.page.goto("chrome://crash", timeout=5_000)
            hands.page = hands.context.new_page()
            hands.start()
        back(hands, tablets, response)
        survived(hands, tablets)
        torn(hands, tablets, before, after)


def test_f18_a_tab_that_crashes_while_saving(tablets: Scene) -> None:
    rounds(tablets, 20, browser=False)


def test_f19_a_browser_that_is_killed_while_saving(tablets: Scene) -> None:
    rounds(tablets, 20, browser=True)


def test_f19_a_browser_that_is_killed_once(tablets: Scene) -> None:
    rounds(tablets, 2, browser=True)


def test_f20_a_tab_closed_right_after_the_last_key(tablets: Scene) -> None:
    """Until it says "Saved" it says "Saving…": nobody is told more than is true."""
    hands, response = begun(tablets, offline=True)
    before, after = narrative(hands), tablets.words("the last key")
    hands.field("text").locator("textarea").press_sequentially(after[-6:])
    expect(hands.status).to_have_attribute("data-state", "saving")
    after = before + after[-6:]
    hands.page.close()
    hands.page = hands.context.new_page()
    hands.start()
    back(hands, tablets, response)
    torn(hands, tablets, before, after)


def test_f21_a_reload_in_the_middle_of_a_form(tablets: Scene) -> None:
    hands, response = begun(tablets, disk=False)
    before = narrative(hands)
    address = hands.page.url
    hands.page.reload()
    hands.unlock(tablets.world.paramedic)
    assert hands.page.url == address
    expect(hands.field("text").locator("textarea")).to_have_value(before)
    hands.put(text=tablets.words("after the reload"))
    hands.kept()
    assert hands.response == response


def test_f22_killed_between_the_servers_word_and_its_own_note(tablets: Scene) -> None:
    """The server has it, the tablet was killed before it could note that: it offers it again, and nothing doubles."""
    hands, response = begun(tablets)
    hands.settle()
    tablets.network.next(breakage.black_hole_after)
    text = tablets.words("twice under way")
    hands.put(text=text)
    hands.kept()
    tablets.until(lambda: Narrative.objects.filter(encounter=response, text=text).exists())
    unsure = hands.pending()
    assert unsure
    hands.profile.kill()
    hands = tablets.again(hands)
    hands.settle()  # locked: nobody has to sign in or unlock for it
    assert Envelope.objects.filter(pk__in=unsure, outcome="applied").count() == len(unsure)


def test_f31_a_double_tap_on_sign_signs_once(tablets: Scene) -> None:
    hands, response = begun(tablets, disk=False)
    hands.fill_in(response, "disposition", code="no_contact_welfare")
    hands.kept()
    for name in ("on_scene_at", "cleared_at"):
        hands.tap_time(name)
    hands.settle()
    hands.refresh(response)
    hands.review_here(response)
    hands.page.locator("[data-sign-now]").dblclick(delay=20)
    hands.page.wait_for_url(lambda url: "#/record/" in url)
    hands.settle()
    assert Envelope.objects.filter(encounter=response, type="record.sign").count() == 1
    assert Encounter.objects.get(pk=response).signed_by == tablets.world.paramedic
