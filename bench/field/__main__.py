"""Measure everything, print one table, and write docs/performance.md."""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

os.environ["MIH_ENV"] = "test"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings_of_tests")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs an event loop in this thread

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "performance.md"
WORDS = """# Performance of the offline tablet

Written by `make bench-field` on {day}: {machine}. The browser is the Chromium of the tests; a slowed processor is
Chromium's own throttle, which does not slow the service worker or the disk. Nothing here was measured on a real tablet.
Other work on the machine makes times longer, never shorter: its load was {load:.1f} for each processor while this was measured.

{table}

What is measured:

- **Cold offline open**: the browser is started anew with the tablet's profile, the network is cut, the address of a
  form with a draft is opened. The time is from the start of the navigation until the keypad stands, plus from the last
  key of the PIN until the draft stands in its field. Fingers are left out.
- **Autosave**: from the last key in a long text until the strict transaction of draft and sealed envelope is done, less
  the pause in which the app waits for another key.
- **Outbox**: five hundred changes made by the app's own store with no network, then sent through a proxy of that speed
  to two web processes over PostgreSQL, until the last receipt.
- **Server cost**: a push of fifty changes through the whole application with its commit, in turns with a plain insert of
  the same fifty envelope rows, so that a busy machine slows both. The push also opens, checks and applies each change
  and judges the record; the insert does nothing of that.
"""


def words(table: str) -> str:
    """The page around the table of figures, as measured now on this machine."""
    return WORDS.format(
        day=datetime.now(UTC).date().isoformat(),
        machine=f"{os.cpu_count()} processors of {platform.machine()}, {platform.system()}",
        load=os.getloadavg()[2]
        / (os.cpu_count() or 1),  # of a quarter of an hour, which measuring takes about
        table=table,
    )


def main() -> int:
    """All figures; 1 when one could not be measured."""
    import django

    django.setup()
    from bench.field.app import app_times, small_steps
    from bench.field.figures import Figure, table
    from bench.field.outbox import outbox
    from bench.field.server_cost import server_cost
    from bench.field.sizes import sizes
    from bench.field.stand import installation

    only = set(sys.argv[1:])
    figures: list[Figure] = []
    with installation() as stand:
        parts = {
            "sizes": lambda: sizes(REPOSITORY / "static" / "dist"),
            "app": lambda: app_times(stand),
            "steps": lambda: small_steps(stand),
            "outbox": lambda: outbox(stand),
            "server": lambda: server_cost(stand.world),
        }
        for name, measure in parts.items():
            if only and name not in only:
                continue
            print(f"Measuring: {name}", file=sys.stderr)
            found = measure()
            figures += found
            print(table(found), file=sys.stderr)
    print(table(figures))
    if not only or only >= set(parts):
        lighthouse = PAGE.read_text().partition("\n## Lighthouse") if PAGE.exists() else ("", "", "")
        PAGE.write_text(words(table(figures)) + "".join(lighthouse[1:]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
