"""Counting what a hand does at the tablet: every touch of the glass and every character typed, seen by the page itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator

from tests.browser.stories.story import CrewTablet

LISTENER = """
// On the document: a touch that Playwright aims anew, because the page moved under it, ends at the window.
document.addEventListener("pointerdown", () => mihTap(1), true);
addEventListener("change", (event) => {
  const field = event.target;
  // The list of a select opens in a window of its own: one touch to open it, one to choose.
  if (field instanceof HTMLSelectElement) mihTap(2);
  // A date or a time is typed as its digits.
  else if (/^(date|time|datetime-local)$/.test(field.type)) mihType(field.value.replace(/\\D/g, "").length);
}, true);
addEventListener("input", (event) => {
  const field = event.target;
  // The keypad writes into the fields itself: its keys are touches already.
  if (document.querySelector("dialog[data-dialog=keypad][open]")) return;
  if (field.hidden || !/^(text|tel|number|email|search|textarea)$/.test(field.type || "")) return;
  const before = Number(field.dataset.mihTyped || field.defaultValue?.length || 0);
  mihType(Math.max(0, field.value.length - before));
  field.dataset.mihTyped = field.value.length;
}, true);
"""
"""Runs in every page of the tablet. A label that passes its click on to its control is still one touch."""

POINT, KEY, THINK = 1.1, 0.28, 1.35
"""Seconds of the keystroke-level model (Card, Moran, Newell 1980): pointing, a key of an average non-secretary typist,
and deciding what comes next, once for each section."""


@dataclass
class Effort:
    """Touches and characters of one section."""

    taps: int = 0
    typed: int = 0

    @property
    def seconds(self) -> int:
        return round(THINK + POINT * self.taps + KEY * self.typed)


class CountedTablet:
    """Counts the sections of one sitting at a tablet."""

    def __init__(self, tablet: CrewTablet) -> None:
        self.tablet = tablet
        self.sections: dict[str, Effort] = {}
        self._now = Effort()
        context = tablet.page.context
        context.expose_function("mihTap", self._tapped)
        context.expose_function("mihType", self._typed)
        context.add_init_script(LISTENER)
        tablet.page.reload()

    def _tapped(self, taps: int) -> None:
        self._now.taps += taps

    def _typed(self, characters: int) -> None:
        self._now.typed += characters

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """Everything done inside counts for the section `name`."""
        self._now = self.sections.setdefault(name, Effort())
        yield
        self.tablet.page.evaluate("0")  # everything the page has told so far has arrived

    def answer(self, **values: Any) -> None:
        """As the tablet does, touching a text field before typing into it."""
        for name, value in values.items():
            if not self._by_hand(self.tablet.field(name), value):
                self.tablet.answer(**{name: value})

    def fill_in(self, form: str, **values: Any) -> None:
        """The same in a plain form of the page."""
        for name, value in values.items():
            if not self._by_hand(self.tablet.page.locator(f"[{form}] [data-field={name}]"), value):
                self.tablet.fill_in(form, **{name: value})

    @staticmethod
    def _by_hand(block: Locator, value: Any) -> bool:
        """Touch the field to be typed into; whether that was all of it: of a moment of today, the time alone."""
        kind = block.get_attribute("data-kind")
        if kind == "datetime":
            time = block.locator("[data-moment=time]")
            time.click()
            time.fill(str(value).partition("T")[2])
            time.press("Tab")
            return True
        typed = kind not in ("rows", "signature", "many", "yesno")
        if typed and block.locator("input[type=radio], select").count() == 0:
            block.locator("input, textarea").first.click()
        return False

    @property
    def total(self) -> Effort:
        return Effort(
            sum(each.taps for each in self.sections.values()),
            sum(each.typed for each in self.sections.values()),
        )

    def table(self) -> list[str]:
        """One line of Markdown for each section, and the total."""
        rows = [*self.sections.items(), ("**All of it**", self.total)]
        return [
            f"| {name} | {each.taps} | {each.typed} | {self._seconds(name, each)} |" for name, each in rows
        ]

    def _seconds(self, name: str, each: Effort) -> int:
        return sum(one.seconds for one in self.sections.values()) if name.startswith("**") else each.seconds
