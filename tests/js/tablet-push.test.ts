/** What leaves the outbox, when, and what does not count as a receipt. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Unlocked } from "../../static/src/tablet/store/index.ts";
import { backoff, retryAfter } from "../../static/src/tablet/store/push.ts";
import type { OutboxRow } from "../../static/src/tablet/store/rows.ts";
import { Bench, begin, OTHER, PIN, patch, RESPONSE, STAFF, settled, taken } from "./tablet-bench.ts";

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.tablet.close();
});

async function ready(): Promise<{ b: Bench; user: Unlocked }> {
  const b = await Bench.begin();
  benches.push(b);
  return { b, user: await b.enrol() };
}

const RECEIPT = { "Content-Type": "application/vnd.mih.receipt+json" };

/** Turns the server's own receipt into something else. */
type Spoiled = (whole: Response, bytes: Uint8Array) => Promise<Response> | Response;
const FAULTS: Record<string, Spoiled> = {
  "a redirect to the sign-in": () =>
    new Response(null, { status: 302, headers: { Location: "/accounts/login/" } }),
  "a captive portal's page": () =>
    new Response("<html>Welcome</html>", { headers: { "Content-Type": "text/html" } }),
  "a captive portal that borrows the type": () => new Response("<html>Welcome</html>", { headers: RECEIPT }),
  "an empty success": () => new Response(null, { status: 204, headers: RECEIPT }),
  "another success": async (whole) => new Response(await whole.text(), { status: 201, headers: RECEIPT }),
  "plain JSON": async (whole) => Response.json(await whole.json()),
  "a nonce of another request": async (whole) =>
    new Response(JSON.stringify({ ...(await whole.json()), nonce: "00".repeat(16) }), { headers: RECEIPT }),
  "a receipt without an epoch": async (whole) =>
    new Response(JSON.stringify({ ...(await whole.json()), epoch: undefined }), { headers: RECEIPT }),
  "a receipt without a time": async (whole) =>
    new Response(JSON.stringify({ ...(await whole.json()), received_at: "soon" }), { headers: RECEIPT }),
  "a receipt that names one item too few": async (whole) => {
    const body = await whole.json();
    return new Response(JSON.stringify({ ...body, items: body.items.slice(1) }), { headers: RECEIPT });
  },
  "an outcome nobody knows": async (whole) => {
    const body = await whole.json();
    body.items[0].outcome = "fine";
    return new Response(JSON.stringify(body), { headers: RECEIPT });
  },
  "a list of nothing": () => new Response("null", { headers: RECEIPT }),
};

for (const [name, spoil] of Object.entries(FAULTS)) {
  test(`${name} is no receipt: everything is kept and sent again as it was`, async () => {
    const { b, user } = await ready();
    const saved = [await user.commit(begin()), await user.commit(patch("hr", 112))];
    b.server.script = [
      async (address, init) => spoil((await b.server.answer(address, init)).clone(), init.body as Uint8Array),
    ];
    await b.tablet.sendNow();
    assert.equal(b.tablet.status().pending, 2);
    assert.ok(b.tablet.status().reason);
    await b.tablet.sendNow();
    assert.equal(b.tablet.status().pending, 0);
    assert.deepEqual(
      b.server.received.map(({ header }) => header.mid),
      saved.map(({ mid }) => mid),
    );
    assert.deepEqual(
      b.server.batches[0]?.map(({ bytes }) => bytes),
      b.server.batches[1]?.map(({ bytes }) => bytes),
    );
  });
}

test("a receipt cut short at any place is none", async () => {
  const { b, user } = await ready();
  await user.commit(begin());
  for (let part = 0; part < 20; part += 1) {
    b.server.script = [
      async (address, init) => {
        const whole = await (await b.server.answer(address, init)).text();
        return new Response(whole.slice(0, Math.floor((whole.length * part) / 20)), { headers: RECEIPT });
      },
    ];
    await b.tablet.sendNow();
    assert.equal(b.tablet.status().pending, 1);
  }
  await b.tablet.sendNow();
  assert.equal(b.tablet.status().pending, 0);
  assert.equal(b.server.custody.size, 1);
});

for (const status of [401, 403, 404, 409, 500, 502, 503, 507]) {
  test(`${status} deletes nothing`, async () => {
    const { b, user } = await ready();
    await user.commit(begin());
    b.server.script = [() => Response.json({ code: "x", sentence: "No." }, { status })];
    await b.tablet.sendNow();
    assert.equal((await b.rows("outbox")).length, 1);
    assert.ok(b.tablet.status().nextTryAt);
  });
}

