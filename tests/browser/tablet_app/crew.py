"""What a crew does in the workspace of the offline tablet, by the data attributes its screens promise."""

import re
from typing import Any

from playwright.sync_api import Locator, expect

from mih.accounts.models import Staff
from tests.browser.tablet import Tablet
from tests.browser.tablet_app.app import AppTablet

KEPT_FORMS = """
async () => {
  const list = await fetch("/field/bundle/").then((answer) => answer.json());
  const wanted = Object.values(list.forms).map(({sha}) => `/field/forms/${sha}/`).concat("/field/bundle/");
  const kept = async () => {
    if (!navigator.serviceWorker.controller) return false;
    const found = await Promise.all(wanted.map((path) => caches.match(path, {ignoreVary: true})));
    return found.every(Boolean);
  };
  const until = Date.now() + 90000;
  while (!(await kept())) {
    if (Date.now() > until) throw new Error("The forms were never kept on this tablet.");
    await new Promise((soon) => setTimeout(soon, 50));
  }
}
"""
"""Resolves once every form of the list, and the list, can be had without a network."""

ALL_RECEIVED = """
async () => {
  const {saved, received} = window.mihSeen;
  const open = () => {
    const done = new Set([...received.map(({mid}) => mid), ...saved.map(({replaces}) => replaces)]);
    return saved.filter(({mid}) => !done.has(mid));
  };
  const until = Date.now() + 90000;
  while (open().length > 0) {
    if (Date.now() > until) throw new Error(`Never received: ${JSON.stringify(open())}`);
    window.dispatchEvent(new Event("online"));
    await new Promise((soon) => setTimeout(soon, 200));
  }
}
"""
"""Resolves once everything saved in this page was received, or replaced by what was."""


class Crew(Tablet):
    """The workspace in somebody's hands. Fields are answered as on the server's own pages."""

    def __init__(self, tablet: AppTablet, staff: Staff) -> None:
        self.app = tablet
        self.staff = staff
        self.base = tablet.base
        self.page = tablet.page

    def ready(self) -> None:
        """Wait until the forms are kept on the tablet for use without a signal."""
        self.page.evaluate(KEPT_FORMS)

    @property
    def encounter(self) -> str:
        """The response that stands open."""
        return self.page.locator("[data-workspace]").get_attribute("data-encounter") or ""

    # Going on

    def start(self, **values: Any) -> None:
        """Start a response to a call that nobody has logged."""
        self.app.go("#/new")
        expect(self.page.locator("[data-call-form]")).to_be_visible()
        for name, value in values.items():
            self._answer(self.page.locator(f'[data-call-form] [data-field="{name}"]'), value)
        self.page.locator("[data-start-response]").click()
        expect(self.page.locator("[data-workspace]")).to_be_visible()

    def add_person(self, **values: Any) -> None:
        """Add somebody nobody knows."""
        self.page.locator("[data-find-person]").click()
        self.page.locator("[data-add-person]").click()
        for name, value in values.items():
            self._answer(self.page.locator(f'[data-new-person] [data-field="{name}"]'), value)
        self.page.locator("[data-save-person]").click()
        self.at("person")

    def turn_to(self, form: str) -> None:
        self.page.locator(f"[data-rail={form}]").click()
        self.at(form)

    def at(self, form: str) -> None:
        """Wait until a form stands open."""
        expect(self.page.locator(f'form[data-form="{form}"]')).to_be_visible()

    def open(self, response: Any, form: str = "", record: object = "") -> None:
        self.app.open(response, form, record)
        if form:
            self.at(form)

    # Keeping

    def kept(self) -> None:
        """Wait until nothing typed is unkept."""
        expect(self.app.status).to_have_attribute(
            "data-state", re.compile("saved|received|sending|attention")
        )

    def received(self) -> None:
        """Wait until the server has everything kept so far, asking for it now."""
        self.kept()
        self.page.evaluate(ALL_RECEIVED)

    # The end

    def review(self) -> list[tuple[str, str]]:
        """Open the review; what is missing, as (form, field)."""
        self.page.locator("[data-review]").click()
        expect(self.page.locator("[data-review-ready]")).to_be_visible()
        # All at once: the list is drawn anew whenever the server says more.
        found = self.page.locator("[data-gap]").evaluate_all(
            "all => all.map(one => [one.dataset.gapForm ?? '', one.dataset.gapField ?? ''])"
        )
        return [(form, field) for form, field in found]

    def sign(self) -> None:
        """Sign from the review, confirming it."""
        self.page.locator("[data-sign]").click()
        self.page.locator("[data-sign-now]").click()
        expect(self.page.locator("[data-signed]")).to_be_visible()

    @property
    def signature(self) -> Locator:
        """What the record says of its signature."""
        return self.page.locator("[data-signed]")

    def pull(self) -> None:
        """Take up the news by locking and unlocking, which asks the server for them."""
        self.app.lock()
        self.app.unlock(self.staff)
