/** What a user sees: the server's last word, with their own changes over it until a pull shows what became of them. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import type { Unlocked } from "../../static/src/tablet/store/index.ts";
import { onceRecord } from "../../static/src/tablet/store/index.ts";
import type { ResponseRow } from "../../static/src/tablet/store/records.ts";
import type { DraftRow } from "../../static/src/tablet/store/rows.ts";
import { Bench, begin, OTHER, PIN, patch, RECORD, RESPONSE, STAFF, settled } from "./tablet-bench.ts";

const benches: Bench[] = [];
afterEach(async () => {
  for (const bench of benches.splice(0)) await bench.tablet.close();
});

/** The response as the server shows it, with one entry of these values. */
function shown(values: Record<string, unknown>, version: number, over: Partial<ResponseRow> = {}): unknown {
  const entry = {
    ...{ form: "vitals", record: RECORD, version, values, status: "draft", frozen: false, summary: "" },
    ...{ author: { id: STAFF.id, name: STAFF.name }, happened_at: null, recorded_at: "2027-01-12T19:20:00Z" },
  };
  return {
    ...{ id: RESPONSE, version: 1, created_at: "2027-01-12T19:00:00Z", signed_at: null, signed_by: null },
    ...{
      programme: "mih",
      modality: "scene",
      unit: "M7",
      title: "Overdose",
      address: "12 Main St",
      writable: true,
    },
    ...{ person: null, context: {}, crew: [], times: [], entries: [entry], once: {}, gaps: [], alarms: [] },
    ...{ conflicts: [], addenda: [], attachments: [], complete: false },
    ...over,
  };
}

async function ready(pulled?: unknown): Promise<{ b: Bench; user: Unlocked }> {
  const b = await Bench.begin();
  benches.push(b);
  if (pulled) b.server.pulled = { responses: [pulled] };
  const user = await b.enrol();
  await b.clock.pass(1_000);
  return { b, user };
}

const entryOf = async (user: Unlocked) => (await user.response(RESPONSE))?.entries[0];

test("own changes lie over the server's values in the order made, and the base stays the server's", async () => {
  const { b, user } = await ready(shown({ hr: 80, rr: 16 }, 3));
  b.offline();
  await user.commit(patch("hr", 90, 80));
  await b.tablet.sendNow();
  await user.commit(patch("hr", 100, 90));
  const entry = await entryOf(user);
  assert.deepEqual(entry?.values, { hr: 100, rr: 16 });
  assert.deepEqual(entry?.base, { hr: 80, rr: 16 });
  assert.deepEqual(entry?.pending, ["hr"]);
  const card = (await user.today()).responses[0];
  assert.deepEqual([card?.pending, card?.local], [2, false]);
});

test("a received change stays visible until a pull shows its version, and then goes with its readable copy", async () => {
  const { b, user } = await ready(shown({ hr: 80 }, 3));
  const saved = await user.commit(patch("hr", 90, 80));
  b.server.outcomes.set(saved.mid, { outcome: "applied", version: 4 });
  await b.tablet.sendNow();
  await b.clock.pass(1_000);
  await b.tablet.pull();
  assert.deepEqual((await entryOf(user))?.values, { hr: 90 }, "that pull did not know version 4 yet");
  assert.deepEqual((await entryOf(user))?.pending, []);
  b.server.pulled = { responses: [shown({ hr: 95 }, 5)] };
  await b.clock.pass(1_000);
  await b.tablet.pull();
  assert.deepEqual((await entryOf(user))?.values, { hr: 95 }, "somebody else wrote after it");
  assert.deepEqual(await b.rows("drafts"), []);
});

test("the readable copy stays while the server has not opened the envelope", async () => {
  const { b, user } = await ready(shown({ hr: 80 }, 3));
  const saved = await user.commit(patch("hr", 90, 80));
  b.server.outcomes.set(saved.mid, { outcome: "held", opened: false });
  await b.tablet.sendNow();
  const told = { mid: saved.mid, detail: {}, encounter: RESPONSE, form: "vitals", record: RECORD };
  b.server.pulled = {
    responses: [shown({ hr: 95 }, 5)],
    outcomes: [{ ...told, outcome: "held", opened: false }],
  };
  await b.clock.pass(1_000);
  await b.tablet.pull();
  assert.equal((await b.rows<DraftRow>("drafts"))[0]?.mid, saved.mid);
  assert.equal((await user.unsent())[0]?.state, "held");
  b.server.pulled = { responses: [shown({ hr: 95 }, 5)] };
  await b.clock.pass(1_000);
  await b.tablet.pull();
  assert.deepEqual(await user.unsent(), []);
});

