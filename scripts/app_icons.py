"""Draw the home screen's icons from static/img/mark.svg into static/img/. Run again after the mark has changed."""

import subprocess
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "static" / "img"
GROUND = "#0b4f6c"
SIZES = {"app-192": (192, 1.0), "app-512": (512, 1.0), "app-180": (180, 1.0)} | {
    f"app-maskable-{size}": (size, 0.8) for size in (192, 512)
}
"""Pixels, and how much of the side the mark takes: a maskable icon may be cut to a circle of four fifths."""


def main() -> None:
    """Write every icon."""
    node = str(ROOT / ".venv" / "bin" / "node")
    found = subprocess.run(
        [node, "scripts/chromium.mjs"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    chromium = found.stdout.strip()
    mark = (IMAGES / "mark.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (side, share) in SIZES.items():
            plain = name in ("app-192", "app-512")
            page = browser.new_page(viewport={"width": side, "height": side})
            ground = "transparent" if plain else GROUND
            inner = round(side * share)
            page.set_content(
                f"<style>html,body{{margin:0;background:{ground}}}body{{display:grid;place-items:center;height:100vh}}"
                f"svg{{width:{inner}px;height:{inner}px}}</style>{mark}"
            )
            page.screenshot(path=IMAGES / f"{name}.png", omit_background=plain)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
