/** Two pages of one tablet: a lock in one locks the other, keeps its words, and never comes back at the first. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { openTablet, type Tablet } from "../../static/src/tablet/store/index.ts";
import { Bench, begin, PIN, patch, STAFF, settled } from "./tablet-bench.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** What is typed in the second page and not yet kept. */
interface Page {
  readonly tablet: Tablet;
  readonly locks: number[];
}

/** `slowly`: until when the other page takes to keep its words, as one in the background does. */
async function two(slowly: Promise<void> = Promise.resolve()): Promise<{ bench: Bench; other: Page }> {
  const bench = await Bench.begin();
  closing.push(() => bench.tablet.close());
  await bench.enrol();
  bench.offline();
  const locks: number[] = [];
  const tablet = await openTablet({
    name: bench.name,
    fetch: bench.server.fetch,
    now: bench.clock.now,
    later: bench.clock.later,
    lock: async () => {
      locks.push(1);
      await slowly;
      await tablet.unlocked?.commit(patch("text", "typed in the other page"));
      await tablet.lock();
    },
  });
  closing.push(() => tablet.close());
  await tablet.unlock(STAFF.id, PIN);
  await tablet.unlocked?.commit(begin());
  await settled();
  return { bench, other: { tablet, locks } };
}

/** Lets what was told between the pages arrive. */
async function told(): Promise<void> {
  const channel = new BroadcastChannel("told");
  const back = new BroadcastChannel("told");
  await new Promise<void>((done) => {
    back.onmessage = () => done();
    channel.postMessage("");
  });
  channel.close();
  back.close();
  await settled();
}

test("a page that is locked by another keeps what is typed in it first", async () => {
  const { bench, other } = await two();
  await bench.tablet.lock();
  await told();
  assert.deepEqual([other.tablet.unlocked, other.locks.length], [null, 1]);
  const rows = await bench.rows<{ type: string }>("outbox");
  assert.deepEqual(rows.map(({ type }) => type).sort(), ["draft.patch", "encounter.create"]);
});

test("whoever unlocks at once stays in: the other page's lock is not told back", async () => {
  let go = () => {};
  const { bench, other } = await two(
    new Promise((done) => {
      go = done;
    }),
  );
  await bench.tablet.lock();
  await bench.tablet.unlock(STAFF.id, PIN);
  go();
  await told();
  await told();
  assert.equal(other.tablet.unlocked, null);
  assert.equal(bench.tablet.unlocked?.staff.id, STAFF.id);
});

test("a tablet that the server wipes keeps what is typed, sealed, before its keys go", async () => {
  const { bench, other } = await two();
  bench.online();
  bench.server.deaf.add("/field/api/push");
  bench.server.directives = ["wipe"];
  await other.tablet.report();
  await told();
  assert.equal(other.tablet.unlocked, null);
  const rows = await bench.rows<{ type: string }>("outbox");
  assert.deepEqual(rows.map(({ type }) => type).sort(), ["draft.patch", "encounter.create"]);
  assert.equal((await bench.tablet.users())[0]?.pinSet, false);
});

test("a report names the list of forms that this tablet holds", async () => {
  const bench = await Bench.begin();
  await bench.enrol();
  await bench.tablet.close();
  await bench.open({ bundle: async () => "abc123" });
  closing.push(() => bench.tablet.close());
  await bench.tablet.report();
  assert.equal(bench.server.reports.at(-1)?.bundle, "abc123");
});