test("not even a change that a pull shows loses its readable copy before the server has opened the envelope", async () => {
  const { b, user } = await ready(shown({ hr: 80 }, 3));
  const saved = await user.commit(patch("hr", 90, 80));
  b.server.outcomes.set(saved.mid, { outcome: "applied", opened: false, version: 4 });
  await b.tablet.sendNow();
  b.server.pulled = { responses: [shown({ hr: 90 }, 4)] };
  await b.clock.pass(1_000);
  await b.tablet.pull();
  assert.equal((await b.rows<DraftRow>("drafts")).length, 1);
});

test("what the server cannot open is sealed anew under a new identifier, three times at most", async () => {
  const { b, user } = await ready();
  const saved = await user.commit(begin());
  const failed = { outcome: "quarantined", opened: false, detail: { code: "open_failed", sentence: "No." } };
  const real = b.server.outcomes.get.bind(b.server.outcomes);
  b.server.outcomes.get = (mid: string) => real(mid) ?? failed;
  for (let n = 0; n < 8; n += 1) {
    await b.tablet.sendNow();
    await settled();
    await b.clock.pass(10_000);
  }
  const mids = b.server.received.map(({ header }) => header.mid);
  assert.equal(mids.length, 4);
  assert.equal(mids[0], saved.mid);
  const payloads = await Promise.all(b.server.received.map((item) => b.server.payload(item)));
  for (const payload of payloads) assert.deepEqual(payload, begin().payload);
  assert.deepEqual(
    b.server.received.map(({ header }) => header.prev),
    [null, ...mids.slice(0, -1)],
  );
});

test("a refused value stays in its field with its sentence until another one is entered", async () => {
  const { b, user } = await ready(shown({ hr: 80, rr: 16 }, 3));
  const saved = await user.commit(patch("hr", 900, 80));
  const refused = { outcome: "attention", version: 4, detail: { refused: { hr: "900 is not possible." } } };
  b.server.outcomes.set(saved.mid, refused);
  await b.tablet.sendNow();
  const told = { mid: saved.mid, ...refused, encounter: RESPONSE, form: "vitals", record: RECORD };
  b.server.pulled = { responses: [shown({ hr: 80, rr: 18 }, 4)], outcomes: [told] };
  await b.clock.pass(1_000);
  await b.tablet.pull();
  const entry = await entryOf(user);
  assert.deepEqual([entry?.values, entry?.refused], [{ hr: 900, rr: 18 }, { hr: "900 is not possible." }]);
  assert.equal(b.tablet.status().attention, 1);
  assert.deepEqual((await user.unsent())[0]?.changes, { hr: 900 });
  await user.commit(patch("hr", 90, 900));
  assert.deepEqual((await entryOf(user))?.refused, {});
  await b.tablet.sendNow();
  await b.clock.pass(1_000);
  await b.tablet.pull();
  assert.equal((await b.tablet.users())[0]?.attention, 0);
});

test("a frozen change is not shown as if it stood, is offered with its values, and goes when dealt with", async () => {
  const { b, user } = await ready(shown({ hr: 80 }, 3, { signed_at: "2027-01-12T19:10:00Z" }));
  const saved = await user.commit(patch("hr", 90, 80));
  b.server.outcomes.set(saved.mid, {
    outcome: "frozen",
    detail: { code: "encounter_signed", sentence: "Signed." },
  });
  await b.tablet.sendNow();
  assert.deepEqual((await entryOf(user))?.values, { hr: 80 });
  const [item] = await user.unsent();
  assert.deepEqual([item?.state, item?.changes], ["frozen", { hr: 90 }]);
  await user.dismiss(saved.mid);
  assert.deepEqual(await user.unsent(), []);
  const again = {
    mid: saved.mid,
    outcome: "frozen",
    detail: {},
    encounter: RESPONSE,
    form: "vitals",
    record: RECORD,
  };
  b.server.pulled = { responses: [], outcomes: [again] };
  await b.tablet.pull();
  assert.deepEqual(await user.unsent(), [], "told of again, it does not come back");
});

