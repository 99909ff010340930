/** Users share a tablet and nothing else; a PIN opens one user's rows and no other's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  KeysGone,
  NeedsNetwork,
  NeedsSignIn,
  Unsent,
  WeakPin,
  WrongPin,
} from "../../static/src/tablet/store/index.ts";
import { Box, random, weakness } from "../../static/src/tablet/store/keys.ts";
import type { CaseRow, DraftRow, UserRow } from "../../static/src/tablet/store/rows.ts";
import { utf8 } from "../../static/src/tablet/store/seal.ts";
import { type Bench, begin, bench, OTHER, PIN, patch, RESPONSE, STAFF, settled } from "./tablet-bench.ts";

const WRONG = "000001";

async function wrong(b: Bench, pin = WRONG): Promise<Error> {
  return b.tablet.unlock(STAFF.id, pin).then(
    () => assert.fail("It opened."),
    (error: Error) => error,
  );
}

test("a PIN has six digits at least and is no row of one digit, up or down", () => {
  for (const pin of ["", "12345", "12345a", "111111", "123456", "987654", "000000", "0123456789"]) {
    assert.notEqual(weakness(pin), "", pin);
  }
  for (const pin of ["271828", "112233", "135791", "123457"]) assert.equal(weakness(pin), "", pin);
});

test("enrolling says what it lacks: a better PIN, a session, a network", async () => {
  const b = await bench();
  await assert.rejects(b.tablet.enrol({ name: "T", pin: "111111" }), WeakPin);
  b.server.signedIn = null;
  await assert.rejects(b.tablet.enrol({ name: "T", pin: PIN }), NeedsSignIn);
  b.offline();
  await assert.rejects(b.tablet.enrol({ name: "T", pin: PIN }), NeedsNetwork);
  assert.equal(b.tablet.device(), null);
  assert.deepEqual(await b.tablet.users(), []);
});

test("the right PIN opens after a restart without a network, and locking leaves nothing that opens", async () => {
  const b = await bench();
  await b.enrol();
  b.offline();
  await b.reload();
  const user = await b.tablet.unlock(STAFF.id, PIN);
  assert.equal(user.staff.name, STAFF.name);
  await user.commit(begin());
  await b.tablet.lock();
  assert.equal(b.tablet.unlocked, null);
  await assert.rejects(async () => user.commit(begin()));
  await assert.rejects(async () => user.openBytes("x", new Uint8Array(40)));
  assert.equal(Reflect.get(user, "keys"), null);
});

test("wrong PINs cost time from the third on, over a restart and a clock set back too", async () => {
  const b = await bench();
  await b.enrol();
  await b.tablet.lock();
  assert.equal(((await wrong(b)) as WrongPin).waitSeconds, 0);
  assert.equal(((await wrong(b)) as WrongPin).waitSeconds, 0);
  const third = (await wrong(b)) as WrongPin;
  assert.deepEqual([third.triesLeft, third.waitSeconds], [7, 8]);
  const early = (await wrong(b, PIN)) as WrongPin;
  assert.ok(early instanceof WrongPin);
  assert.equal(early.triesLeft, 7);
  assert.ok((await b.tablet.users())[0]?.waitUntil);
  b.clock.at += 86_400_000;
  assert.ok((await wrong(b, PIN)) instanceof WrongPin, "a clock set forward does not shorten the wait");
  b.clock.at -= 2 * 86_400_000;
  await b.reload();
  assert.ok((await wrong(b, PIN)) instanceof WrongPin, "nor does a clock set back before a restart");
  const back = (await wrong(b, PIN)) as WrongPin;
  assert.equal(back.waitSeconds, 8, "and the wait is not longer than it was either");
  b.clock.at += 86_400_000 + 9_000;
  const user = await b.tablet.unlock(STAFF.id, PIN);
  assert.equal(user.staff.id, STAFF.id);
  assert.equal((await b.rows<UserRow>("users"))[0]?.tries, 0);
});

test("a try counts even when the page dies while the PIN is looked at", async () => {
  const b = await bench();
  await b.enrol();
  await b.tablet.lock();
  const real = SubtleCrypto.prototype.decrypt;
  SubtleCrypto.prototype.decrypt = () => new Promise(() => undefined);
  void b.tablet.unlock(STAFF.id, WRONG);
  while ((await b.rows<UserRow>("users"))[0]?.tries !== 1) await settled();
  SubtleCrypto.prototype.decrypt = real;
  await b.reload();
  assert.equal(((await wrong(b)) as WrongPin).triesLeft, 8);
});

test("ten wrong PINs drop the keys and nothing else: what is sealed arrives, and a new sign-in starts anew", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.offline();
  const saved = [];
  for (let n = 0; n < 5; n += 1) saved.push(await user.commit(patch("hr", n, null, crypto.randomUUID())));
  await b.tablet.lock();
  for (let n = 1; n < 10; n += 1) {
    assert.ok((await wrong(b)) instanceof WrongPin);
    await b.clock.pass(600_000);
  }
  assert.ok((await wrong(b)) instanceof KeysGone);
  const [row] = await b.rows<UserRow>("users");
  assert.deepEqual([row?.slot, row?.sign.length, row?.profile.length], [null, 0, 0]);
  assert.deepEqual(await b.rows("drafts"), []);
  assert.ok((await wrong(b, PIN)) instanceof KeysGone);
  assert.deepEqual((await b.tablet.users())[0]?.pending, 5);
  assert.equal((await b.tablet.users())[0]?.pinSet, false);
  b.online();
  await b.tablet.sendNow();
  assert.deepEqual(
    b.server.received.map(({ header }) => header.mid),
    saved.map(({ mid }) => mid),
  );
  const again = await b.enrol(STAFF, "141421");
  const next = await again.commit(begin());
  assert.equal(next.seq, 6, "numbers go on");
});

test("a second user changes nothing of the first's, cannot read it, and sees none of it", async () => {
  const b = await bench();
  const ana = await b.enrol();
  b.offline();
  const mine = await ana.commit(begin());
  const before = [await b.rows("outbox"), await b.rows("drafts"), (await b.rows<UserRow>("users"))[0]?.slot];
  b.online();
  b.server.deaf.add("/field/api/push");
  const ben = await b.enrol(OTHER, "314159");
  const users = await b.rows<UserRow>("users");
  const after = [
    await b.rows("outbox"),
    await b.rows("drafts"),
    users.find((u) => u.staff === STAFF.id)?.slot,
  ];
  assert.deepEqual(
    (after[0] as { mid: string }[]).map(({ mid }) => mid),
    [mine.mid],
  );
  assert.deepEqual(after.slice(1), before.slice(1));
  assert.equal(await ben.response(RESPONSE), null);
  assert.deepEqual(await ben.unsent(), []);
  assert.equal((await ben.commit(begin("00000000-0000-7000-8000-0000000000e2"))).seq, 1);
  const tiles = await b.tablet.users();
  assert.deepEqual(
    tiles.map(({ name, pending }) => [name, pending]),
    [
      ["Ana Ortiz", 1],
      ["Ben Kim", 1],
    ],
  );
});

test("a row moved to another user or another place, and a row with one bit flipped, opens for nobody and stays", async () => {
  const b = await bench();
  const ana = await b.enrol();
  b.offline();
  await ana.commit(begin());
  await ana.commit(patch("hr", 112));
  const rows = await b.rows<DraftRow>("drafts");
  const patched = rows.find(({ type }) => type === "draft.patch") as DraftRow;
  const kept = patched.kept as Uint8Array;
  const begun = rows.find(({ type }) => type === "encounter.create") as DraftRow;
  const altered = [0, 12, kept.length - 1].map((place) =>
    kept.map((byte, at) => (at === place ? byte ^ 1 : byte)),
  );
  for (const bytes of [begun.kept as Uint8Array, ...altered]) {
    await b.put("drafts", { ...patched, kept: bytes });
    await b.reload();
    const again = await b.tablet.unlock(STAFF.id, PIN);
    assert.deepEqual((await again.response(RESPONSE))?.entries, []);
    assert.deepEqual((await b.rows<DraftRow>("drafts")).find(({ mid }) => mid === patched.mid)?.kept, bytes);
    assert.ok((await b.tablet.log()).some(({ event }) => event === "row_does_not_open"));
  }
  b.online();
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 2, "the sealed copies go all the same");
});

test("ciphertext is bound to its store and its key, and to the user's own key", async () => {
  const [one, other] = [await Box.of(random(32)), await Box.of(random(32))];
  const kept = await one.lock("cases", "a", utf8("words"));
  assert.equal(new TextDecoder().decode(await one.open("cases", "a", kept)), "words");
  await assert.rejects(one.open("cases", "b", kept));
  await assert.rejects(one.open("drafts", "a", kept));
  await assert.rejects(other.open("cases", "a", kept));
});

test("nothing that was typed stands in clear in any store, and no key object is stored", async () => {
  const b = await bench();
  b.server.pulled = { responses: [], calls: [{ id: "c", title: "CANARY-1" }] };
  const user = await b.enrol();
  b.server.outcomes = new Map();
  await user.commit({ ...begin(), payload: { incident: { address: "CANARY-2" } } });
  const saved = await user.commit(patch("text", "CANARY-3"));
  b.server.outcomes.set(saved.mid, {
    outcome: "attention",
    detail: { refused: { text: "CANARY-4 is too long." } },
  });
  await b.tablet.sendNow();
  await b.tablet.pull();
  for (const store of ["meta", "users", "streams", "outbox", "drafts", "sent", "cases", "log"]) {
    for (const row of await b.rows<Record<string, unknown>>(store)) {
      const clear = JSON.stringify(row, (_key, value) =>
        value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value,
      );
      assert.doesNotMatch(clear, /CANARY/, store);
      assert.ok(!Object.values(row).some((value) => value instanceof CryptoKey));
    }
  }
  assert.deepEqual((await user.response(RESPONSE))?.entries[0]?.refused, { text: "CANARY-4 is too long." });
});

test("the end of a shift: nothing unsent, a statement, and the day's cases are gone", async () => {
  const b = await bench();
  const user = await b.enrol();
  await b.tablet.pull();
  await user.commit(begin());
  b.offline();
  await assert.rejects(b.tablet.endOfShift(), Unsent);
  b.online();
  assert.equal((await b.tablet.endOfShift()).words, "0 unsent.");
  assert.deepEqual(await b.rows<CaseRow>("cases"), []);
  assert.equal((await b.rows<UserRow>("users"))[0]?.day, null);
  assert.equal(await b.tablet.pull(), "ok");
  assert.ok((await user.today()).fetchedAt);
});

test("a tablet taken out of service forgets its keys, locks, and still sends", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.server.deaf.add("/field/api/push");
  await user.commit(begin());
  b.server.directives = ["wipe"];
  await b.tablet.report();
  assert.equal(b.tablet.unlocked, null);
  assert.equal((await b.rows<UserRow>("users"))[0]?.slot, null);
  assert.deepEqual(await b.rows("cases"), []);
  b.server.deaf.clear();
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 1);
});

test("somebody who leaves the tablet takes their keys and cases along; their sealed records go, then their tile", async () => {
  const b = await bench();
  const user = await b.enrol();
  b.server.deaf.add("/field/api/push");
  await user.commit(begin());
  await b.tablet.leave();
  assert.equal(b.tablet.unlocked, null);
  const [row] = await b.rows<UserRow>("users");
  assert.equal(row?.slot, null);
  assert.deepEqual([await b.rows("drafts"), await b.rows("cases")], [[], []]);
  assert.deepEqual(
    (await b.tablet.users()).map(({ pinSet, pending }) => [pinSet, pending]),
    [[false, 1]],
  );
  b.server.deaf.clear();
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 1);
  assert.deepEqual(await b.tablet.users(), []);
});

test("nobody leaves when nobody is unlocked", async () => {
  const b = await bench();
  await b.enrol();
  await b.tablet.lock();
  await b.tablet.leave();
  assert.equal((await b.tablet.unlock(STAFF.id, PIN)).staff.id, STAFF.id);
});

test("one tablet has one page that may write a draft; taking it over tells the other", async () => {
  const b = await bench();
  const user = await b.enrol();
  const first = await user.hold("draft-1");
  const second = await user.hold("draft-1");
  let lost = 0;
  first.onLost(() => {
    lost += 1;
  });
  assert.deepEqual([first.mine, second.mine], [true, false]);
  await second.takeOver();
  await settled();
  assert.deepEqual([first.mine, second.mine, lost], [false, true, 1]);
  second.release();
  await settled();
  assert.equal((await user.hold("draft-1")).mine, true);
});