test("a request that the network refuses is told apart from a network that wants its own sign-in", async () => {
  const { b, user } = await ready();
  await user.commit(begin());
  b.offline();
  await b.tablet.sendNow();
  assert.equal(b.tablet.status().network, "none");
  b.online();
  b.server.script = [() => new Response("<html>", { headers: { "Content-Type": "text/html" } })];
  await b.tablet.sendNow();
  assert.equal(b.tablet.status().network, "portal");
  await b.tablet.sendNow();
  assert.equal(b.tablet.status().network, "ok");
});

test("a black hole ends by itself, and smaller batches follow", async () => {
  const { b, user } = await ready();
  for (let n = 0; n < 30; n += 1) {
    const value = Array.from({ length: 300 }, () => crypto.randomUUID()).join();
    await user.commit(patch("text", value, null, crypto.randomUUID()));
  }
  b.server.script = [
    (_address, init) =>
      new Promise((_, fail) => {
        init.signal?.addEventListener("abort", () => fail(new DOMException("late", "AbortError")));
      }),
  ];
  let over = false;
  const trying = b.tablet.sendNow().then(() => {
    over = true;
  });
  await settled();
  await b.clock.pass(19_000);
  assert.equal(over, false);
  await b.clock.pass(60_000);
  await trying;
  assert.equal(b.tablet.status().reason === "", b.tablet.status().pending === 0);
  await b.tablet.sendNow();
  assert.equal(b.tablet.status().pending, 0);
  const sizes = b.server.batches.map((batch) => batch.reduce((sum, { bytes }) => sum + bytes.length / 2, 0));
  assert.ok(
    sizes.every((size) => size <= 64 * 1024 + 10_000),
    String(sizes),
  );
});

test("what is saved while a try hangs does not end the tries that follow", async () => {
  const { b, user } = await ready();
  b.server.script = [
    (_address, init) =>
      new Promise((_, fail) => {
        init.signal?.addEventListener("abort", () => fail(new DOMException("late", "AbortError")));
      }),
  ];
  await user.commit(begin());
  await b.clock.pass(5_000);
  await user.commit(patch("hr", 112));
  await b.clock.pass(5_000);
  assert.deepEqual(b.server.batches, []);
  assert.equal(b.tablet.status().pending, 2);
  await b.clock.pass(30_000 + 300_000);
  assert.equal(b.tablet.status().pending, 0);
});

test("waiting grows from seconds to five minutes at most, with full jitter", () => {
  assert.equal(backoff(0, 1), 2_000);
  assert.equal(backoff(3, 1), 16_000);
  assert.equal(backoff(50, 1), 300_000);
  assert.equal(backoff(50, 0), 0);
  assert.equal(backoff(50, 0.5), 150_000);
});

test("the server's wish to be left alone is obeyed, in seconds or as a date, but not by a person's wish to send", async () => {
  assert.equal(retryAfter("17", new Date(0)), 17_000);
  assert.equal(retryAfter("Thu, 01 Jan 1970 00:01:00 GMT", new Date(0)), 60_000);
  assert.equal(retryAfter("rubbish", new Date(0)), 0);
  const { b, user } = await ready();
  await user.commit(begin());
  const busy = { status: 429, headers: { "Retry-After": "120" } };
  b.server.script = [() => Response.json({ code: "busy", sentence: "Wait." }, busy)];
  await b.tablet.sendNow();
  const tries = b.server.batches.length;
  await user.commit(patch("hr", 1));
  await b.clock.pass(110_000);
  assert.equal(b.server.batches.length, tries);
  await b.clock.pass(20_000);
  assert.equal(b.tablet.status().pending, 0);
});

test("what is saved goes by itself after two seconds, and comes back to that after any number of failures", async () => {
  const { b, user } = await ready();
  await user.commit(begin());
  await b.clock.pass(1_900);
  assert.equal(b.server.custody.size, 0);
  await b.clock.pass(200);
  assert.equal(b.server.custody.size, 1);
  b.offline();
  await user.commit(patch("hr", 1));
  await b.clock.pass(3_600_000);
  assert.equal(b.tablet.status().pending, 1);
  b.online();
  await b.clock.pass(60_000);
  assert.equal(b.tablet.status().pending, 0);
});

