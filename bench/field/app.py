"""How long the app takes on a tablet: to open without a network, to unlock, to save; at full speed and slowed four times,
which is about what an inexpensive tablet does."""

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Playwright, expect, sync_playwright

from bench.field.figures import Figure, percentile, spread
from bench.field.stand import bundled, chromium
from mih.core.ids import uuid7
from tests.browser.tablet_app.app import CHEAP_PIN, PIN, AppTablet
from tests.browser.tablet_app.crew import KEPT_FORMS
from tests.conftest import BROWSER_ARGUMENTS
from tests.faults.proxy import proxy
from tests.faults.scene import Installation

OPENINGS = 12
WORDS = 40
SLOW = 4
PAUSE = 400
"""Milliseconds the app waits for another key before it saves."""
DRAFT = "The draft that comes back."

EYES = """
window.mihEyes = {};
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-enter]")) window.mihEyes.entered = performance.now();
}, true);
const look = () => {
  const eyes = window.mihEyes;
  const now = performance.now();
  if (!eyes.lock && document.querySelector("[data-pin] [data-digit]")) eyes.lock = now;
  if (eyes.entered && !eyes.unlocked && !document.querySelector("[data-lock]")) eyes.unlocked = now;
  const text = document.querySelector("textarea[name=text]");
  if (!eyes.draft && text && text.value && !text.matches(":disabled")) eyes.draft = now;
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
"""Notes in the page itself when the keypad stands, when the right PIN was entered, and when the draft is back."""

TYPES = """
async ({ words, pause }) => {
  const field = document.querySelector("textarea[name=text]");
  const times = [];
  for (let n = 0; n < words; n += 1) {
    const kept = new Promise((done) =>
      document.addEventListener("mih:saved", () => done(performance.now()), { once: true }));
    field.focus();
    field.setRangeText(` word${n}`, field.value.length, field.value.length, "end");
    const last = performance.now();
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    times.push(await kept - last);
    await new Promise((done) => setTimeout(done, 60));
  }
  return times;
}
"""


expect.set_options(timeout=60_000)  # a slowed browser on a busy machine


class OwnTablet(AppTablet):
    """A tablet whose PIN costs what the app chooses on a slow one: Argon2id with 19 MiB in two passes."""

    def cheap_pin(self) -> None:
        """As its measurement at enrolment would store it."""
        expect(self.page.locator("main h1").first).to_be_visible()
        self.page.evaluate(CHEAP_PIN.replace("memory: 64, passes: 1", "memory: 19456, passes: 2"))


@contextmanager
def profile(play: Playwright, folder: str, **options: Any) -> Iterator[BrowserContext]:
    """The browser of one profile, started anew."""
    context = play.chromium.launch_persistent_context(
        folder,
        executable_path=chromium(),
        args=BROWSER_ARGUMENTS,
        viewport={"width": 1180, "height": 820},
        has_touch=True,
        timezone_id="America/Chicago",
        locale="en-US",
        **options,
    )
    context.set_default_timeout(60_000)
    try:
        yield context
    finally:
        context.close()


def slowed(tablet: AppTablet, rate: int) -> None:
    """Slow the page's processor."""
    session = tablet.context.new_cdp_session(tablet.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})


def app_times(installation: Installation) -> list[Figure]:
    """Cold offline openings with a draft, unlocking, and saving."""
    staff = installation.world.paramedic
    encounter, record = installation.world.response(by=staff), uuid7()
    openings: list[dict[str, float]] = []
    saves: dict[int, list[float]] = {}
    with (
        sync_playwright() as play,
        tempfile.TemporaryDirectory() as folder,
        proxy(installation.web.address) as network,
    ):
        with profile(play, folder) as context:
            tablet = OwnTablet(context, network.address)
            tablet.enrol(staff)
            expect(tablet.page.locator(f"[data-today] a[href*='{encounter.pk}']").first).to_be_visible()
            tablet.page.evaluate(KEPT_FORMS)
            tablet.open(encounter, "narrative", record)
            field = tablet.page.locator("textarea[name=text]")
            field.fill(DRAFT)
            tablet.says("received")
            network.cut()
            for rate in (1, SLOW):
                slowed(tablet, rate)
                saves[rate] = tablet.page.evaluate(TYPES, {"words": WORDS, "pause": PAUSE})
        for _ in range(OPENINGS):
            with profile(play, folder) as context:
                openings.append(_opened(OwnTablet(context, network.address), encounter.pk, record))
    whole = [each["lock"] + each["draft"] - each["entered"] for each in openings]
    keypad = [each["lock"] for each in openings]
    unlock = [each["unlocked"] - each["entered"] for each in openings]
    beyond = {rate: [took - PAUSE for took in times] for rate, times in saves.items()}
    return [
        Figure(
            "Cold offline open to the restored draft, 4× slowed (p95)", percentile(whole, 0.95) / 1000, "s", 1.5,
            f"new browser process each time; without the fingers on the PIN; {_seconds(whole)}",
        ),
        Figure("… of that, until the keypad stands (p95)", percentile(keypad, 0.95) / 1000, "s", None, _seconds(keypad)),
        Figure(
            "Unlock: last key to open, 4× slowed (p95)", percentile(unlock, 0.95) / 1000, "s", 1,
            f"Argon2id, 19 MiB, two passes; {_seconds(unlock)}",
        ),
        *(
            Figure(
                f"Autosave beyond the pause of {PAUSE} ms, {rate}× (p95)", percentile(times, 0.95), "ms", 100,
                spread(times),
            )
            for rate, times in beyond.items()
        ),
    ]  # fmt: skip


def _opened(tablet: AppTablet, encounter: Any, record: Any) -> dict[str, float]:
    tablet.context.add_init_script(EYES)
    slowed(tablet, SLOW)
    tablet.page.goto(f"{tablet.base}/field/#/r/{encounter}/narrative/{record}", wait_until="commit")
    expect(tablet.page.locator("[data-pin]")).to_be_visible()
    tablet.keys(PIN)
    expect(tablet.page.locator("textarea[name=text]")).not_to_have_value("")
    tablet.page.wait_for_function("window.mihEyes.draft && window.mihEyes.unlocked")
    found: dict[str, float] = tablet.page.evaluate("window.mihEyes")
    assert DRAFT in tablet.page.locator("textarea[name=text]").input_value()
    return found


def _seconds(times: list[float]) -> str:
    return spread([took / 1000 for took in times], digits=2)


def small_steps(installation: Installation) -> list[Figure]:
    """Writing to the disk, and the cryptography of one record."""
    script = bundled("page.ts")
    figures = []
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder, profile(play, folder) as context:
        page = context.new_page()
        page.goto(f"{installation.web.address}/health/live")
        page.evaluate(script)
        for durability in ("strict", "relaxed"):
            times = page.evaluate("kind => mihBench.puts(kind, 300, 2048)", durability)
            figures.append(
                Figure(
                    f"{durability.capitalize()} put of 2 KB (p95)",
                    percentile(times, 0.95),
                    "ms",
                    None,
                    spread(times, digits=2),
                )
            )
        session = context.new_cdp_session(page)
        for rate in (1, SLOW):
            session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
            found = page.evaluate("() => mihBench.seals(100)")
            note = ", ".join(f"{name} {statistics.median(times):.2f}" for name, times in found.items())
            worst = max(percentile(times, 0.95) for times in found.values())
            figures.append(
                Figure(f"Seal, open, sign 4 KB, {rate}× (slowest p95)", worst, "ms", 5, f"medians: {note} ms")
            )
    return figures
