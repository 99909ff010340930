/** What stays on the tablet, for how long, and what goes first; attachments go last. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BlobRow, Refused, Unsent } from "../../static/src/tablet/store/index.ts";
import { spent } from "../../static/src/tablet/store/retention.ts";
import type { SentRow } from "../../static/src/tablet/store/rows.ts";
import { begin, bench, patch, RESPONSE, STAFF, settled } from "./tablet-bench.ts";

const photo = (blob: string): BlobRow => ({
  ...{ blob, staff: STAFF.id, encounter: RESPONSE, sha256: "0".repeat(64), bytes: 3, chunks: 1, have: [] },
  ...{ sealed: new Uint8Array(3), preview: new Uint8Array(3), state: "waiting", detail: "" },
  at: "2027-01-12T19:20:00.000Z",
});

const link = (blob: string) => ({
  ...{ type: "attachment.link", encounter: RESPONSE, payload: { blob, caption: "Wound" } },
  blob: photo(blob),
});

test("a photo is stored with its record, counts as unsent until it went, and goes after every record", async () => {
  const b = await bench();
  const sent: string[] = [];
  let outcome: "waits" | "done" = "waits";
  await b.tablet.close();
  await b.open({
    attachments: async (context, rows) => {
      assert.equal((await b.rows("outbox")).length, 0, "records first");
      for (const row of rows) {
        if (outcome === "waits") return { kind: "waits", reason: "No network.", after: 5_000 };
        sent.push(row.blob);
        await context.db.write(["blobs"], (kept) => kept.put("blobs", { ...row, state: "sent" }));
      }
      return { kind: "done" };
    },
  });
  const user = await b.enrol();
  await user.commit(begin());
  const blob = crypto.randomUUID();
  const saved = await user.commit(link(blob));
  assert.equal((await b.rows<BlobRow>("blobs"))[0]?.mid, saved.mid);
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 2);
  assert.deepEqual([b.tablet.status().pending, b.tablet.status().reason], [1, "No network."]);
  assert.equal((await user.unsent())[0]?.title, "Photo");
  await assert.rejects(b.tablet.endOfShift(), Unsent);
  outcome = "done";
  await b.clock.pass(60_000);
  assert.deepEqual(sent, [blob]);
  assert.equal(b.tablet.status().pending, 0);
  b.server.epoch = "00000000-0000-4000-8000-0000000000ff";
  await b.tablet.report();
  await settled();
  await b.tablet.sendNow();
  assert.deepEqual(sent, [blob, blob], "a restored server is asked about photos too");
});

test("a photo can be taken back while its record was never tried, and not after", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const begun = await user.commit(begin());
  const [first, second] = [crypto.randomUUID(), crypto.randomUUID()];
  await user.commit(link(first));
  await user.dropBlob(first);
  assert.deepEqual([await b.rows("blobs"), (await b.rows("outbox")).length], [[], 1]);
  await user.commit(link(second));
  assert.equal(
    (await b.rows<{ prev: string; type: string }>("outbox")).find(({ type }) => type === "attachment.link")
      ?.prev,
    begun.mid,
  );
  await b.tablet.sendNow();
  await assert.rejects(user.dropBlob(second), Refused);
  assert.equal((await b.rows("blobs")).length, 1);
});

const row = (mid: string, receivedAt: string, size = 10): SentRow => ({
  ...{
    mid,
    staff: "s",
    seq: 1,
    encounter: null,
    record: null,
    type: "t",
    form: null,
    prev: null,
    at: receivedAt,
  },
  ...{
    header: new Uint8Array(size),
    body: new Uint8Array(0),
    sig: new Uint8Array(0),
    outcome: "applied",
    receivedAt,
  },
});

test("what the server's verified backup holds may go; the rest stays two weeks or until 200 MB are passed", () => {
  const now = new Date("2027-01-20T00:00:00Z");
  const rows = [
    row("old", "2027-01-05T00:00:00Z"),
    row("backed", "2027-01-10T00:00:00Z"),
    row("new", "2027-01-19T00:00:00Z"),
  ];
  const gone = (durable: string | null, of = rows) => spent(of, durable, now).map(({ mid }) => mid);
  assert.deepEqual(gone(null), ["old"]);
  assert.deepEqual(gone("2027-01-10T00:00:00Z"), ["old", "backed"]);
  assert.deepEqual(gone("2027-01-21T00:00:00Z"), ["old", "backed", "new"]);
  const large = [1, 2, 3].map((n) => row(String(n), `2027-01-1${n}T00:00:00Z`, 90 * 1024 * 1024));
  assert.deepEqual(gone(null, large), ["1"]);
});

test("sent envelopes are kept until the server says they are in a verified backup", async () => {
  const b = await bench();
  const user = await b.enrol();
  await user.commit(begin());
  await b.tablet.sendNow();
  await b.clock.pass(3_700_000);
  assert.equal((await b.rows("sent")).length, 1);
  b.server.durable = new Date(b.clock.at + 1000).toISOString();
  await user.commit(patch("hr", 1));
  await b.tablet.sendNow();
  await b.clock.pass(3_700_000);
  assert.equal((await b.rows("sent")).length, 0);
});

test("keys nobody used for thirty days go, and with them what only they opened; unsent records stay", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  await user.commit(begin());
  await b.tablet.lock();
  b.clock.at += 31 * 86_400_000;
  b.online();
  b.server.deaf.add("/field/api/push");
  const other = { ...STAFF, id: crypto.randomUUID(), name: "Ben Kim" };
  await b.enrol(other, "314159");
  await b.tablet.pull();
  const tile = (await b.tablet.users()).find(({ staff }) => staff === STAFF.id);
  assert.deepEqual([tile?.pinSet, tile?.pending], [false, 1]);
});

test("a photo that the disk refuses is refused, and the record of it is not sent; the words beside it are", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  await user.commit(begin());
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown) {
    if (this.name === "blobs") throw new DOMException("full", "QuotaExceededError");
    return put.call(this, value);
  };
  await assert.rejects(user.commit(link(crypto.randomUUID())), Refused).finally(() => {
    IDBObjectStore.prototype.put = put;
  });
  await user.commit(patch("text", "The record goes on."));
  b.online();
  await b.tablet.sendNow();
  assert.deepEqual(
    b.server.received.map(({ header }) => header.type),
    ["encounter.create", "draft.patch"],
  );
});
