/** Signing one's own sections freezes them on the tablet, until the server says which of them it took. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Unlocked } from "../../static/src/tablet/store/index.ts";
import { Bench, OTHER, PIN, RECORD, RESPONSE, STAFF } from "./tablet-bench.ts";

const THEIRS = "0190a5a0-0000-7000-8000-0000000000f2";

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.tablet.close();
});

function row(record: string, author: { id: string; name: string }, frozen = false): unknown {
  return {
    ...{ form: "narrative", record, version: 1, values: { text: "x" }, frozen, summary: "x" },
    ...{
      author: { id: author.id, name: author.name },
      happened_at: null,
      recorded_at: "2027-01-12T19:20:00Z",
    },
    status: frozen ? "signed" : "draft",
  };
}

function shown(frozen: boolean): unknown {
  return {
    ...{ id: RESPONSE, version: 1, created_at: "2027-01-12T19:00:00Z", signed_at: null, signed_by: null },
    ...{ programme: "mih", modality: "scene", unit: null, title: "", address: "", writable: true },
    ...{ person: null, context: {}, crew: [], times: [], once: {}, gaps: [], alarms: [] },
    ...{ conflicts: [], addenda: [], attachments: [], complete: true },
    entries: [row(RECORD, STAFF, frozen), row(THEIRS, OTHER)],
  };
}

async function ready(): Promise<{ b: Bench; user: Unlocked }> {
  const b = await Bench.begin();
  benches.push(b);
  b.server.pulled = { responses: [shown(false)] };
  const user = await b.enrol();
  await b.clock.pass(1_000);
  return { b, user };
}

const sign = (user: Unlocked, records: readonly string[], own = true) =>
  user.commit({
    type: "record.sign",
    encounter: RESPONSE,
    record: RESPONSE,
    payload: {
      seen: JSON.stringify({ entries: Object.fromEntries(records.map((record) => [record, {}])) }),
      own,
    },
  });

const frozen = async (user: Unlocked): Promise<Record<string, boolean>> =>
  Object.fromEntries((await user.response(RESPONSE))?.entries.map((one) => [one.record, one.frozen]) ?? []);

test("without a network the signer's own sections are frozen, nobody else's, and the response stays open", async () => {
  const { b, user } = await ready();
  b.offline();
  await sign(user, [RECORD, THEIRS]);
  assert.deepEqual(await frozen(user), { [RECORD]: true, [THEIRS]: false });
  const found = await user.response(RESPONSE);
  assert.deepEqual([found?.signing, found?.signed_at], [null, null]);
  await b.reload();
  assert.deepEqual(await frozen(await b.tablet.unlock(STAFF.id, PIN)), { [RECORD]: true, [THEIRS]: false });
});

test("once a pull shows the response after the signature, what the pull says holds", async () => {
  const { b, user } = await ready();
  await sign(user, [RECORD]);
  await b.tablet.sendNow();
  assert.deepEqual(await frozen(user), { [RECORD]: true, [THEIRS]: false });
  await b.clock.pass(1_000);
  await b.tablet.pull();
  assert.deepEqual(await frozen(user), { [RECORD]: false, [THEIRS]: false }, "that server froze nothing");
});

test("a signature the server could not take leaves the sections open", async () => {
  const { b, user } = await ready();
  b.offline();
  const { mid } = await sign(user, [RECORD]);
  b.online();
  b.server.outcomes.set(mid, { outcome: "missing", detail: { gaps: ["Text is missing."] } });
  await b.tablet.sendNow();
  assert.deepEqual(await frozen(user), { [RECORD]: false, [THEIRS]: false });
  assert.equal((await user.unsent())[0]?.state, "missing");
});
