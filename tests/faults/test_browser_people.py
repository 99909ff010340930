"""Two tabs, two people, one tablet: who may write, who may read, and whose words go on."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import expect

from mih.encounters.models import Encounter, Narrative
from mih.field.models import Envelope
from tests.browser.tablet_app.app import OTHER_PIN, PIN
from tests.faults import breakage
from tests.faults.hands import Hands
from tests.faults.scene import Scene

pytestmark = pytest.mark.browser

SHORT = pytest.mark.faults_short

NO_LOCKS = """
if ("LockManager" in globalThis) LockManager.prototype.request = (name, options, work) => (work ?? options)({ name, mode: "exclusive" });
"""
HOLD = """() => void navigator.locks.request("mih:push", () => new Promise(() => {})).catch(() => {})"""


def begun(tablets: Scene, *, timed: bool = False) -> tuple[Hands, UUID]:
    """The paramedic on the narrative of a response that the server knows."""
    hands = tablets.browser(timed=timed)
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words("as it began"))
    hands.kept()
    hands.settle()
    return hands, response


def test_f23_a_second_tab_reads_until_it_takes_over(tablets: Scene) -> None:
    hands, response = begun(tablets)
    second = hands.tab()
    second.unlock(tablets.world.paramedic)
    second.turn(response, "narrative")
    held = second.page.locator("[data-slot=held]")
    expect(held).to_be_visible()
    expect(second.field("text").locator("textarea")).to_be_disabled()
    expect(hands.field("text").locator("textarea")).to_be_enabled()
    held.locator("[data-take-over]").click()
    expect(second.field("text").locator("textarea")).to_be_enabled()
    expect(hands.field("text").locator("textarea")).to_be_disabled()
    second.put(text=tablets.words("from the second tab"))
    second.kept()


def test_f24_two_tabs_that_push_at_once_without_a_lock(tablets: Scene) -> None:
    hands = tablets.browser()
    hands.context.add_init_script(NO_LOCKS)
    hands.page.reload()
    hands.unlock(tablets.world.paramedic)
    first = hands.respond()
    second = hands.tab()
    second.unlock(tablets.world.paramedic)
    tablets.network.next(breakage.delayed(0.5), times=None)
    other = second.respond()
    hands.fill_in(first, "narrative", text=tablets.words("in the first tab"))
    second.fill_in(other, "narrative", text=tablets.words("in the second tab"))
    hands.kept()
    second.kept()
    hands.settle()
    assert Narrative.objects.filter(encounter__in=[first, other]).count() == 2


def test_f25_a_frozen_tab_that_holds_the_lock_stops_nobody_for_long(tablets: Scene) -> None:
    hands, response = begun(tablets)
    frozen = hands.context.new_page()
    frozen.goto(f"{hands.base}/field/manifest.webmanifest")
    frozen.evaluate(HOLD)
    hands.page.bring_to_front()
    hands.context.new_cdp_session(frozen).send("Page.setWebLifecycleState", {"state": "frozen"})
    text = tablets.words("while a tab is frozen")
    hands.put(text=text)
    hands.kept()
    hands.settle(seconds=75)
    assert Narrative.objects.get(encounter=response).text == text
    frozen.close()


@SHORT
def test_f48_an_idle_tablet_keeps_the_half_word_and_empties_the_page(tablets: Scene) -> None:
    hands, response = begun(tablets, timed=True)
    word = tablets.words()
    area = hands.field("text").locator("textarea")
    area.fill("")
    area.press_sequentially(word)
    hands.later(130)
    hands.locked()
    assert not hands.shows(word)
    assert not hands.shows("as it began")
    hands.later(1)
    hands.unlock(tablets.world.paramedic)
    expect(hands.field("text").locator("textarea")).to_have_value(word)
    hands.put(text=word)
    hands.kept()
    tablets.until(lambda: Narrative.objects.filter(encounter=response, text=word).exists())


def test_f49_ten_wrong_pins_destroy_the_key_and_lose_nothing(tablets: Scene) -> None:
    pat = tablets.world.paramedic
    hands = tablets.browser(timed=True)
    tablets.network.cut()
    responses = [hands.respond() for _ in range(3)]
    for response in responses:
        hands.fill_in(response, "narrative", text=tablets.words())
        hands.kept()
    assert len(hands.pending()) >= 5
    hands.lock()
    hands.choose(pat) if not hands.page.locator("[data-lock-pin]").is_visible() else None
    for _ in range(10):
        hands.keys("918273")
        hands.page.wait_for_timeout(250)
        hands.later(600)
    expect(hands.page.locator("[data-lock-gone]")).to_be_visible()
    [row] = hands.rows("users")
    assert row["slot"] is None
    assert not hands.rows("drafts")
    assert len(hands.pending()) >= 5
    tablets.heal()
    hands.later(320)
    hands.settle()
    assert Envelope.objects.filter(encounter__in=responses, author=pat.pk).count() >= 5


@SHORT
def test_f50_the_next_user_keeps_the_last_users_work_and_cannot_read_it(tablets: Scene) -> None:
    pat, nia = tablets.world.paramedic, tablets.world.navigator
    hands = tablets.browser(pat)
    tablets.network.next(breakage.refused(503, "away"), times=None)
    response = hands.respond()
    secret = tablets.words("only for the first user")
    hands.fill_in(response, "narrative", text=secret)
    hands.kept()
    waiting = hands.pending()
    hands.lock()
    hands.taken(nia)
    hands.enrol(nia, OTHER_PIN)
    hands.pulled()
    assert waiting <= hands.pending()
    hands.go(f"#/r/{response}/narrative")
    expect(hands.page.locator("main h1")).to_have_text(re.compile("not on this tablet"))
    assert not hands.shows(secret)
    mine = hands.respond()
    hands.fill_in(mine, "narrative", text=tablets.words("by the second user"))
    hands.kept()
    tablets.heal()
    hands.settle()
    rows = dict(Envelope.objects.filter(encounter__in=[response, mine]).values_list("encounter", "author"))
    assert rows == {response: pat.pk, mine: nia.pk}
    hands.lock()
    hands.taken(pat)
    hands.unlock(pat, PIN)
    hands.turn(response, "narrative")
    expect(hands.field("text").locator("textarea")).to_have_value(secret)


def test_f51_the_end_of_a_shift_with_work_unsent_says_so_and_sends_it(tablets: Scene) -> None:
    hands = tablets.browser()
    tablets.network.cut()
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    hands.go("#/end")
    expect(hands.page.locator("[data-step=unsent]")).to_be_visible()
    expect(hands.page.locator("[data-step=unsent]:visible")).to_contain_text("not received yet")
    hands.lock()
    tablets.heal()
    hands.settle()
    assert Encounter.objects.filter(pk=response).exists()
    hands.unlock(tablets.world.paramedic)
    hands.go("#/end")
    expect(hands.page.locator("[data-step=receipt]:visible")).to_contain_text("0 unsent")
