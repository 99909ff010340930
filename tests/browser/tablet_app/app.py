"""The offline tablet in somebody's hands: enrolled, unlocked, used; in the words of the crew.

Everything goes by the data attributes and words that the shell promises, never by position or class.
"""

import re
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mih.accounts.models import Staff
from mih.encounters.models import Encounter, Incident
from mih.field.models import Envelope

PIN = "482916"
OTHER_PIN = "730518"

SAVED = "saved"
RECEIVED = "received"

WATCH = """
window.mihSeen = {saved: [], received: []};
document.addEventListener("mih:saved", (event) => window.mihSeen.saved.push(event.detail));
document.addEventListener("mih:received", (event) => window.mihSeen.received.push(event.detail));
"""
"""Notes the page events, which hold no values."""

CHEAP_PIN = """
async () => {
  const open = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open("mih-field");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const db = await open();
  const work = db.transaction("meta", "readwrite");
  work.objectStore("meta").put({name: "pin_cost", memory: 64, passes: 1});
  await new Promise((resolve, reject) => { work.oncomplete = resolve; work.onerror = () => reject(work.error); });
  db.close();
}
"""
"""Stores parameters that make a PIN cheap, as the measurement at enrolment would store dear ones."""


class AppTablet:
    """One page of one tablet. Several people may use it."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context = context
        self.base = base
        context.add_init_script(WATCH)
        self.page: Page = context.new_page()

    def own_clock(self) -> None:
        """Put the page's clock into the test's hands, before the app is opened.

        Laid upon an app that stands, Playwright's clock reads 1970 for a moment: the tablet may look at it just then and
        lock, as it does when a clock is set back.
        """
        assert self.page.url == "about:blank"
        self.page.clock.install()

    # Signing in and enrolling

    def sign_in(self, staff: Staff) -> None:
        """Give the browser a session of `staff`."""
        client = Client()
        client.force_login(staff)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.base}
        self.context.add_cookies([cookie])  # type: ignore[list-item]

    def sign_out(self) -> None:
        """End the session of this browser; the tablet itself stays enrolled."""
        self.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    def enrol(self, staff: Staff, pin: str = PIN, name: str = "Tablet 7") -> None:
        """Sign in, set the tablet up or join it, and end on the start page."""
        self.sign_in(staff)
        if self.page.url.startswith(self.base):
            self.go("#/setup/add")
        else:
            self.page.goto(f"{self.base}/field/setup/")
        self.cheap_pin()
        field = self.page.locator("#tablet-name")
        expect(self.page.locator(":is([data-step=name], [data-step=pin]):visible").first).to_be_visible()
        if field.is_visible():
            field.fill(name)
            field.press("Enter")
        self.choose_pin(pin)
        expect(self.page.locator("[data-today]")).to_be_visible()

    def cheap_pin(self) -> None:
        """Make the PINs of this tablet cheap to try, for a loaded machine."""
        expect(self.page.locator("main h1").first).to_be_visible()
        self.page.evaluate(CHEAP_PIN)

    def choose_pin(self, pin: str) -> None:
        """Enter a new PIN twice."""
        self.keys(pin)
        expect(self.page.locator("#pin-label")).to_have_text("Enter the same PIN once more")
        self.keys(pin)

    def keys(self, pin: str) -> None:
        """Tap a PIN on the keypad and its last key."""
        pad = self.page.locator("[data-pin]")
        for digit in pin:
            pad.locator(f"[data-digit='{digit}']").click()
        pad.locator("[data-enter]").click()

    # Locking

    def lock(self) -> None:
        """Lock by the button of the top bar."""
        self.page.locator("[data-keep] [data-lock-now]").click()
        self.locked()

    def locked(self) -> None:
        """Wait until the tablet is locked and shows its tiles or somebody's keypad."""
        expect(self.page.locator("[data-lock] > section:visible")).to_be_visible()

    def choose(self, staff: Staff) -> None:
        """Show somebody's keypad on the locked tablet."""
        self.locked()
        who = self.page.locator("[data-lock-who]")
        if not who.is_visible():
            self.page.locator("[data-lock] [data-back]:visible").click()
        tile = who.locator(f"[data-tile='{staff.pk}']")
        tile.click()
        with suppress(AssertionError):
            expect(who).to_be_hidden(timeout=3_000)
        if who.is_visible():  # the tiles were drawn anew between the finger's going down and its coming up
            tile.click()

    def unlock(self, staff: Staff, pin: str = PIN) -> None:
        """Unlock and wait for the screen behind."""
        self.choose(staff)
        self.keys(pin)
        expect(self.page.locator("[data-lock]")).to_have_count(0)

    # Going places

    def go(self, hash_: str) -> None:
        """Turn to a screen: `go("#/unsent")`."""
        self.page.evaluate("hash => { location.hash = hash; }", hash_)

    def today(self) -> None:
        self.go("#/")
        expect(self.page.locator("[data-today]")).to_be_visible()

    def open(self, response: Encounter | str, form: str = "", record: object = "") -> None:
        """Open a response, at one of its forms when named."""
        parts = ["#/r", str(getattr(response, "pk", response)), form, str(record)]
        self.go("/".join(part for part in parts if part))

    def learn(self, call: Incident) -> None:
        """Ask the server until today's list shows a call: an answer under way may be older than the call."""
        self.today()
        shown = self.page.locator(f"[data-call='{call.pk}']")
        for _ in range(60):
            self.page.locator("[data-refresh]").click()
            self.page.wait_for_timeout(500)
            if shown.is_visible():
                return
        expect(shown).to_be_visible()

    def respond(self, call: Incident) -> None:
        """Take a call of today's list: the response is begun on the tablet, with or without a network."""
        self.today()
        before = len(self.seen("saved"))
        self.page.locator(f"[data-call='{call.pk}'] [data-respond]").click()
        self.page.wait_for_url(re.compile("#/r/"))
        self.page.wait_for_function("before => window.mihSeen.saved.length > before", arg=before)

    def arrived(self, call: Incident) -> None:
        """Wait until the server has the response to a call."""
        for _ in range(200):
            if Encounter.objects.filter(incident=call).exists():
                return
            self.page.wait_for_timeout(200)
        told = list(Envelope.objects.values_list("type", "outcome", "detail"))
        raise AssertionError(f"The response never reached the server, which holds {told}")

    def offline(self) -> None:
        self.context.set_offline(True)

    def online(self) -> None:
        self.context.set_offline(False)

    # What it says

    @property
    def status(self) -> Locator:
        """The one status place."""
        return self.page.locator("[data-keep-state]")

    def says(self, state: str) -> None:
        """Wait until the status place is in this state: "saved", "received"."""
        expect(self.status).to_have_attribute("data-state", state)

    def seen(self, what: str) -> list[dict[str, Any]]:
        """What the page told of by events: "saved" or "received"."""
        found: list[dict[str, Any]] = self.page.evaluate("what => window.mihSeen[what]", what)
        return found
