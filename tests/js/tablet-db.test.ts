/** The database under the store: newer and older code, lost connections, none at all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Memory, openDatabase, type Rows } from "../../static/src/tablet/store/db.ts";
import { begin, bench, PIN, patch, STAFF, settled } from "./tablet-bench.ts";

/** Another page, with newer or older code, opens the database its own way. */
function elsewhere(name: string, version: number, upgrade: (db: IDBDatabase) => void): Promise<void> {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(name, version);
    asked.onupgradeneeded = () => upgrade(asked.result);
    asked.onerror = () => fail(asked.error);
    asked.onsuccess = () => {
      asked.result.close();
      done();
    };
  });
}

test("a newer page adds a store while this one is open: this one lets go, opens again, and loses nothing", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const first = await user.commit(begin());
  await elsewhere(b.name, 7, (db) => db.createObjectStore("later"));
  const second = await user.commit(patch("hr", 1));
  assert.deepEqual([first.durable, second.durable], [true, true]);
  await b.reload();
  assert.equal((await b.rows("outbox")).length, 2, "and older code opens the newer database");
});

test("stores that an older page did not make are added beside what it kept", async () => {
  const name = `old-${crypto.randomUUID()}`;
  await elsewhere(name, 3, (db) => db.createObjectStore("meta", { keyPath: "name" }));
  const db = await openDatabase(name);
  await db.write(["meta", "outbox"], (rows) => rows.put("outbox", { mid: "m", staff: "s" }));
  assert.equal((await db.read(["outbox"], (rows) => rows.all("outbox", "staff", "s"))).length, 1);
  await db.close();
});

test("a connection that dies under a save is replaced and the save stands, once", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const real = IDBDatabase.prototype.transaction;
  let deaths = 2;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...how) {
    if (how[1] === "readwrite" && deaths > 0) {
      deaths -= 1;
      throw new DOMException("The connection is closing.", "InvalidStateError");
    }
    return real.apply(this, how);
  };
  const saved = await user.commit(begin()).finally(() => {
    IDBDatabase.prototype.transaction = real;
  });
  assert.equal(saved.durable, true);
  assert.equal((await b.rows("outbox")).length, 1);
});

test("a disk that is gone for good leaves memory, says so, and what is in memory is sent", async () => {
  const b = await bench();
  const user = await b.enrol();
  const real = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = () => {
    throw new DOMException("Connection to Indexed Database server lost.", "UnknownError");
  };
  try {
    const saved = [await user.commit(begin()), await user.commit(patch("hr", 1))];
    assert.deepEqual(
      saved.map(({ durable }) => durable),
      [false, false],
    );
    assert.equal(b.tablet.status().state, "memory");
    assert.equal((await user.unsent()).length, 2);
    await b.tablet.sendNow();
    assert.deepEqual(
      b.server.received.map(({ header }) => [header.mid, header.prev]),
      [
        [saved[0]?.mid, null],
        [saved[1]?.mid, saved[0]?.mid],
      ],
    );
  } finally {
    IDBDatabase.prototype.transaction = real;
  }
  assert.deepEqual(await b.rows("outbox"), []);
});

test("a browser without storage works from memory as long as the page lives, and says so from the start", async () => {
  const real = IDBFactory.prototype.open;
  IDBFactory.prototype.open = () => {
    throw new DOMException("Not here.", "SecurityError");
  };
  try {
    const db = await openDatabase("nowhere");
    assert.equal(db.memory, true);
  } finally {
    IDBFactory.prototype.open = real;
  }
});