test("a batch too large for the server is halved until it fits", async () => {
  const { b, user } = await ready();
  for (let n = 0; n < 8; n += 1) await user.commit(patch("hr", n, null, crypto.randomUUID()));
  b.server.script = Array.from({ length: 60 }, () => (_address, init) => {
    if (taken(init.body as Uint8Array).length <= 2) return undefined;
    return Response.json({ code: "too_large", sentence: "Too large." }, { status: 413 });
  });
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 8);
  assert.deepEqual(
    b.server.received.map(({ header }) => header.seq),
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
});

test("one item that the server refuses is found, left aside and shown; the others go on", async () => {
  const { b, user } = await ready();
  const saved = [];
  for (let n = 0; n < 9; n += 1) saved.push(await user.commit(patch("hr", n, null, crypto.randomUUID())));
  const poison = saved[4]?.mid;
  const refuse: typeof b.server.script = Array.from({ length: 60 }, () => (_address, init) => {
    const hurts = taken(init.body as Uint8Array).some(({ header }) => header.mid === poison);
    return hurts ? Response.json({ code: "bad_batch", sentence: "Unreadable." }, { status: 400 }) : undefined;
  });
  b.server.script = refuse;
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 8);
  assert.deepEqual(
    (await b.rows<OutboxRow>("outbox")).map(({ mid }) => mid),
    [poison],
  );
  assert.deepEqual(
    (await user.unsent()).map(({ state, mid }) => [state, mid]),
    [["help", poison]],
  );
  b.online();
  await b.clock.pass(3_700_000);
  assert.equal(b.server.custody.size, 9);
});

test("500 records go in batches of at most 200 and 256 KiB, each author's in order", async () => {
  const { b, user } = await ready();
  for (let n = 0; n < 500; n += 1) await user.commit(patch("hr", n, null, crypto.randomUUID()));
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 500);
  assert.ok(b.server.batches.every((batch) => batch.length <= 200));
  const order = b.server.received.map(({ header }) => header.seq);
  assert.deepEqual(
    order,
    [...order].sort((one, other) => one - other),
  );
});

test("it goes with nobody unlocked and nobody signed in, everybody's", async () => {
  const { b, user } = await ready();
  b.offline();
  const mine = await user.commit(begin());
  b.online();
  const other = await b.enrol(OTHER, "314159");
  b.offline();
  const theirs = await other.commit(begin("00000000-0000-7000-8000-0000000000e2"));
  await b.tablet.lock();
  await b.reload();
  b.online();
  b.server.signedIn = null;
  await settled();
  await b.tablet.sendNow();
  assert.equal(b.tablet.unlocked, null);
  assert.equal(b.server.custody.get(mine.mid)?.header.author, STAFF.id);
  assert.equal(b.server.custody.get(theirs.mid)?.header.author, OTHER.id);
});

test("a page that dies between the server's receipt and its own note offers again and hears `dup`", async () => {
  const { b, user } = await ready();
  const saved = await user.commit(begin());
  b.server.script = [
    async (address, init) => {
      await b.server.answer(address, init);
      throw new TypeError("Failed to fetch");
    },
  ];
  await b.tablet.sendNow();
  await b.reload();
  await settled();
  await b.tablet.sendNow();
  assert.equal(b.tablet.status().pending, 0);
  assert.equal(b.server.custody.size, 1);
  const again = await b.tablet.unlock(STAFF.id, PIN);
  assert.equal((await again.response(RESPONSE))?.pending, 0);
  assert.ok(saved.mid);
});

test("a new epoch brings back what the restored server lacks, under the same identifiers and bytes", async () => {
  const { b, user } = await ready();
  for (let n = 0; n < 6; n += 1) await user.commit(patch("hr", n, null, crypto.randomUUID()));
  await b.tablet.sendNow();
  const before = new Map(b.server.custody);
  const lost = Array.from(before.keys()).slice(2);
  for (const mid of lost) b.server.custody.delete(mid);
  b.server.epoch = "00000000-0000-4000-8000-0000000000ff";
  await b.tablet.report();
  await settled();
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 6);
  for (const mid of lost) assert.equal(b.server.custody.get(mid)?.bytes, before.get(mid)?.bytes);
  assert.equal(b.tablet.device()?.epoch, b.server.epoch);
});

test("an epoch heard while the question could not be asked is asked about after the next start", async () => {
  const { b, user } = await ready();
  await user.commit(begin());
  await b.tablet.sendNow();
  b.server.custody.clear();
  b.server.epoch = "00000000-0000-4000-8000-0000000000ff";
  b.server.deaf.add("/field/api/have");
  await b.tablet.report();
  await settled();
  assert.equal(b.server.custody.size, 0);
  b.server.deaf.clear();
  await b.reload();
  await settled();
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 1);
});
