"""The service worker: a new release while somebody types, an old tab, a worker that is gone."""

import pytest
from playwright.sync_api import expect

from tests.faults import breakage
from tests.faults.scene import Scene

pytestmark = pytest.mark.browser


def build(tablets: Scene) -> str:
    """The build the app now shows."""
    found: str = tablets.hands[0].page.evaluate("document.documentElement.dataset.build")
    return found


def publish(tablets: Scene, old: str, new: str) -> None:
    """Put another build in the place of the old one: worker and document name the new one."""
    renamed = breakage.rewritten(lambda text: text.replace(old, new))
    for path in ("/field/sw.js", "/field/shell/"):
        tablets.network.next(renamed, path=path, times=None)


def test_f39_a_new_release_waits_until_nobody_types(tablets: Scene) -> None:
    pat = tablets.world.paramedic
    hands = tablets.browser(pat)
    response = hands.respond()
    hands.turn(response, "narrative")
    old = build(tablets)
    new = "b" * len(old)
    area = hands.field("text").locator("textarea")
    area.press_sequentially("half a w")
    publish(tablets, old, new)
    hands.page.evaluate("navigator.serviceWorker.getRegistration().then((worker) => worker.update())")
    expect(hands.page.locator("[data-banner=update]")).to_be_visible()
    assert build(tablets) == old
    expect(area).to_have_value("half a w")
    text = tablets.words("the whole word")
    hands.put(text=text)
    hands.kept()
    hands.settle()
    with hands.page.expect_navigation():
        hands.page.locator("[data-keep] [data-lock-now]").click()
    hands.locked()
    assert build(tablets) == new
    hands.unlock(pat)
    hands.turn(response, "narrative")
    expect(hands.field("text").locator("textarea")).to_have_value(text)


def test_f40_an_old_tab_still_gets_its_files_after_a_release_took_them_away(tablets: Scene) -> None:
    hands = tablets.browser()
    old = build(tablets)
    publish(tablets, old, "c" * len(old))
    tablets.network.next(breakage.answered(404, b"gone"), path="/static/", times=None)
    files = hands.page.evaluate(
        "Promise.all([...document.querySelectorAll('script[src], link[rel=stylesheet]')]"
        ".map((one) => fetch(one.src || one.href).then(({ status }) => status)))"
    )
    assert set(files) == {200}
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words("in the old tab"))
    hands.kept()


def test_f57_a_worker_that_is_gone_stops_nothing_and_comes_back(tablets: Scene) -> None:
    hands = tablets.browser()
    session = hands.context.new_cdp_session(hands.page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words("with a stopped worker"))
    hands.kept()
    session.send("ServiceWorker.unregister", {"scopeURL": f"{hands.base}/field/"})
    hands.put(text=tablets.words("with no worker"))
    hands.kept()
    hands.settle()
    hands.page.reload()
    hands.worker()
    tablets.network.cut()
    hands.page.reload()
    hands.unlock(tablets.world.paramedic)
    hands.turn(response, "narrative")
