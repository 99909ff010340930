"""All contacts of the city as a file, through the web server: how fast, and what its process holds meanwhile."""

import time
import urllib.request
from urllib.parse import urlencode

import psutil
from django.urls import reverse

from bench.city.desk import TYPE, Desk
from bench.city.figures import Figure
from bench.city.serving import served
from mih.accounts.models import Staff

MB = 1024 * 1024
PIECE = 1 << 18
EVER = {"since": "2000-01-01", "until": "2100-12-31"}


def exporting(_count: int) -> list[Figure]:
    """Rows a second, and by how much the process is larger while it sends than it was before."""
    desk = Desk(Staff.objects.get(username="mae"))
    with served(WEB_PROCESSES="1") as (base, web):
        process = psutil.Process(web.pid).children()[0]
        with urllib.request.urlopen(f"{base}/accounts/login/", timeout=30) as answer:
            answer.read()
        before = largest = process.memory_info().rss
        asked = urllib.request.Request(
            base + reverse("contacts-export"),
            urlencode(EVER).encode(),
            {"Cookie": desk.cookies, "X-CSRFToken": desk.token, "Content-Type": TYPE},
        )
        began = time.perf_counter()
        lines, first, last = 0, 0.0, b""
        with urllib.request.urlopen(asked, timeout=600) as answer:
            while piece := answer.read(PIECE):
                first = first or time.perf_counter() - began
                lines += piece.count(b"\n")
                last = (last + piece)[-200:]
                largest = max(largest, process.memory_info().rss)
        took = time.perf_counter() - began
    rows = lines - 2
    end = last.decode().splitlines()[-1]
    assert f"{rows} contacts" in end, f"the file is cut off: {rows} rows, and its last line is {end!r}"
    return [
        Figure(
            "export",
            "All contacts as a file",
            took * 1000,
            note=f"{rows:,} rows, {rows / took:,.0f} a second; the first piece after {first:.1f} s",
        ),
        Figure(
            "export memory",
            "What the web process holds more while it sends them",
            (largest - before) / MB,
            "MB",
            limit=25,
            note=f"at most {largest / MB:.0f} MB resident; {before / MB:.0f} MB before",
        ),
    ]
