"""Photograph the four main screens of a running demo for the README: docs/screenshots/*.png.

make demo PORT=8000                              # in one terminal
.venv/bin/python scripts/screenshots.py          # in another; an address and a folder may follow
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[1]
ADDRESS = "http://127.0.0.1:8000"
TABLET = {"width": 1180, "height": 820}
DESK = {"width": 1440, "height": 900}
SETTLING = 600  # milliseconds for what fades in
PASSWORD = "invented-people-only"  # noqa: S105 - the demo's, where nobody exists


def main() -> int:
    """Take them all."""
    address = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else ADDRESS
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else REPOSITORY / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        with signed_in(browser, address, "pat", TABLET) as page:
            page.goto(f"{address}/field/")
            page.locator("[data-list=mine] a", has_text="Kingsmere").first.click()
            page.wait_for_load_state("networkidle")
            page.locator("[data-rail=buprenorphine_dose]").click()
            page.wait_for_load_state("networkidle")
            keep(page, folder / "field.png")
        with signed_in(browser, address, "nia", DESK) as page:
            page.goto(f"{address}/queue/?scope=all")
            keep(page, folder / "queue.png")
            page.goto(f"{address}/people/")
            page.locator("#text").fill("Ashgrove")
            page.locator("[data-found] a", has_text="Devon Ashgrove").click()
            page.wait_for_url("**/people/*-*/")
            keep(page, folder / "chart.png")
        with signed_in(browser, address, "mae", DESK) as page:
            page.goto(f"{address}/caseload/")
            keep(page, folder / "caseload.png")
        browser.close()
    return 0


def chromium() -> str:
    """The Chromium that the browser tests use."""
    found = subprocess.run(
        [REPOSITORY / ".venv" / "bin" / "node", REPOSITORY / "scripts" / "chromium.mjs"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return found.stdout.strip()


@contextmanager
def signed_in(browser: Browser, address: str, username: str, size: dict[str, int]) -> Iterator[Page]:
    """A page of a fresh browser profile, signed in as one of the demo's staff."""
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        timezone_id="America/Chicago",
        locale="en-US",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    yield page
    context.close()


def keep(page: Page, place: Path) -> None:
    """One picture of what fits on the screen."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLING)
    page.mouse.move(0, 0)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(SETTLING)
    page.screenshot(path=place)
    print(f"{place.name}: {page.url}")


if __name__ == "__main__":
    sys.exit(main())
