"""Places where a test may kill or break the server. Without `MIH_FAILPOINTS`, and in production always, they do nothing.

`MIH_FAILPOINTS=before_commit:kill,applying:disk_full@triage*2` : name, what happens, on which form only, how many times
in this process. Places: `pushed`, `in_custody`, `applying`, `before_commit`, `after_commit`, `blob_chunk`. What happens: `kill` (as by
SIGKILL), `error` (a bug), `disk_full`, `deadlock`, `away` (the database), `too_large`. The file named by `MIH_FAILPOINTS_FILE` is read
at each place, so that a running server can be told.
"""

import os
from collections import Counter
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import OperationalError
from psycopg import errors

_hit: Counter[str] = Counter()


class Planted(Exception):
    """A mistake in the code that was planted for a test."""


def reached(place: str, *, form: str = "") -> None:
    """Do what is asked for at `place`, if anything is."""
    if not (settings.FAILPOINTS or settings.FAILPOINTS_FILE):
        return
    for line in _wanted():
        name, _, what = line.partition(":")
        what, _, times = what.partition("*")
        what, _, only = what.partition("@")
        if name != place or (only and only != form):
            continue
        if times and _hit[line] >= int(times):
            continue
        _hit[line] += 1
        _happen(what)


def _wanted() -> list[str]:
    text: str = settings.FAILPOINTS
    if settings.FAILPOINTS_FILE:
        with suppress(OSError):  # not written yet: nothing more is asked for
            text += "," + Path(settings.FAILPOINTS_FILE).read_text()
    return [line.strip() for line in text.replace("\n", ",").split(",") if line.strip()]


def _happen(what: str) -> None:
    if what == "kill":
        os._exit(137)
    if what == "disk_full":
        raise OperationalError("no space") from errors.DiskFull()
    if what == "deadlock":
        raise OperationalError("deadlock") from errors.DeadlockDetected()
    if what == "too_large":
        raise OperationalError("index row size exceeds maximum") from errors.ProgramLimitExceeded()
    if what == "away":
        raise OperationalError("server closed the connection") from errors.AdminShutdown()
    raise Planted(what)
