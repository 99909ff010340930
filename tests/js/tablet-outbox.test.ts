/** What "Saved on this tablet" promises: all of a change or none, sealed, in order, and frozen once tried. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DraftRow, OutboxRow, StreamRow, UserRow } from "../../static/src/tablet/store/rows.ts";
import { begin, bench, FORM, patch, RECORD, RESPONSE, STAFF, settled } from "./tablet-bench.ts";

test("a saved change is on the disk as sealed envelope, readable copy, number and stream head at once", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const saved = await user.commit(patch("hr", 112));
  const [row] = await b.rows<OutboxRow>("outbox");
  const [draft] = await b.rows<DraftRow>("drafts");
  const [stream] = await b.rows<StreamRow>("streams");
  const [known] = await b.rows<UserRow>("users");
  assert.equal(saved.durable, true);
  assert.deepEqual([row?.mid, draft?.mid, stream?.mid], [saved.mid, saved.mid, saved.mid]);
  assert.deepEqual([row?.seq, known?.seq, saved.seq], [1, 1, 1]);
  const header = JSON.parse(new TextDecoder().decode(row?.header));
  assert.deepEqual(
    Object.keys(header).join(),
    "v,mid,seq,device,author,encounter,record,prev,type,form,kid,captured_at,tz,clock,app",
  );
  assert.equal(header.form, `${FORM.key}@${FORM.sha.slice(0, 8)}`);
});

test("a transaction that is torn leaves nothing of the change, and the change is kept in memory and sent", async () => {
  const b = await bench();
  const user = await b.enrol();
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, row: unknown) {
    if (this.name === "users") throw new DOMException("full", "QuotaExceededError");
    return put.call(this, row);
  };
  let saved: Awaited<ReturnType<typeof user.commit>>;
  try {
    saved = await user.commit(patch("hr", 112));
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  assert.equal(saved.durable, false);
  assert.deepEqual(await b.rows("outbox"), []);
  assert.deepEqual(await b.rows("drafts"), []);
  assert.equal(b.tablet.status().state, "memory");
  assert.equal((await b.tablet.storage()).level, "memory");
  assert.equal((await user.response(RESPONSE)) ?? null, null);
  assert.ok((await (await b.tablet.sealedFile()).arrayBuffer()).byteLength > 300);
  await b.tablet.sendNow();
  assert.deepEqual(
    b.server.received.map(({ header }) => header.mid),
    [saved.mid],
  );
  assert.equal(b.tablet.status().pending, 0);
});

test("what memory holds goes to the disk, in order, as soon as there is room", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const first = await user.commit(begin());
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  const second = await user.commit(patch("hr", 1)).finally(() => {
    IDBObjectStore.prototype.put = put;
  });
  const third = await user.commit(patch("rr", 2, null, crypto.randomUUID()));
  const rows = (await b.rows<OutboxRow>("outbox")).sort((one, other) => one.seq - other.seq);
  assert.deepEqual(
    rows.map(({ mid, prev }) => [mid, prev]),
    [
      [first.mid, null],
      [second.mid, first.mid],
      [third.mid, second.mid],
    ],
  );
  assert.notEqual(b.tablet.status().state, "memory");
});

test("a full disk takes back nothing that was saved before", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const first = await user.commit(begin());
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  try {
    await user.commit(patch("hr", 1));
    b.online();
    await b.tablet.sendNow();
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  const sent = b.server.received.map(({ header }) => header.mid);
  assert.equal(sent.length, 2);
  assert.ok(sent.includes(first.mid));
});

test("the last never-tried patch of a stream takes the next one in: same place, new bytes, both ends", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const opened = await user.commit(begin());
  const first = await user.commit(patch("hr", 100, 90));
  const second = await user.commit(patch("hr", 112, 100));
  const third = await user.commit(patch("rr", 18));
  const rows = (await b.rows<OutboxRow>("outbox")).sort((one, other) => one.seq - other.seq);
  assert.equal(rows.length, 2);
  assert.deepEqual([rows[1]?.mid, rows[1]?.seq, rows[1]?.prev], [third.mid, first.seq, opened.mid]);
  assert.equal(new Set([first.mid, second.mid, third.mid]).size, 3);
  b.online();
  await b.tablet.sendNow();
  const payload = await b.server.payload(b.server.custody.get(third.mid) as never);
  assert.deepEqual(payload.changes, { hr: { base: 90, value: 112 }, rr: { base: null, value: 18 } });
});

test("another record, another form and another type are never taken in", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  await user.commit(patch("hr", 100));
  await user.commit(patch("hr", 100, null, crypto.randomUUID()));
  await user.commit({ ...patch("hr", 101), form: { key: "vitals", sha: "ffffffff00" } });
  await user.commit({ type: "draft.discard", encounter: RESPONSE, record: RECORD, payload: {} });
  await user.commit(patch("hr", 102));
  assert.equal((await b.rows("outbox")).length, 5);
});

test("the bytes of what was tried once never change; the next change stands behind it", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const first = await user.commit(patch("hr", 100));
  await b.tablet.sendNow();
  const before = (await b.rows<OutboxRow>("outbox"))[0];
  assert.equal(before?.tried, true);
  const second = await user.commit(patch("hr", 112, 100));
  const rows = (await b.rows<OutboxRow>("outbox")).sort((one, other) => one.seq - other.seq);
  assert.deepEqual(rows[0]?.header, before?.header);
  assert.deepEqual(rows[0]?.body, before?.body);
  assert.deepEqual(rows[0]?.sig, before?.sig);
  assert.deepEqual([rows[1]?.mid, rows[1]?.prev, rows[1]?.seq], [second.mid, first.mid, 2]);
});

test("`tried` is on the disk before the first byte leaves", async () => {
  const b = await bench();
  const user = await b.enrol();
  await user.commit(patch("hr", 100));
  let noted: boolean | undefined;
  b.server.script = [
    async () => {
      noted = (await b.rows<OutboxRow>("outbox"))[0]?.tried;
      return undefined;
    },
  ];
  await b.tablet.sendNow();
  assert.equal(noted, true);
});

test("two pages of one tablet write one chain: no number twice, no predecessor twice", async () => {
  const b = await bench();
  await b.enrol();
  b.offline();
  const one = b.tablet;
  await b.open();
  const two = b.tablet;
  const users = [await one.unlock(STAFF.id, "271828"), await two.unlock(STAFF.id, "271828")];
  await settled();
  const both = Array.from({ length: 12 }, (_, n) =>
    (users[n % 2] as (typeof users)[0]).commit(patch("hr", n, null, crypto.randomUUID())),
  );
  await Promise.all(both);
  const rows = (await b.rows<OutboxRow>("outbox")).sort((x, y) => x.seq - y.seq);
  assert.deepEqual(
    rows.map(({ seq }) => seq),
    Array.from({ length: 12 }, (_, n) => n + 1),
  );
  assert.deepEqual(
    rows.slice(1).map(({ prev }) => prev),
    rows.slice(0, -1).map(({ mid }) => mid),
  );
  await one.close();
});

test("a change that names no response has no predecessor, and one without a base gets what the user saw", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  await user.commit(begin());
  await user.commit(patch("hr", 100, 90));
  await b.tablet.sendNow();
  const last = await user.commit({
    ...patch("hr", 0),
    payload: { changes: { hr: { value: 120 }, rr: { value: 9 } } },
  });
  const alone = await user.commit({
    type: "person.create",
    record: crypto.randomUUID(),
    payload: { details: {} },
  });
  b.online();
  await b.tablet.sendNow();
  const payload = await b.server.payload(b.server.custody.get(last.mid) as never);
  assert.deepEqual(payload.changes, { hr: { base: 100, value: 120 }, rr: { base: null, value: 9 } });
  assert.equal(b.server.custody.get(alone.mid)?.header.prev, null);
});

test("a patch tried while the next one is being sealed is not replaced any more", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const first = await user.commit(patch("hr", 100));
  const real = SubtleCrypto.prototype.sign;
  let once = true;
  SubtleCrypto.prototype.sign = async function (this: SubtleCrypto, ...how) {
    if (once) {
      once = false;
      await b.tablet.sendNow();
    }
    return real.apply(this, how);
  };
  const second = await user.commit(patch("hr", 112, 100)).finally(() => {
    SubtleCrypto.prototype.sign = real;
  });
  const rows = (await b.rows<OutboxRow>("outbox")).sort((one, other) => one.seq - other.seq);
  assert.deepEqual(
    rows.map(({ mid, prev }) => [mid, prev]),
    [
      [first.mid, null],
      [second.mid, first.mid],
    ],
  );
});
