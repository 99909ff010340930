/** Words in a form that is no record yet outlive a lock and a killed app, and are their author's alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BegunRow } from "../../static/src/tablet/store/rows.ts";
import { bench, OTHER, PIN, STAFF } from "./tablet-bench.ts";

const WORDS = { address: "4418 Quillfeather Lane" };

test("what was typed is there again after a restart, as it stood last, and gone once it is a record", async () => {
  const b = await bench();
  const user = await b.enrol();
  await user.begun.keep("new", { address: "44" });
  await user.begun.keep("new", WORDS);
  await b.reload();
  const again = await b.tablet.unlock(STAFF.id, PIN);
  assert.deepEqual(await again.begun.read("new"), WORDS);
  assert.deepEqual(await again.begun.names(), ["new"]);
  await again.begun.drop("new");
  assert.equal(await again.begun.read("new"), null);
  assert.deepEqual(await again.begun.names(), []);
});

test("nothing of it stands in clear, and a colleague on the same tablet neither sees nor opens it", async () => {
  const b = await bench();
  await (await b.enrol()).begun.keep("new", WORDS);
  const [row] = await b.rows<BegunRow>("begun");
  assert.ok(row);
  assert.ok(
    !JSON.stringify(Array.from(row.kept, (byte) => String.fromCharCode(byte)).join("")).includes("Quill"),
  );
  b.server.signedIn = OTHER;
  const other = await b.enrol();
  assert.deepEqual(await other.begun.names(), []);
  assert.equal(await other.begun.read("new"), null);
});

test("it goes with the keys of whoever leaves the tablet, and after thirty days", async () => {
  const b = await bench();
  const user = await b.enrol();
  await user.begun.keep("new", WORDS);
  const [row] = await b.rows<BegunRow>("begun");
  await b.put("begun", { ...row, at: new Date(b.clock.at - 31 * 86_400_000).toISOString() });
  b.clock.at += 86_400_000;
  await b.tablet.pull();
  assert.deepEqual(await user.begun.names(), []);
  await user.begun.keep("new", WORDS);
  await b.tablet.leave();
  assert.deepEqual(await b.rows("begun"), []);
});

test("a full disk keeps it as long as the page lives, through a lock", async () => {
  const b = await bench();
  const user = await b.enrol();
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...args: Parameters<typeof put>) {
    if (this.name === "begun") throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, args);
  };
  try {
    await user.begun.keep("new", WORDS);
    assert.deepEqual(await user.begun.names(), ["new"]);
    await b.tablet.lock();
    const again = await b.tablet.unlock(STAFF.id, PIN);
    assert.deepEqual(await again.begun.read("new"), WORDS);
  } finally {
    IDBObjectStore.prototype.put = put;
  }
});
