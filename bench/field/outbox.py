"""Five hundred records of 4 KB that waited on a tablet: how long they take to leave on a good and on a bad network."""

import tempfile
from typing import Any

from playwright.sync_api import sync_playwright

from bench.field.app import OwnTablet, profile
from bench.field.figures import Figure
from bench.field.shaped import Shape, shaped
from bench.field.stand import bundled
from mih.core.ids import uuid7
from tests.browser.tablet_app.app import PIN
from tests.faults.scene import Installation

RECORDS = 500
BYTES = 4096
RESPONSES = 50

FILLS = """
async ({ staff, pin, encounters, records, bytes }) => {
  // Nothing leaves while the outbox fills.
  const tablet = await mihBench.openTablet({ fetch: () => Promise.reject(new TypeError("no network")) });
  const user = await tablet.unlock(staff, pin);
  const words = mihWords;
  const began = performance.now();
  for (let n = 0; n < records.length; n += 1) {
    let text = "";
    while (text.length < bytes) text += words[Math.floor(Math.random() * words.length)] + " ";
    await user.commit({
      type: "draft.patch", encounter: encounters[n % encounters.length], record: records[n],
      form: { key: "mandatory_report", sha: "00000000" },
      payload: { changes: { seen: { base: null, value: text.slice(0, bytes) } }, base_version: 0, happened_at: null },
    });
  }
  const took = performance.now() - began;
  await tablet.close();
  return took;
}
"""
LEAVES = """
async () => {
  const tablet = await mihBench.openTablet();
  // Asked of the storage: the status counts a moment after opening.
  const left = async () => (await tablet.users()).reduce((sum, user) => sum + user.pending, 0);
  const began = performance.now();
  while ((await left()) > 0) {
    await tablet.sendNow();
    if ((await left()) > 0) await new Promise((done) => setTimeout(done, 20));
  }
  const took = performance.now() - began;
  await tablet.close();
  return took;
}
"""


def outbox(installation: Installation) -> list[Figure]:
    """Seconds and bytes, on a good network and on 400 kbit/s up with 300 ms of round trip."""
    networks = {"good network": (Shape(), 10.0), "400 kbit/s up, 300 ms": (Shape(50_000, 250_000, 0.3), 30.0)}
    figures = []
    for name, (shape, limit) in networks.items():
        took, sent, requests = _sent(installation, shape)
        note = f"{sent / 1024:,.0f} KB in {requests} connections, whole path with apply and commit"
        figures.append(Figure(f"{RECORDS} records of 4 KB, {name}", took, "s", limit, note))
    per_record = sent / RECORDS / 1024
    figures.append(
        Figure(
            "Wire bytes of one 4 KB record",
            per_record,
            "KB",
            1.5,
            "random English words, deflated, sealed, signed",
        )
    )
    return figures


def _sent(installation: Installation, shape: Shape) -> tuple[float, int, int]:
    staff = installation.world.paramedic
    encounters = [installation.world.response(by=staff) for _ in range(RESPONSES)]
    script = bundled("page.ts")
    given: dict[str, Any] = {
        "staff": str(staff.pk),
        "pin": PIN,
        "encounters": [str(each.pk) for each in encounters],
        "records": [str(uuid7()) for _ in range(RECORDS)],
        "bytes": BYTES,
    }
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        open_road = Shape()
        with (
            shaped(installation.web.address, open_road) as address,
            profile(play, folder, bypass_csp=True) as context,
        ):
            tablet = OwnTablet(context, address)
            tablet.enrol(staff)
            page = tablet.page
            page.goto(f"{address}/health/live")
            page.evaluate(script)
            page.evaluate(f"globalThis.mihWords = {VOCABULARY!r}")
            page.evaluate(FILLS, given)
            open_road.up, open_road.down, open_road.rtt = shape.up, shape.down, shape.rtt
            before, lines = open_road.sent, open_road.opened
            took = page.evaluate(LEAVES)
            return took / 1000, open_road.sent - before, open_road.opened - lines


VOCABULARY = (
    "client states that sleep has been poor for nights denies intent plan means agrees to call if worse mother present "
    "supportive asked about medication last taken yesterday morning water food shelter offered accepted declined "
    "ambulance refused breathing easy unlabored skin warm dry pupils equal reactive oriented person place time event "
    "speech clear mood low affect flat thought linear no hallucination reported safety reviewed steps named friend "
    "neighbor clinic appointment monday transport arranged follow contact number confirmed voicemail allowed morning "
    "crew arrived scene secure officer staged nearby porch kitchen bedroom stairs dog contained weather cold blanket"
).split()
