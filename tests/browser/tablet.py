"""A tablet in somebody's hands: what a test does with it, in the words of the crew.

Everything goes by the data attributes that the pages promise: `data-field`, `data-rail`, `data-time`, `data-gap`,
`data-alarm` and the like; never by position or class.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mih.accounts.models import Staff
from mih.encounters.models import Encounter

SIZE = {"width": 1180, "height": 820}
DEVICE: dict[str, Any] = {"timezone_id": "America/Chicago", "locale": "en-US", "reduced_motion": "reduce"}
"""How every device of these tests is set. Its owner wants less motion, as many people do: a finger meets what stands
still, and no frames are drawn that nobody looks at."""
PATIENCE = 30.0
"""Seconds until what the server should have come to know counts as never coming."""


class Tablet:
    """One browser page, signed in as `staff`."""

    def __init__(self, context: BrowserContext, base: str, staff: Staff) -> None:
        self.base = base
        self.staff = staff
        self.page: Page = context.new_page()
        self.sign_in(staff)

    def sign_in(self, staff: Staff) -> None:
        """Let somebody sign in at this tablet."""
        client = Client()
        client.force_login(staff)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self.base}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]

    # Waiting

    def listens(self) -> None:
        """Wait until the page that stands open listens: a tap that leads to another page does not wait for it."""
        self.page.wait_for_load_state()

    def until(self, seen: Callable[[], object], what: str) -> None:
        """Wait until `seen` is true of what the server knows, while the page goes on."""
        end = time.monotonic() + PATIENCE
        while not seen():
            assert time.monotonic() < end, f"Waited {PATIENCE:.0f} s for {what}."
            self.page.wait_for_timeout(50)

    # Where

    def go(self, path: str) -> None:
        """Open an address of the product."""
        self.page.goto(f"{self.base}{path}")

    def today(self) -> None:
        self.go("/field/")

    def open(self, response: Encounter, form: str = "", record: object = "") -> None:
        """Open a response, at one of its forms when named."""
        path = f"/field/encounters/{response.pk}/"
        if form:
            path += f"forms/{form}/" + (f"{record}/" if record else "")
        self.go(path)

    def turn_to(self, form: str) -> None:
        """Tap a form on the rail."""
        self.listens()
        self.page.locator(f"[data-rail={form}]").click()
        expect(self.page.locator("[data-form-area]")).not_to_have_attribute("aria-busy", "true")
        expect(self.page.locator(f"[data-form-area] [data-current={form}]")).to_be_attached()
        self.listens()

    def another(self) -> None:
        """Begin a further entry of a form that may be filled several times."""
        before, form = self.record, self.page.locator("form[data-record]").get_attribute("data-form")
        self.page.locator("[data-add-entry]").click()
        fresh = self.page.locator(f"form[data-record][data-form={form}]:not([data-record='{before}'])")
        expect(fresh, "a further entry of the same form").to_be_attached()
        expect(self.page.locator("[data-form-area]")).not_to_have_attribute("aria-busy", "true")
        self.listens()

    @property
    def record(self) -> str:
        """The identifier of the record that stands open."""
        return self.page.locator("form[data-record]").get_attribute("data-record") or ""

    # Answering

    def field(self, name: str) -> Locator:
        """The block of a field: label, control, message."""
        return self.page.locator(f'form[data-record] :is([data-field="{name}"], [data-item="{name}"])')

    def answer(self, **values: Any) -> None:
        """Fill fields of the open form. Yes and no are booleans; a choice is its code; several are a list; rows are
        mappings; a signature is (status, name); a time is written as on the wall: 2027-01-12T13:20."""
        for name, value in values.items():
            expect(self.field(name), f"the field {name} at {self.page.url}").to_be_attached()
            self._answer(self.field(name), value)

    def _answer(self, block: Locator, value: Any) -> None:
        self.listens()
        kind = block.get_attribute("data-kind")
        if kind == "rows":
            self._rows(block, value)
        elif kind == "signature":
            block.locator(f"label[for$=_{value[0]}]").click()
            block.locator("[data-signature-name]").fill(value[1])
            block.locator("[data-signature-name]").press("Tab")
        elif kind == "datetime":
            self._moment(block, str(value))
        elif kind == "many":
            for code in value:
                self._tap(block, code)
        elif kind == "yesno":
            self._tap(block, "true" if value else "false")
        elif block.locator("input[type=radio]").count():
            self._tap(block, value)
        elif block.locator("select").count():
            block.locator("select").select_option(str(value))
        else:
            control = block.locator("input, textarea").first
            control.fill(str(value))
            control.press("Tab")

    def _moment(self, block: Locator, wall: str) -> None:
        """Type a date and a time on the clock of 24 hours."""
        date, _, time = wall.partition("T")
        block.locator("[data-moment=date]").fill(date)
        block.locator("[data-moment=time]").fill(time)
        block.locator("[data-moment=time]").press("Tab")

    def _tap(self, block: Locator, code: object) -> None:
        chosen = block.locator(f'input[value="{code}"]').get_attribute("id")
        block.locator(f'label[for="{chosen}"]').click()

    def _rows(self, block: Locator, rows: list[dict[str, str]]) -> None:
        for place, row in enumerate(rows):
            if block.locator("[data-row]").count() <= place:
                block.locator("[data-rows-add]").click()
            line = block.locator("[data-row]").nth(place)
            for column, text in row.items():
                cell = line.locator(f'[data-column="{column}"]')
                if cell.evaluate("cell => cell.tagName") == "SELECT":
                    cell.select_option(text)
                else:
                    cell.fill(text)
                    cell.press("Tab")

    def saved(self) -> None:
        """Wait until the tablet says that everything is saved."""
        expect(self.page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")

    def save_words(self) -> str:
        return self.page.locator("[data-save-words]").inner_text()

    # What stands around the form

    def expect_rail(self, form: str, state: str, words: str = "") -> None:
        """Wait until the rail says this of a form."""
        stop = self.page.locator(f"[data-rail={form}]")
        expect(stop).to_have_attribute("data-state", state)
        if words:
            expect(stop.locator(".rail-words")).to_have_text(words)

    def tap_time(self, field: str) -> None:
        """Log a time with one tap."""
        self.listens()
        button = self.page.locator(f"[data-time={field}]")
        button.click()
        expect(button).to_have_attribute("data-at", re.compile("T"))

    def correct_time(self, field: str, wall: str, reason: str) -> None:
        """Change a logged time, with the reason."""
        self.page.locator(f"[data-time={field}]").click()
        dialog = self.page.locator("dialog[data-dialog=time]")
        self._moment(dialog, wall)
        dialog.locator("input[name=reason]").fill(reason)
        dialog.locator("[data-correct-time]").click()

    def alarms(self) -> dict[str, str]:
        """Standing alarms by code, with their level."""
        found = self.page.locator("[data-alarm]").evaluate_all(
            "all => all.map(one => [one.dataset.code, one.dataset.level])"
        )
        return dict(found)

    def expect_alarms(self, wanted: dict[str, str]) -> None:
        """Wait until these alarms stand, and no others."""
        self.until(lambda: self.alarms() == wanted, f"the alarms {wanted}")

    def act_on_red(self, action: str) -> None:
        """Answer the red alarm that interrupts."""
        dialog = self.page.locator("dialog[data-dialog=red-alarm]")
        expect(dialog).to_be_visible()
        dialog.locator("input[name=action]").fill(action)
        dialog.locator("[data-acknowledge-now]").click()
        expect(dialog).to_be_hidden()

    def reasons(self) -> dict[str, str]:
        """The reasons of the verdict by code, with their severity."""
        found = self.page.locator("[data-reason]").evaluate_all(
            "all => all.map(one => [one.dataset.reason, one.dataset.severity])"
        )
        return dict(found)

    # The end

    def review(self) -> list[tuple[str, str]]:
        """Open the review; what is missing, as (form, field)."""
        self.page.locator("[data-review]").click()
        self.page.wait_for_url(re.compile("/review/"))
        found = self.page.locator("[data-gap]").evaluate_all(
            "all => all.map(one => [one.dataset.gapForm, one.dataset.gapField])"
        )
        return [(form, field) for form, field in found]

    def sign(self) -> None:
        """Sign from the review, confirming it."""
        self.page.locator("[data-sign]").click()
        self.page.locator("[data-sign-now]").click()
        self.page.wait_for_url(re.compile("/record/"))
