"""A tablet's browser in somebody's hands, whose promises go into the ledger. Built on the page objects of the app."""

import copy
import re
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

from playwright.sync_api import Error, expect

from mih.accounts.models import Staff
from tests.browser.tablet import Tablet as Desk
from tests.browser.tablet_app.app import PIN, AppTablet
from tests.faults.ledger import Ledger, Typed
from tests.faults.profiles import Profile

NOBODY = UUID(int=0)
KEPT = re.compile("^(saved|received|sending|attention)$")


class Hands(AppTablet, Desk):  # type: ignore[misc]
    """One page of a tablet; several people may use it, one after the other."""

    def __init__(self, profile: Profile, base: str, **options: Any) -> None:
        self.profile: Profile = profile
        self.ledger: Ledger = profile.ledger
        self.by: Staff | None = None
        self.unconfirmed: list[Typed] = []
        self.before: dict[UUID, UUID | None] = {}
        super().__init__(profile.open(**options), base)
        self.page.goto("about:blank")
        for page in self.context.pages:
            if page != self.page:
                page.close()

    def tab(self) -> "Hands":
        """Another page of the same tablet, opened and still locked."""
        made = copy.copy(self)
        made.unconfirmed, made.before = [], {}
        made.page = self.context.new_page()
        made.start()
        return made

    def later(self, seconds: float) -> None:
        """Let the page's clock run on, which is in the test's hands."""
        self.page.clock.fast_forward(int(seconds * 1000))

    def shows(self, word: str) -> bool:
        """Whether a word stands anywhere in the page, in its text or in a control."""
        return word in self.page.content() or bool(self.page.evaluate(IN_A_CONTROL, word))

    # Beginning

    def start(self) -> None:
        """Open the app as from the home screen."""
        self.page.goto(f"{self.base}/field/")

    def respond(self) -> UUID:
        """Start a response to a call of one's own."""
        self.go("#/new")
        self.page.locator("[data-start-response]").click()
        self.page.wait_for_url(lambda url: "#/r/" in url or "#/whom/" in url)
        return self.response

    @property
    def response(self) -> UUID:
        """The response that stands open."""
        return UUID(self.page.url.partition("#/")[2].split("/")[1])

    def fill_in(self, response: UUID, form: str, **values: Any) -> None:
        """Turn to a form of a response and type."""
        self.turn(response, form)
        self.put(**values)

    def turn(self, response: UUID, form: str) -> None:
        """Turn to a form and wait for it."""
        self.open(str(response), form)
        expect(self.page.locator(f"form[data-form={form}]")).to_be_visible()

    def put(self, **values: Any) -> None:
        """Type into the open form; what is typed counts once the tablet says that it is saved (`kept`)."""
        form = self.page.locator("form[data-record]")
        about = (self.response, form.get_attribute("data-form") or "", UUID(self.record))
        self.answer(**values)
        assert self.by
        encounter, key, record = about
        self.before.setdefault(record, self.ledger.last.get((self.by.pk, record)))
        for name, value in values.items():
            self.unconfirmed.append(Typed(self.by.pk, encounter, key, record, name, value))

    def many(self, response: UUID, form: str, field: str, values: list[str]) -> None:
        """Fill that many entries of a form, one field each, as fast as the page takes them."""
        records: list[str] = self.page.evaluate(MANY, [str(response), form, field, values])
        assert self.by
        for record, value in zip(records, values, strict=True):
            self.ledger.type(Typed(self.by.pk, response, form, UUID(record), field, value))

    def kept(self) -> None:
        """Wait for "Saved on this tablet" or "Received"; from here on what was typed must never be lost."""
        expect(self.page.locator("[data-keep-state]")).to_have_attribute("data-state", KEPT)
        self.told()
        for typed in self.unconfirmed:
            self.ledger.type(replace(typed, mid=self.ledger.last.get((typed.author, typed.record))))
        self.unconfirmed.clear()

    def noted(self, name: str, value: Any) -> None:
        """A value stands in the open form's field that was typed before a crash and outlived it."""
        assert self.by
        record = UUID(self.record)
        form = self.page.locator("form[data-record]").get_attribute("data-form") or ""
        mid = self.ledger.last.get((self.by.pk, record))
        self.ledger.type(Typed(self.by.pk, self.response, form, record, name, value, mid))

    def told(self) -> None:
        """Wait until the page's word has reached the ledger; a value that was there already brings none."""
        assert self.by
        self.page.evaluate("0")  # everything the page has told so far has arrived
        for record, before in self.before.items():
            end = time.monotonic() + 2
            while self.ledger.last.get((self.by.pk, record)) == before and time.monotonic() < end:
                self.page.wait_for_timeout(20)
        self.before.clear()

    def forget(self) -> None:
        """What was typed and never called saved is nobody's loss."""
        self.unconfirmed.clear()
        self.before.clear()

    def report(self) -> None:
        """Let the tablet tell the server what waits on it, as the check before a shift does."""
        with self.page.expect_response(lambda answer: "/field/api/report" in answer.url and answer.ok):
            self.go("#/checkin")

    def refresh(self, response: UUID) -> None:
        """Ask the server anew and see the response on the start page."""
        self.today()
        slip = self.page.locator(f'[data-response][href*="{response}"]')
        for _ in range(60):
            self.page.locator("[data-refresh]").click()
            self.page.wait_for_timeout(500)
            if slip.count():
                return
        expect(slip).to_be_visible()

    def review_here(self, response: UUID) -> None:
        """Open the review and ask to sign."""
        self.go(f"#/review/{response}")
        try:
            self.page.locator("[data-sign]").click()
        except Error as problem:
            problem.add_note(self.page.locator("main").inner_text())
            raise

    def sign_here(self, response: UUID) -> None:
        """Review and sign on this tablet, with or without a network."""
        self.review_here(response)
        self.page.locator("[data-sign-now]").click()
        self.page.wait_for_url(lambda url: "#/record/" in url)

    # What it says

    def count(self) -> int:
        """How many are not sent, as the status place says."""
        link = self.page.locator("[data-keep-count]")
        return int((link.text_content() or "0").split()[0]) if link.is_visible() else 0

    def rows(self, store: str) -> list[dict[str, Any]]:
        """Rows of the tablet's own database, without their sealed parts."""
        found: list[dict[str, Any]] = self.page.evaluate(ROWS, store)
        return found

    def pending(self) -> set[UUID]:
        """What the tablet keeps and has not been told is received."""
        return {UUID(row["mid"]) for row in self.rows("outbox")}

    def settle(self, seconds: float = 90.0) -> None:
        """Wait, without a touch, until nothing is left to send."""
        end = time.monotonic() + seconds
        while True:
            try:
                left = self.pending()
            except Error:
                left = {NOBODY}
            if not left:
                return
            assert time.monotonic() < end, f"I8: {len(left)} still unsent after {seconds:.0f} s: {self.why()}"
            self.page.wait_for_timeout(150)

    def why(self) -> str:
        """What the status place says, for a failure's message."""
        words = self.page.locator("[data-keep-words]")
        return words.first.text_content() or "" if words.count() else ""

    def enrolled(self, staff: Staff, pin: str = PIN) -> None:
        """Set the tablet up for somebody who then has it in their hands."""
        self.taken(staff)
        self.enrol(staff, pin)
        self.pulled()
        self.worker()

    def pulled(self) -> None:
        """Wait until the tablet knows what its user may write: the first pull has come."""
        assert self.by
        end = time.monotonic() + 90
        while not any(row["staff"] == str(self.by.pk) and row["id"] == "lists" for row in self.rows("cases")):
            assert time.monotonic() < end, "The first pull never came."
            self.page.wait_for_timeout(100)

    def taken(self, staff: Staff) -> None:
        """Somebody else has the tablet now."""
        self.by = staff
        self.profile.who.append(staff)

    def worker(self) -> None:
        """Wait until the app opens without a network: the worker stands and keeps the forms."""
        end = time.monotonic() + 90
        while not self.page.evaluate(READY):
            assert time.monotonic() < end, "The app never became ready to open without a network."
            self.page.wait_for_timeout(100)


