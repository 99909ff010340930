/** A storage that stops answering: nobody may take silence for "nothing is left to send". */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Refused, type StorageState } from "../../static/src/tablet/store/index.ts";
import { Bench, begin, patch, settled } from "./tablet-bench.ts";

const benches: Bench[] = [];
const transaction = IDBDatabase.prototype.transaction;
const unhandled: unknown[] = [];
const note = (fault: unknown) => void unhandled.push(fault);
process.on("unhandledRejection", note);

afterEach(async () => {
  IDBDatabase.prototype.transaction = transaction;
  for (const bench of benches.splice(0)) await bench.tablet.close();
  assert.deepEqual(unhandled.splice(0), [], "a rejection that nobody took");
});

async function bench(): Promise<Bench> {
  const made = await Bench.begin();
  benches.push(made);
  return made;
}

/** From here on every transaction fails, as where the browser has dropped the files. */
function gone(): void {
  IDBDatabase.prototype.transaction = () => {
    throw new DOMException("The storage is gone.", "UnknownError");
  };
}

test("what was counted stands while the storage is silent, and nothing is called saved or received", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  await user.commit(begin());
  await user.commit(patch("hr", 80));
  await settled();
  assert.deepEqual([b.tablet.status().state, b.tablet.status().pending], ["saved", 2]);
  gone();
  await b.tablet.sendNow();
  await settled();
  assert.deepEqual([b.tablet.status().state, b.tablet.status().pending], ["memory", 2]);
  const room: StorageState = await b.tablet.storage();
  assert.equal(room.level, "memory");
  IDBDatabase.prototype.transaction = transaction;
  b.online();
  await b.tablet.sendNow();
  await settled();
  assert.deepEqual([b.tablet.status().state, b.tablet.status().pending], ["received", 0]);
});

test("no receipt of a shift is asked for, and no report says that nothing is unsent", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  await user.commit(begin());
  await settled();
  b.online();
  b.server.deaf.add("/field/api/push");
  gone();
  const told = b.server.reports.length;
  await b.tablet.report();
  await assert.rejects(b.tablet.endOfShift(), (error: Error) => {
    assert.ok(error instanceof Refused);
    return /storage does not answer/.test(error.message);
  });
  assert.equal(b.server.reports.length, told);
  await assert.rejects(user.unsent(), "an empty list would say that everything is received");
  await b.tablet.pull();
  await b.clock.pass(120_000);
});

test("what is typed into a silent storage is kept in memory, told of, listed and sent", async () => {
  const b = await bench();
  const user = await b.enrol();
  gone();
  b.offline();
  const saved = await user.commit(begin());
  await settled();
  assert.equal(saved.durable, false);
  assert.deepEqual([b.tablet.status().state, b.tablet.status().pending], ["memory", 1]);
  assert.deepEqual(
    (await user.unsent()).map(({ mid }) => mid),
    [saved.mid],
  );
  b.online();
  await b.tablet.sendNow();
  await settled();
  assert.deepEqual(
    b.server.received.map(({ header }) => header.mid),
    [saved.mid],
  );
});

test("a wipe that the storage refuses is tried again when the server says it again", async () => {
  const b = await bench();
  await b.enrol();
  b.server.directives = ["wipe"];
  const real = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...how) {
    if (how[1] === "readwrite") throw new DOMException("No room.", "QuotaExceededError");
    return real.apply(this, how);
  };
  await b.tablet.report();
  await settled();
  assert.equal(b.tablet.unlocked, null, "locked all the same");
  assert.equal((await b.tablet.users())[0]?.pinSet, true);
  IDBDatabase.prototype.transaction = transaction;
  await b.tablet.report();
  await settled();
  assert.equal((await b.tablet.users())[0]?.pinSet, false);
});