test("memory keeps the promises of a transaction: all or nothing, one after another, by index too", async () => {
  const db = new Memory();
  const one = { mid: "1", staff: "a" };
  await db.write(["outbox"], (rows) => rows.put("outbox", one));
  await assert.rejects(
    db.write(["outbox"], async (rows) => {
      await rows.delete("outbox", "1");
      throw new Error("no");
    }),
  );
  assert.deepEqual(await db.read(["outbox"], (rows) => rows.all("outbox", "staff", "a")), [one]);
  assert.deepEqual(await db.read(["outbox"], (rows) => rows.all("outbox", "staff", "b")), []);
  const add = (rows: Rows) =>
    rows
      .get<{ mid: string; n: number }>("meta", "n")
      .then((row) => rows.put("meta", { name: "n", n: (row?.n ?? 0) + 1 }));
  await Promise.all([db.write(["meta"], add), db.write(["meta"], add), db.write(["meta"], add)]);
  assert.deepEqual(await db.read(["meta"], (rows) => rows.get("meta", "n")), { name: "n", n: 3 });
});

/** A small generator of chances that a failed run can be repeated with. */
function chances(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

for (const seed of Array.from({ length: 12 }, (_, n) => 1000 + n)) {
  test(`whatever happens in whatever order, nothing saved is lost, doubled or out of order (${seed})`, async () => {
    const chance = chances(seed);
    const b = await bench();
    let user = await b.enrol();
    const standing = new Map<string, unknown>();
    const ledger: { mid: string; field: string; value: number }[] = [];
    const fields = ["hr", "rr", "spo2"];
    const faults: (() => Response | Promise<Response>)[] = [
      () => Promise.reject(new TypeError("Failed to fetch")),
      () => new Response("<html>", { headers: { "Content-Type": "text/html" } }),
      () =>
        Response.json({ code: "away", sentence: "Later." }, { status: 503, headers: { "Retry-After": "3" } }),
      () => Response.json({ code: "too_large", sentence: "Less." }, { status: 413 }),
    ];
    for (let step = 0; step < 60; step += 1) {
      switch (chance(8)) {
        case 0:
          b.server.script = Array.from(
            { length: chance(3) },
            () => faults[chance(faults.length)] as () => Response,
          );
          break;
        case 1:
          b.server.script = [
            async (address, init) => {
              await b.server.answer(address, init);
              throw new TypeError("Failed to fetch");
            },
          ];
          break;
        case 2:
          await b.tablet.sendNow();
          break;
        case 3:
          await b.clock.pass(chance(90_000));
          break;
        case 4:
          await b.reload();
          user = await b.tablet.unlock(STAFF.id, PIN);
          break;
        default: {
          const field = fields[chance(3)] as string;
          const value = step + 1;
          const base = standing.get(field) ?? null;
          const { mid } = await user.commit(patch(field, value, base));
          standing.set(field, value);
          ledger.push({ mid, field, value });
        }
      }
    }
    b.online();
    await settled();
    for (let n = 0; n < 4; n += 1) await b.tablet.sendNow();
    assert.equal(b.tablet.status().pending, 0);
    const received = b.server.received.sort((one, other) => one.header.seq - other.header.seq);
    assert.deepEqual(
      received.map(({ header }) => header.seq),
      received.map((_, n) => n + 1),
      "every number once",
    );
    assert.deepEqual(
      received.map(({ header }) => header.prev),
      [null, ...received.slice(0, -1).map(({ header }) => header.mid)],
      "each names the one before it",
    );
    const applied = new Map<string, unknown>();
    for (const item of received) {
      const { changes } = (await b.server.payload(item)) as {
        changes: Record<string, { base: unknown; value: unknown }>;
      };
      for (const [field, { base, value }] of Object.entries(changes)) {
        assert.equal(applied.get(field) ?? null, base, "each change starts where the last one ended");
        applied.set(field, value);
      }
    }
    for (const field of fields) {
      assert.equal(applied.get(field), ledger.findLast((entry) => entry.field === field)?.value);
    }
    const seen = new Set(received.map(({ header }) => header.mid));
    assert.ok(
      ledger.length === 0 || seen.has(ledger[ledger.length - 1]?.mid ?? ""),
      "the last one is never replaced",
    );
  });
}