test("a response begun here with a new person, times, crew and a signature is whole before the server knows it", async () => {
  const { b, user } = await ready();
  b.server.pulled = { policies: { times: [{ field: "arrived_at", label: "Arrived" }] } };
  await b.tablet.pull();
  b.offline();
  const person = crypto.randomUUID();
  await user.commit(begin());
  const details = { first_name: "Jo", last_name: "Roe", alias: "JJ" };
  await user.commit({
    type: "person.create",
    encounter: RESPONSE,
    record: person,
    payload: { details, aliases: [] },
  });
  const arrived = { field: "arrived_at", value: "2027-01-12T19:30:00Z", reason: "" };
  await user.commit({ type: "encounter.time", encounter: RESPONSE, payload: arrived });
  await user.commit(patch("hr", 90));
  await user.commit({
    type: "alarm.acknowledge",
    encounter: RESPONSE,
    record: RECORD,
    payload: { code: "spo2_low", action: "oxygen" },
  });
  const sign = await user.commit({ type: "record.sign", encounter: RESPONSE, payload: { seen: "{}" } });
  await b.reload();
  const again = await b.tablet.unlock(STAFF.id, PIN);
  const found = await again.response(RESPONSE);
  assert.deepEqual(found?.person, { id: person, name: "Jo Roe" });
  assert.deepEqual(found?.times, [{ field: "arrived_at", label: "Arrived", at: "2027-01-12T19:30:00Z" }]);
  assert.deepEqual(
    found?.entries.map(({ form, values }) => [form, values]),
    [
      ["person", { first_name: "Jo", last_name: "Roe" }],
      ["vitals", { hr: 90 }],
    ],
  );
  assert.deepEqual(
    found?.alarms.map(({ code, state, action }) => [code, state, action]),
    [["spo2_low", "done", "oxygen"]],
  );
  assert.equal(found?.signing?.mid, sign.mid);
  assert.deepEqual([found?.local, found?.title, found?.address], [true, "Overdose", "12 Main St"]);
  assert.deepEqual(
    (await again.today()).responses.map(({ id, local }) => [id, local]),
    [[RESPONSE, true]],
  );
});

test("a pull in somebody else's session stores nothing and asks for a sign-in", async () => {
  const { b, user } = await ready();
  const before = await b.rows("cases");
  b.server.signedIn = OTHER;
  b.server.pulled = { responses: [shown({ hr: 1 }, 1)] };
  let told = 0;
  b.tablet.on("signed_out", () => {
    told += 1;
  });
  assert.equal(await b.tablet.pull(), "signed_out");
  assert.equal(await b.tablet.pull(), "signed_out");
  assert.equal(told, 1);
  assert.deepEqual(await b.rows("cases"), before);
  assert.equal(await user.response(RESPONSE), null);
  await user.commit(begin());
  await b.tablet.sendNow();
  assert.equal(b.server.custody.size, 1, "sending goes on");
});

test("a response that is gone from the server's list goes here, and own unsent work in it does not", async () => {
  const { b, user } = await ready(shown({ hr: 80 }, 3));
  b.offline();
  await user.commit(patch("hr", 90, 80));
  b.online();
  b.server.deaf.add("/field/api/push");
  b.server.pulled = { gone: [RESPONSE] };
  await b.tablet.pull();
  assert.equal(await user.response(RESPONSE), null);
  assert.equal((await user.unsent()).length, 1);
});

test("the record of a form filled once is the one that every tablet computes", async () => {
  assert.equal(
    await onceRecord("0190a5a0-0000-7000-8000-000000000001", "narrative"),
    "6a59a83b-21d1-5245-8a92-d0bf0861f230",
  );
});

test("what the server does not ask for any more is settled here too; what it was never asked about is not", async () => {
  const { b, user } = await ready(shown({ hr: 80 }, 3));
  const saved = await user.commit(patch("hr", 900, 80));
  b.server.outcomes.set(saved.mid, { outcome: "quarantined", detail: { code: "failed", sentence: "No." } });
  await b.tablet.pull();
  await b.tablet.sendNow();
  assert.equal(b.tablet.status().attention, 1, "that pull was before");
  await b.clock.pass(1_000);
  await b.tablet.pull();
  assert.deepEqual(await user.unsent(), []);
});