IN_A_CONTROL = """
(word) => [...document.querySelectorAll("input, textarea")].some(({ value }) => value.includes(word))
"""

MANY = """
async ([response, form, field, values]) => {
  const once = (name) => new Promise((seen) => document.addEventListener(name, seen, { once: true }));
  const records = [];
  for (const value of values) {
    const record = crypto.randomUUID();
    location.hash = `#/r/${response}/${form}/${record}`;
    let input = null;
    while (!input) {
      await new Promise((next) => setTimeout(next, 5));
      input = document.querySelector(`form[data-record="${record}"] [name="${field}"]`);
    }
    const saved = once("mih:saved");
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await saved;
    records.push(record);
  }
  return records;
}
"""

ROWS = """
async (store) => {
  const db = await new Promise((resolve, reject) => {
    const asked = indexedDB.open("mih-field");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  try {
    if (!db.objectStoreNames.contains(store)) return [];
    const all = db.transaction(store).objectStore(store).getAll();
    const rows = await new Promise((resolve, reject) => {
      all.onsuccess = () => resolve(all.result);
      all.onerror = () => reject(all.error);
    });
    return rows.map((row) => Object.fromEntries(
      Object.entries(row).filter(([, value]) => !(value instanceof Uint8Array))));
  } finally {
    db.close();
  }
}
"""

READY = """
async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration?.active || !navigator.serviceWorker.controller) return false;
  const forms = await caches.open("mih-forms");
  return (await forms.keys()).length > 40;
}
"""
