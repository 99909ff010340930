"""What a process does first: leave out what no page uses, and look for garbage seldom while there is none."""

import atexit
import gc
import sys

UNUSED = ("requests", "rich", "pygments", "greenlet")
"""Libraries that Django REST framework, structlog and Celery take up where they find them, for test clients, for colors and
for a kind of worker that is not ours. With what they bring along they would cost each process a tenth of a second and
eight megabytes."""


def begin(*, stays: bool = False) -> None:
    """Before anything of Django is imported. A process that `stays` takes a tenth of a second longer to start, and holds two
    megabytes less of what modules make and drop."""
    gc.set_threshold(150_000 if stays else 500_000, 20, 100)
    # What a process holds at its end goes with it; looking through all of it once more takes half a second.
    atexit.register(gc.freeze)
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # Python's own way to say: not there


def begun() -> None:
    """Once everything is imported: it stays for good, so the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
