"""The browser's storage fills up, closes, is of another version, or is gone."""

from uuid import UUID

import pytest
from playwright.sync_api import expect

from mih.encounters.models import Narrative
from mih.field.models import Envelope, MissingItem
from tests.faults import breakage
from tests.faults.hands import Hands
from tests.faults.scene import Scene

pytestmark = pytest.mark.browser

NEWER = """
async () => {
  const [{ version }] = (await indexedDB.databases()).filter(({ name }) => name === "mih-field");
  const db = await new Promise((resolve, reject) => {
    const asked = indexedDB.open("mih-field", version + 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("of_a_later_release", { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const found = db.version;
  db.close();
  return found;
}
"""
ONCE_CLOSED = """
() => {
  const { transaction } = IDBDatabase.prototype;
  let left = 2;
  IDBDatabase.prototype.transaction = function (...args) {
    if (left-- > 0) { this.close(); throw new DOMException("The connection is closing.", "InvalidStateError"); }
    return transaction.apply(this, args);
  };
}
"""
FULL = """
() => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function () {
    const request = put.apply(this, arguments);
    this.transaction.abort();
    return request;
  };
  window.thereIsRoom = () => { IDBObjectStore.prototype.put = put; };
}
"""
GONE = """
() => {
  IDBDatabase.prototype.transaction = () => { throw new DOMException("lost", "UnknownError"); };
  IDBFactory.prototype.open = () => { throw new DOMException("lost", "UnknownError"); };
}
"""


def begun(tablets: Scene) -> tuple[Hands, UUID]:
    hands = tablets.browser()
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words("as it began"))
    hands.kept()
    return hands, response


def test_f41_a_newer_database_is_opened_by_an_older_app(tablets: Scene) -> None:
    hands, response = begun(tablets)
    tablets.network.cut()
    last = tablets.words("before the release was taken back")
    hands.put(text=last)
    hands.kept()
    assert hands.page.evaluate(NEWER) >= 2
    hands.page.reload()
    hands.unlock(tablets.world.paramedic)
    hands.turn(response, "narrative")
    expect(hands.field("text").locator("textarea")).to_have_value(last)
    hands.put(text=tablets.words("and after it"))
    hands.kept()
    assert hands.pending()


def test_f43_a_full_disk_during_autosave_alerts_and_sends_from_memory(tablets: Scene) -> None:
    """The quota of Chromium cannot be reached by typing; a quota of nothing is set, and the words go by themselves."""
    hands, response = begun(tablets)
    tablets.network.next(breakage.refused(503, "away"), times=None)
    hands.put(text=tablets.words("still on the disk"))
    hands.kept()
    before = hands.pending()
    hands.context.new_cdp_session(hands.page).send(
        "Storage.overrideQuotaForOrigin", {"origin": hands.base, "quotaSize": 1}
    )
    text = tablets.words("no room for this")
    hands.page.evaluate(FULL)
    hands.put(text=text)
    expect(hands.page.locator("[data-banner=memory]")).to_be_visible()
    expect(hands.status).to_have_attribute("data-state", "memory")
    assert before <= hands.pending()
    tablets.heal()
    hands.go("#/unsent")
    hands.page.locator("[data-send-now]").click()
    tablets.until(lambda: Narrative.objects.filter(encounter=response, text=text).exists())
    hands.page.evaluate("window.thereIsRoom()")
    hands.forget()


def test_f45_a_lost_connection_to_the_storage_is_opened_anew(tablets: Scene) -> None:
    hands, response = begun(tablets)
    hands.settle()
    hands.page.evaluate(ONCE_CLOSED)
    text = tablets.words("through a new connection")
    hands.put(text=text)
    hands.kept()
    hands.settle()
    assert Narrative.objects.get(encounter=response).text == text


def test_f45_a_storage_that_is_gone_is_said_and_the_words_go_from_memory(tablets: Scene) -> None:
    hands, response = begun(tablets)
    hands.settle()
    hands.page.evaluate(GONE)
    text = tablets.words("only in memory")
    hands.put(text=text)
    expect(hands.page.locator("[data-banner=memory]")).to_be_visible()
    expect(hands.status).to_have_attribute("data-state", "memory")
    tablets.until(lambda: Narrative.objects.filter(encounter=response, text=text).exists())
    hands.forget()
    hands.page.reload()
    # What the storage said when it was asked, where nobody could do anything about it.
    hands.profile.problems[:] = [problem for problem in hands.profile.problems if problem != "lost"]


def test_f46_evicted_storage_is_noticed_and_names_what_never_came(tablets: Scene) -> None:
    """The server knows by the tablet's own reports what waited there, and by whom: people are told, nothing is made up."""
    pat = tablets.world.paramedic
    hands, response = begun(tablets)
    hands.settle()
    tablets.network.next(breakage.refused(503, "away"), times=None)
    lost = tablets.words("never sent")
    hands.put(text=lost)
    hands.kept()
    missing = hands.pending()
    hands.report()
    hands.page.goto("about:blank")
    hands.context.new_cdp_session(hands.page).send(
        "Storage.clearDataForOrigin",
        {"origin": hands.base, "storageTypes": "indexeddb,cache_storage,service_workers,local_storage"},
    )
    tablets.heal()
    hands.enrol(pat)
    hands.report()
    tablets.until(lambda: MissingItem.objects.filter(mid__in=missing).count() == len(missing))
    assert set(MissingItem.objects.filter(mid__in=missing).values_list("staff", flat=True)) == {pat.pk}
    assert not Envelope.objects.filter(pk__in=missing).exists()
    # The one fault after which saved words are gone: the ledger lets go of exactly those the server has named.
    tablets.ledger.lost(missing, [lost])
    assert Narrative.objects.get(encounter=response).text != lost
